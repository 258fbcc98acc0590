import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AwsCall } from '../aws/clients.ts';
import { systemClock } from '../aws/clock.ts';
import { connect } from '../aws/connect.ts';
import { functionLogs } from '../aws/function-logs.ts';
import { baselineInAccount } from '../deployment/baseline.ts';
import { deploy } from '../deployment/engine.ts';
import { listHistory } from '../deployment/history.ts';
import type { HistoryEntry } from '../deployment/live.ts';
import { lookAround } from '../deployment/look.ts';
import { artifactBucket } from '../deployment/names.ts';
import { type Connection, type Failure, isFailure } from '../deployment/ports.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { runEnd, runJob } from '../deployment/run-job.ts';
import { readLive } from '../deployment/status.ts';
import type { Target } from '../deployment/target.ts';
import { artifactSource } from '../workspace/code.ts';
import { frontendSource } from '../workspace/frontend.ts';
import { otherPlace, otherStacks } from './agreement.ts';
import type { Compiler } from './compiled-project.ts';
import type { KnownBaselines } from './known-baselines.ts';
import type { Log } from './log.ts';
import type {
  DeployOutcome,
  DeployRequest,
  IdentityOutcome,
  JobOutcome,
  JobRequest,
  LiveOutcome,
  LiveRequest,
  LogOutcome,
  LogRequest,
  Obstacle,
  Session,
} from './session.ts';

/** How long the end of a job is waited for, in milliseconds. */
const runPatience = 30_000;

/** The half of the session that talks to an account, with the engine and the AWS SDK behind it. */
export class AccountSession {
  readonly #compiler: Compiler;
  readonly #baselines: KnownBaselines;
  readonly #log: Pick<Log, 'debug' | 'warn'>;
  readonly #mfaCode: (serial: string) => Promise<string>;

  constructor(parts: {
    compiler: Compiler;
    baselines: KnownBaselines;
    log: Pick<Log, 'debug' | 'warn'>;
    mfaCode: (serial: string) => Promise<string>;
  }) {
    this.#compiler = parts.compiler;
    this.#baselines = parts.baselines;
    this.#log = parts.log;
    this.#mfaCode = parts.mfaCode;
  }

