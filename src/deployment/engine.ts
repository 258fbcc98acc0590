import type { Baseline } from '../changes/baseline.ts';
import type { Layer, Stack } from '../stacks/stack.ts';
import { apiUrl, frontendUrl, type LiveOutputs } from './addresses.ts';
import { baselineAfter } from './baseline.ts';
import { createBucket, inNewBucket } from './bucket.ts';
import { closeEntry, recordEntry } from './history.ts';
import type { HistoryEntry, HistoryStack, RemovedStack } from './live.ts';
import { lookAround, type Surroundings } from './look.ts';
import { artifactBucket, keys } from './names.ts';
import { type PlannedStack, planDeployment } from './plan.ts';
import { ObservedPace } from './poll-interval.ts';
import { type ArtifactSource, type Clock, type Connection, type FrontendSource, isFailure } from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import type { DeploymentEvent, DeploymentResult } from './progress.ts';
import { runStacks, type StacksRun, storeAll } from './run-stacks.ts';
import { isoTime } from './stack-operation.ts';
import { sha256, templateKey, Uploads } from './upload.ts';

/** What is to be deployed: a compiled Blueprint and the text it came from. */
export interface DeployRequest {
  /** `project.slug` of the Blueprint. */
  project: string;
  /** The Blueprint's text, kept in the history. */
  blueprint: string;
  stacks: readonly Stack[];
  /** The machine's name, for the history. */
  host: string;
  /** What `lookAround` saw a moment ago, so that it is not asked twice. A stack that changed since is judged anew. */
  seen?: Surroundings;
}

/** Where it is deployed to, and where its code comes from. */
export interface DeployParts {
  connection: Connection;
  clock: Clock;
  artifacts: ArtifactSource;
  /** Absent where the Blueprint has no frontend. */
  frontend?: FrontendSource;
}

export type DeployOutcome =
  | {
      status: 'finished';
      result: DeploymentResult;
      entry: HistoryEntry;
      /** Where the next comparison starts from. */
      baseline: Baseline;
      /** Where the API answers, when its stack is complete. */
      apiUrl?: string;
      /** Where the frontend answers, when its stack is complete. */
      frontendUrl?: string;
      /** The outcome could not be written into the history; the stacks are what they are. */
      unrecorded?: DeploymentProblem;
    }
  /** No stack of the project was touched. */
  | { status: 'refused'; problem: DeploymentProblem };

/**
 * Deploys a compiled Blueprint: creates or updates each stack as soon as what it needs is complete, deletes the stacks
 * of layers that are gone once everything else is done, and writes a numbered entry into the history. A stack that
 * fails blocks only those that need it.
 *
 * `signal` stops the submitting of further stacks; what runs in AWS is followed to its end. `report` gets one stream
 * of events; `reduceProgress` makes a state of them.
 */
