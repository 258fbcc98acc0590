import { type Layer, layerTitles, type Stack } from '../stacks/stack.ts';
import { frontendConfig, type LiveOutputs } from './addresses.ts';
import { deleteStack } from './delete-stack.ts';
import { runGraph, type Task, type TaskEnd } from './graph.ts';
import type { HistoryEntry, StackResult } from './live.ts';
import { type KnownSettings, resolveParameters } from './parameters.ts';
import type { PlannedStack } from './plan.ts';
import type { ArtifactSource, Connection, FrontendSource } from './ports.ts';
import type { DeploymentResult, StackProgressStatus } from './progress.ts';
import { publishFrontend } from './publish.ts';
import { runStack } from './run-stack.ts';
import { isoTime, type StackOutcome, type StackSurroundings } from './stack-operation.ts';
import { templateKey, type UploadOutcome, type Uploads } from './upload.ts';

/** Everything that the stacks of one deployment need. */
export interface StacksRun extends StackSurroundings {
  connection: Connection;
  artifacts: ArtifactSource;
  frontend?: FrontendSource;
  uploads: Uploads;
  bucket: { name: string; url(key: string): string };
  settings: KnownSettings;
  /** Of the newest deployment before this one. */
  previousFrontend: HistoryEntry['frontend'] | undefined;
  /** The entry of this deployment; the outcome of every stack is written into it. */
  entry: HistoryEntry;
}

type TaskId = Layer | 'frontend';
type Wanted = Extract<PlannedStack, { stack: Stack }>;

/**
 * Brings every planned stack to where it should be, in graph order. `bug` is an exception that a stack ended with: the
 * other stacks were finished first, and the caller throws it once the history is written.
 */
export async function runStacks(
  run: StacksRun,
  plan: readonly PlannedStack[],
): Promise<{ result: DeploymentResult; outputs: LiveOutputs; bug?: unknown }> {
  const outputs = new Map<Layer, Record<string, string>>();
  const wanted = plan.filter((planned): planned is Wanted => planned.action !== 'delete');
  const publishes = run.frontend !== undefined && wanted.some(({ layer }) => layer === 'amplify');
  let bug: unknown;

  /** Shows a stack's state and notes it where it is final. */
  const settle = (layer: Layer, status: StackProgressStatus, reason?: string) => {
    run.report({ type: 'stack', at: isoTime(run.clock), layer, status, ...(reason === undefined ? {} : { reason }) });
    if (status === 'running' || status === 'waiting') return;
    note(run.entry, layer, status, reason);
  };

  const guarded =
    (layer: Layer, work: () => Promise<StackOutcome>) => async (): Promise<'done' | 'failed' | 'cancelled'> => {
      settle(layer, 'running');
      let outcome: StackOutcome;
      try {
        outcome = await work();
      } catch (error) {
        bug ??= error;
        outcome = {
          status: 'failed',
          reason: `Backdrift itself failed: ${error instanceof Error ? error.message : String(error)}`,
        };
      }
      if (outcome.status === 'failed' || outcome.status === 'cancelled') {
        settle(layer, outcome.status, outcome.reason);
        return outcome.status;
      }
      outputs.set(layer, outcome.stack.outputs);
      // The frontend's line is complete when its files are out, not when Amplify is ready for them.
      if (publishes && layer === 'amplify') note(run.entry, layer, outcome.status);
      else settle(layer, outcome.status);
      return 'done';
    };

  const tasks: Task<TaskId>[] = wanted.map((planned) => ({
    id: planned.layer,
    needs: planned.stack.dependsOn,
    run: guarded(planned.layer, () => bringUp(run, planned, outputs)),
  }));
  if (publishes) {
    const needs = wanted.map(({ layer }) => layer).filter((layer) => ['amplify', 'api', 'cognito'].includes(layer));
    tasks.push({ id: 'frontend', needs, run: () => publish(run, wanted, outputs, settle, (error) => (bug ??= error)) });
  }
  // What is gone from the Blueprint may still be used by a stack that is not updated yet, so it goes last, and among
  // its own kind in the opposite order of creation.
  const gone = plan.filter((planned) => planned.action === 'delete').toReversed();
  const before = tasks.map(({ id }) => id);
  for (const { layer, live } of gone) {
    tasks.push({ id: layer, needs: [...before], run: guarded(layer, () => deleteStack(run, layer, live.stack)) });
    before.push(layer);
  }

  const ends = await runGraph(
    tasks,
    {
      blocked: (id, need, end) => {
        // A frontend that waits for its own Amplify stack is told by that stack's line already.
        if (id !== 'frontend') settle(id, 'blocked', waitsFor(need, end));
        else if (need !== 'amplify') settle('amplify', 'blocked', waitsFor(need, end));
      },
      cancelled: (id) => {
        if (id !== 'frontend') settle(id, 'cancelled', 'Cancelled before it was submitted.');
        else if (run.entry.stacks.amplify?.result !== 'cancelled')
          settle('amplify', 'cancelled', 'Cancelled before the frontend was published.');
      },
    },
    run.signal,
  );
  await Promise.all(run.cleaning);
  return { result: resultOf([...ends.values()]), outputs, ...(bug === undefined ? {} : { bug }) };
}