  identify(target: Target): Promise<IdentityOutcome> {
    return this.#with(target, async ({ identity, endpoint }) => ({
      kind: 'identified',
      identity,
      ...(endpoint === undefined ? {} : { endpoint }),
    }));
  }

  /** Reads the stacks and the newest entry of the history, and brings the baseline of previews up to date. */
  readLive({ place, blueprint, target }: LiveRequest): Promise<LiveOutcome> {
    return this.#with(target, async (connection) => {
      const { slug } = blueprint.project;
      const { account } = connection.identity;
      const store = connection.bucket(artifactBucket(account, target.region));
      const [live, history] = await Promise.all([
        readLive(connection.cloudFormation, systemClock, slug, target.environment),
        listHistory(store, systemClock, slug, target.environment, 1),
      ]);
      if (isFailure(live)) return obstacle('stacks-unreadable', 'The stacks cannot be read.', live);
      if (isFailure(history)) this.#log.warn(`The history cannot be read: ${history.code}: ${history.message}`);
      const lastEntry = isFailure(history) ? undefined : history.entries[0];
      await this.#catchUp(place.directory, slug, connection, lastEntry);
      return { kind: 'read', identity: connection.identity, stacks: live.stacks, ...(lastEntry ? { lastEntry } : {}) };
    });
  }

  /** Deploys what was agreed to, where it was agreed to, or nothing. */
  async deploy(request: DeployRequest, report: Parameters<Session['deploy']>[1]): Promise<DeployOutcome> {
    const { place, text, blueprint, target, signal, agreed } = request;
    const { code, compilation } = await this.#compiler.compile(place.directory, blueprint, target.environment);
    const broken = compilation.problems.find((problem) => problem.severity === 'error');
    const obstacle = broken ?? otherStacks(agreed, compilation);
    if (obstacle) return { kind: 'obstacle', obstacle };
    return this.#with(target, async (connection): Promise<DeployOutcome> => {
      const elsewhere = otherPlace(agreed, connection);
      if (elsewhere) return { kind: 'obstacle', obstacle: elsewhere };
      const outcome = await deploy(
        { project: blueprint.project.slug, blueprint: text, stacks: compilation.stacks, host: hostname() },
        {
          connection,
          clock: systemClock,
          artifacts: artifactSource(code),
          ...(blueprint.frontend === undefined
            ? {}
            : { frontend: frontendSource(place.directory, blueprint.frontend.directory) }),
        },
        report,
        signal,
      );
      if (outcome.status === 'refused') return { kind: 'obstacle', obstacle: told(outcome.problem) };
      await this.#baselines.keep(place.directory, target, outcome.baseline);
      return {
        kind: 'finished',
        result: outcome.result,
        deployment: outcome.entry.number,
        ...(outcome.unrecorded === undefined ? {} : { notice: told(outcome.unrecorded) }),
      };
    });
  }

  async recentLogs({ target, functionName, limit }: LogRequest): Promise<LogOutcome> {
    const logs = await functionLogs(target, functionName, limit, Date.now(), (call) => this.#noteCall(call));
    if (isFailure(logs)) return obstacle('logs-unreadable', `The logs of ${functionName} cannot be read.`, logs);
    return { kind: 'read', lines: logs.lines };
  }

  async runJob({ target, blueprint, job }: JobRequest): Promise<JobOutcome> {
    return this.#with(target, async (connection): Promise<JobOutcome> => {
      const sent = await runJob(connection, systemClock, blueprint, job, randomUUID());
      if (sent.status === 'refused') return { kind: 'obstacle', obstacle: told(sent.problem) };
      const end = await runEnd(connection, systemClock, sent.run, runPatience);
      if (end.status === 'unknown') this.#log.warn(`${end.problem.message} ${end.problem.cause ?? ''}`);
      return { kind: 'sent', end: end.status === 'unknown' ? { status: 'open' } : end };
    });
  }

  /** Where previews start from is what is in the account, also when another machine put it there. */
  async #catchUp(
    directory: string,
    slug: string,
    connection: Connection,
    last: HistoryEntry | undefined,
  ): Promise<void> {
    const { target, identity } = connection;
    this.#baselines.forget(directory, target);
    const known = await this.#baselines.get(directory, target);
    const current = known?.deployment === last?.number && (known?.account ?? identity.account) === identity.account;
    // After a deployment that ended badly only the account itself knows what is there.
    if (current && (last === undefined || last.status === 'succeeded')) return;
    const store = connection.bucket(artifactBucket(identity.account, target.region));
    const seen = await lookAround(connection, store, systemClock, slug, target.environment);
    if (seen.status === 'refused') {
      this.#log.warn(`What is deployed cannot be compared with: ${seen.problem.message}`);
      return;
    }
    const baseline = await baselineInAccount(connection, store, systemClock, seen);
    if (baseline && baseline.deployment > 0) await this.#baselines.keep(directory, target, baseline);
    else await this.#baselines.remove(directory, target, identity.account);
  }

  async #with<Outcome>(
    target: Target,
    use: (connection: Connection) => Promise<Outcome>,
  ): Promise<Outcome | { kind: 'obstacle'; obstacle: Obstacle }> {
    const connected = await connect(target, { onCall: (call) => this.#noteCall(call), mfaCode: this.#mfaCode });
    if (connected.status === 'failed') return { kind: 'obstacle', obstacle: told(connected.problem) };
    try {
      return await use(connected.connection);
    } finally {
      connected.connection.close();
    }
  }

  #noteCall({ service, operation, milliseconds, error }: AwsCall): void {
    this.#log.debug(`${service} ${operation}: ${error ?? 'answered'} in ${Math.round(milliseconds)} ms`);
  }
}

function told({ code, message, hint, cause }: DeploymentProblem): Obstacle {
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(cause === undefined ? {} : { cause }) };
}

function obstacle(code: string, message: string, failure: Failure): { kind: 'obstacle'; obstacle: Obstacle } {
  return { kind: 'obstacle', obstacle: { code, message, cause: `${failure.code}: ${failure.message}` } };
}