export async function deploy(
  request: DeployRequest,
  parts: DeployParts,
  report: (event: DeploymentEvent) => void,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  const { connection, clock } = parts;
  const { target, identity } = connection;
  const store = connection.bucket(artifactBucket(identity.account, target.region));
  const at = () => isoTime(clock);
  const observed = new ObservedPace();
  const refuse = (problem: DeploymentProblem): DeployOutcome => {
    report({ type: 'log', at: at(), level: 'error', message: problem.message });
    report({ type: 'finished', at: at(), result: 'failed' });
    return { status: 'refused', problem };
  };

  const seen = request.seen ?? (await lookAround(connection, store, clock, request.project, target.environment));
  if (seen.status === 'refused') return seen;
  const plan = planDeployment(request.stacks, seen.live, request.project, target.environment, seen.settings);
  if (plan.status === 'refused') return plan;
  report({
    type: 'started',
    at: at(),
    environment: target.environment,
    region: target.region,
    account: identity.account,
    stacks: plan.stacks.map(({ layer, name, planned, action }) => ({ layer, name, planned, action })),
  });

  if (!seen.bucketExists) {
    report({
      type: 'preparing',
      at: at(),
      message: `Creating the bucket ${store.bucket} for templates, code and history`,
    });
    const bucket = await createBucket(
      connection,
      { cloudFormation: connection.cloudFormation, clock, observed, signal },
      seen.bootstrap,
    );
    if (bucket.status === 'failed') return refuse(bucket.problem);
    if (bucket.status === 'cancelled' || signal.aborted) {
      report({ type: 'finished', at: at(), result: 'cancelled' });
      return { status: 'refused', problem: { code: 'cancelled', message: 'Cancelled before any stack was touched.' } };
    }
  }

  const place = seen.bucketExists ? store : inNewBucket(store);
  const uploads = new Uploads(place, clock, !seen.bucketExists, (done, all) =>
    report({ type: 'preparing', at: at(), message: `Uploading templates and code (${done} of ${all})` }),
  );
  const blueprintHash = sha256(request.blueprint);
  const draft = draftEntry(request, connection, plan.stacks, blueprintHash, at());
  const [recorded, blueprint] = await Promise.all([
    recordEntry(place, clock, draft, seen.lastNumber),
    uploads.text(keys.blueprint(blueprintHash), request.blueprint, 'text/plain; charset=utf-8'),
  ]);
  if (isFailure(recorded)) {
    return refuse({
      code: 'no-history',
      message: 'The deployment could not be entered in the history, so it was not begun.',
      hint: `Backdrift needs the right to list, read and write objects in the bucket ${store.bucket}.`,
      cause: `${recorded.code}: ${recorded.message}`,
    });
  }
  const { entry } = recorded;
  report({ type: 'numbered', at: at(), deployment: entry.number });
  if (plan.stacks.some(({ layer, action }) => layer === 'api' && action === 'create') && !hasAccessLogs(seen)) {
    report({ type: 'log', at: at(), level: 'warn', message: noAccessLogs });
  }

  const run: StacksRun = {
    cloudFormation: connection.cloudFormation,
    clock,
    observed,
    deployment: entry.number,
    project: request.project,
    environment: target.environment,
    report,
    signal,
    cleaning: [],
    connection,
    artifacts: parts.artifacts,
    ...(parts.frontend === undefined ? {} : { frontend: parts.frontend }),
    uploads,
    bucket: { name: store.bucket, url: (key) => store.url(key) },
    settings: seen.settings,
    previousFrontend: seen.lastEntry?.frontend,
    entry,
  };
  const early = uploadEarly(run, plan.stacks, !seen.bucketExists);
  const { result, outputs, bug } =
    blueprint.status === 'stored' ? await runStacks(run, plan.stacks) : abandon(run, plan.stacks, blueprint.reason);
  await early;
  const closed: HistoryEntry = { ...entry, endedAt: at(), status: result };
  const noted = await closeEntry(store, clock, closed, recorded.etag);
  report({ type: 'finished', at: at(), result });
  if (bug !== undefined) throw bug;
  const [api, frontend] = [apiUrl(target, outputs), frontendUrl(target, outputs)];
  const finished = {
    status: 'finished' as const,
    result,
    entry: closed,
    baseline: baselineAfter(closed, request.blueprint, request.stacks, seen.live),
    ...(api === undefined ? {} : { apiUrl: api }),
    ...(frontend === undefined ? {} : { frontendUrl: frontend }),
  };
  if (noted.status === 'written') return finished;
  return {
    ...finished,
    unrecorded: {
      code: 'history-not-written',
      message: `The outcome of deployment ${entry.number} could not be written into the history; it stands there as running.`,
      hint: 'The stacks themselves are as reported. The next deployment reads them anew.',
      cause: noted.status === 'changed' ? 'Somebody else has changed the entry.' : `${noted.code}: ${noted.message}`,
    },
  };
}

const noAccessLogs =
  'The API gets no access log: API Gateway may not write logs in this account and region. To have one, give it a role under Settings in the API Gateway console, then deploy again.';

function hasAccessLogs(seen: Surroundings): boolean {
  return seen.settings.get('api-gateway-logs') === 'true';
}

/** Starts what will be needed for sure, so that the network works while the first stacks are made. */
async function uploadEarly(run: StacksRun, plan: readonly PlannedStack[], fresh: boolean): Promise<void> {
  await Promise.allSettled(
    plan.map((planned) => {
      if (planned.action === 'delete' || (planned.action === 'none' && !fresh)) return undefined;
      return storeAll(run, planned.stack);
    }),
  );
}

function draftEntry(
  request: DeployRequest,
  connection: Connection,
  plan: readonly PlannedStack[],
  blueprintHash: string,
  startedAt: string,
): Omit<HistoryEntry, 'number'> {
  const stacks: Partial<Record<Layer, HistoryStack>> = {};
  const removed: Partial<Record<Layer, RemovedStack>> = {};
  for (const planned of plan) {
    if (planned.action === 'delete') removed[planned.layer] = { name: planned.name, result: 'pending' };
    else {
      stacks[planned.layer] = {
        name: planned.name,
        template: { key: templateKey(planned.stack), sha256: sha256(planned.stack.body) },
        parameters: {},
        artifacts: planned.stack.artifacts.map((artifact) => artifact.key),
        result: 'pending',
      };
    }
  }
  return {
    schema: 1,
    kind: 'deploy',
    project: request.project,
    environment: connection.target.environment,
    account: connection.identity.account,
    region: connection.target.region,
    actor: { arn: connection.identity.arn, host: request.host },
    startedAt,
    status: 'running',
    blueprint: { key: keys.blueprint(blueprintHash), sha256: blueprintHash },
    stacks,
    ...(Object.keys(removed).length === 0 ? {} : { removed }),
  };
}

/** Nothing is submitted: an entry whose Blueprint is missing could never be returned to. */
function abandon(
  run: StacksRun,
  plan: readonly PlannedStack[],
  reason: string,
): { result: DeploymentResult; outputs: LiveOutputs; bug?: unknown } {
  for (const { layer } of plan) {
    run.report({ type: 'stack', at: isoTime(run.clock), layer, status: 'cancelled', reason });
    const noted = run.entry.stacks[layer] ?? run.entry.removed?.[layer];
    if (noted !== undefined) Object.assign(noted, { result: 'cancelled', reason });
  }
  return { result: 'failed', outputs: new Map() };
}