/** Uploads, parameters, then the stack itself. */
async function bringUp(run: StacksRun, planned: Wanted, outputs: LiveOutputs): Promise<StackOutcome> {
  const { stack, live } = planned;
  const resolved = resolveParameters(stack, {
    outputs,
    bucket: run.bucket.name,
    settings: run.settings,
    live: live?.stack.parameters ?? {},
  });
  if (resolved.status === 'missing') return { status: 'failed', reason: resolved.reason };
  const { parameters } = resolved;
  const noted = run.entry.stacks[stack.layer];
  if (noted !== undefined) noted.parameters = parameters;
  const templateUrl = run.bucket.url(templateKey(stack));
  return runStack(run, { stack, parameters, templateUrl, ready: () => storeAll(run, stack) }, live, planned.planned);
}

/** The stack's template and code, in the bucket. */
export async function storeAll(run: Pick<StacksRun, 'uploads' | 'artifacts'>, stack: Stack): Promise<UploadOutcome> {
  const outcomes = await Promise.all([
    run.uploads.text(templateKey(stack), stack.body, 'application/json'),
    ...stack.artifacts.map((artifact) => run.uploads.artifact(artifact, run.artifacts)),
  ]);
  return outcomes.find((outcome) => outcome.status === 'failed') ?? { status: 'stored' };
}

async function publish(
  run: StacksRun,
  wanted: readonly Wanted[],
  outputs: LiveOutputs,
  settle: (layer: Layer, status: StackProgressStatus, reason?: string) => void,
  onBug: (error: unknown) => void,
): Promise<'done' | 'failed'> {
  const { AppId: appId, BranchName: branch } = outputs.get('amplify') ?? {};
  const fail = (reason: string) => {
    settle('amplify', 'failed', reason);
    return 'failed' as const;
  };
  if (run.frontend === undefined) return 'done';
  if (appId === undefined || branch === undefined)
    return fail('The stack gives no AppId and BranchName to publish the frontend to.');
  const existed = wanted.some((planned) => planned.layer === 'amplify' && planned.action !== 'create');
  try {
    const published = await publishFrontend(
      { frontend: run.connection.frontend, clock: run.clock, uploads: run.uploads, source: run.frontend },
      { appId, branch },
      frontendConfig(run.connection.target, run.project, outputs),
      existed ? run.previousFrontend : undefined,
    );
    if (published.result === 'not-built') return fail(published.reason);
    run.entry.frontend = published;
    if (published.result === 'failed')
      return fail(`The frontend was not published: ${published.reason ?? 'no reason given'}`);
    const stack = run.entry.stacks.amplify?.result;
    settle('amplify', stack === 'unchanged' && published.result === 'unchanged' ? 'unchanged' : 'complete');
    return 'done';
  } catch (error) {
    onBug(error);
    return fail(`Backdrift itself failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function note(entry: HistoryEntry, layer: Layer, result: Exclude<StackResult, 'pending'>, reason?: string): void {
  const stack = entry.stacks[layer] ?? entry.removed?.[layer];
  if (stack === undefined) return;
  stack.result = result;
  if (reason !== undefined) stack.reason = reason;
}

/** "Waits for the DynamoDB Stack, which failed." */
function waitsFor(need: TaskId, end: TaskEnd): string {
  const name = need === 'frontend' ? 'frontend' : layerTitles[need].title;
  return `Waits for the ${name}, which ${end === 'failed' ? 'failed' : end === 'cancelled' ? 'was cancelled' : 'is blocked itself'}.`;
}

function resultOf(ends: readonly TaskEnd[]): DeploymentResult {
  if (ends.every((end) => end === 'done')) return 'succeeded';
  if (ends.some((end) => end === 'cancelled')) return 'cancelled';
  return ends.some((end) => end === 'done') ? 'partial' : 'failed';
}
