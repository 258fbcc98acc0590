import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import type { Authority } from '../../../local-aws/iam/authority.ts';
import { matchesArn } from '../../../local-aws/iam/glob.ts';
import { connect } from '../runtime/bench.ts';
import { callsOf } from './call.ts';
import { anybody, type Project, type ProjectFunction } from './project.ts';
import { FunctionRights, type Right } from './rights.ts';
import { Rows } from './rows.ts';
import type { Step } from './scenario.ts';
import { scenarioOf } from './scenarios/index.ts';

/** Judges the roles of a project's functions by what the functions are refused. */
export interface RoleProof {
  /** What is wrong with a function's role, a sentence each: what it lacks, what does not work, what nothing needs. */
  findings(fn: ProjectFunction): Promise<string[]>;
  close(): void;
}

/** @param authority of the local AWS that the project is deployed to */
export function roleProof(project: Project, authority: Authority): RoleProof {
  const settings = { endpoint: project.endpoint, region: project.region, credentials: anybody };
  const [iam, lambda, logs] = [new IAM(settings), new Lambda(settings), new CloudWatchLogs(settings)];
  const { client, documents } = connect(project.endpoint, project.region, 4);
  const rows = new Rows(project, documents);
  return {
    async findings(fn) {
      const { accessKeyId, secretAccessKey, sessionToken } = authority.credentialsOf({
        roleArn: fn.roleArn,
        sessionName: fn.name,
      });
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      const stage = { project, fn, rows, credentials, ...callsOf(lambda, fn) };
      const steps = scenarioOf(fn, rows)(stage);
      const trial = new Trial(fn, steps, await FunctionRights.of(iam, fn), authority, {
        start: async () => void (await stage.invoke({})),
        renew: async () => {
          const { Timeout = 3 } = await lambda.getFunctionConfiguration({ FunctionName: fn.name });
          await lambda.updateFunctionConfiguration({ FunctionName: fn.name, Timeout: Timeout + 1 });
        },
        hasLog: async () => {
          const { events = [] } = await logs.filterLogEvents({ logGroupName: `/aws/lambda/${fn.name}` });
          return events.length > 0;
        },
      });
      return (await trial.run()).map((finding) => `${fn.name}: ${finding}`);
    },
    close() {
      for (const one of [iam, lambda, logs, client]) one.destroy();
    },
  };
}

interface Log {
  /** Calls the function, so that it writes lines. */
  start(): Promise<void>;
  /** Another deployment of it: it then begins in a new execution environment. */
  renew(): Promise<void>;
  hasLog(): Promise<boolean>;
}

/** One function, with all its rights and without each of them. */
class Trial {
  readonly #fn: ProjectFunction;
  readonly #steps: readonly Step[];
  readonly #rights: FunctionRights;
  readonly #authority: Authority;
  readonly #log: Log;
  /** What each step asked for while the function had all rights. */
  readonly #asked = new Map<Step, { action: string; resource: string }[]>();

  constructor(fn: ProjectFunction, steps: readonly Step[], rights: FunctionRights, authority: Authority, log: Log) {
    this.#fn = fn;
    this.#steps = steps;
    this.#rights = rights;
    this.#authority = authority;
    this.#log = log;
  }

  async run(): Promise<string[]> {
    // The stream is made when a function starts: this is looked at before its first start, so that it need not be
    // started for it once more.
    const isFirst = ({ action }: Right) => action === 'logs:CreateLogStream';
    const { all } = this.#rights;
    return [
      ...(await this.#superfluous(all.filter(isFirst))),
      ...(await this.#missing()),
      ...(await this.#superfluous(all.filter((right) => !isFirst(right)))),
    ];
  }

  /** What does not end as it should, or is refused, although the role is as it was deployed. */
  async #missing(): Promise<string[]> {
    const findings: string[] = [];
    const { denials } = this.#authority;
    for (const step of this.#steps) {
      denials.forget(this.#fn.name);
      const failure = await this.#listening(step);
      for (const { session, action, resource } of denials.all())
        if (session === this.#fn.name) findings.push(`${step.title} needs ${action} on ${resource}`);
      if (failure !== undefined) findings.push(`${step.title}: ${failure}`);
    }
    await this.#log.start();
    if (!(await until(() => this.#log.hasLog()))) findings.push('no line arrives in its log');
    return findings;
  }

  /** Runs a step, and keeps what it asks for. */
  async #listening(step: Step): Promise<string | undefined> {
    const asked: { action: string; resource: string }[] = [];
    this.#asked.set(step, asked);
    const stop = this.#authority.onDecision(({ sessionName }, { action, resource }) => {
      if (sessionName === this.#fn.name) asked.push({ action, resource });
    });
    try {
      await step.run();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      stop();
    }
  }

  /** Rights that can be taken away, and nothing is refused. */
  async #superfluous(rights: readonly Right[]): Promise<string[]> {
    const findings: string[] = [];
    for (const right of rights) {
      await this.#rights.lack(right);
      if (!(await this.#isMissed(right))) findings.push(`nothing needs ${right.action} on ${right.resource}`);
    }
    await this.#rights.restore();
    return findings;
  }

  async #isMissed(right: Right): Promise<boolean> {
    const { denials } = this.#authority;
    denials.forget(this.#fn.name);
    const isMeant = ({ action, resource }: { action: string; resource: string }) =>
      action === right.action && matchesArn(right.resource, resource);
    const isRefused = () => denials.all().some((denial) => denial.session === this.#fn.name && isMeant(denial));
    if (right.action.startsWith('logs:')) {
      await this.#log.start();
      if (await until(isRefused)) return true;
      // A message of another function's may have started it already.
      await this.#log.renew();
      await this.#log.start();
      return until(isRefused);
    }
    // Those that asked for it first; none may have, and one may want it now because another way was closed.
    const asks = (step: Step) => Number(this.#asked.get(step)?.some(isMeant) ?? false);
    for (const { run } of [...this.#steps].sort((one, other) => asks(other) - asks(one))) {
      // How it fails is its own matter, as long as it is refused what it asks for.
      await run().catch(() => undefined);
      if (isRefused()) return true;
    }
    return false;
  }
}

/** Lines of a log are sent some moments after they are written. */
async function until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 120; attempt++) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
