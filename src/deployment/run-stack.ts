import type { Layer, Stack } from '../stacks/stack.ts';
import { isOurs, requestToken, stackTags } from './names.ts';
import { changedParameters } from './parameters.ts';
import type { LiveTemplate } from './plan.ts';
import { type Clock, type CloudFormation, isFailure, type StackDescription } from './ports.ts';
import type { DeploymentEvent } from './progress.ts';
import { type NextStep, nextStep } from './recovery.ts';
import { withRetries } from './retry.ts';
import { sameTemplate } from './same-template.ts';
import type { UploadOutcome } from './upload.ts';
import { type Idle, waitUntilIdle } from './wait.ts';
import { type OperationEnd, watchOperation } from './watch.ts';

/** What all stacks of one deployment share. */
export interface StackSurroundings {
  cloudFormation: CloudFormation;
  clock: Clock;
  /** Its number in the history. */
  deployment: number;
  project: string;
  environment: string;
  report(event: DeploymentEvent): void;
  signal: AbortSignal;
}

export type StackOutcome =
  | { status: 'complete' | 'unchanged'; stack: StackDescription }
  | { status: 'failed'; reason: string }
  | { status: 'cancelled'; reason: string };

export interface WantedStack {
  stack: Stack;
  templateUrl: string;
  parameters: Record<string, string>;
  /** Puts template and code into the bucket; awaited before anything is submitted, and only then. */
  ready(): Promise<UploadOutcome>;
}

/** How often a stack is judged anew: somebody else may be working on it at the same moment. */
const rounds = 10;

/**
 * Brings one stack to the wanted template and parameters, from whatever state it is in. Starts from what the plan saw
 * of it; when CloudFormation answers otherwise, the stack is looked at again and judged anew.
 */
export async function runStack(
  around: StackSurroundings,
  wanted: WantedStack,
  seen: LiveTemplate | undefined,
): Promise<StackOutcome> {
  const { stack } = wanted;
  let live = seen;
  let attempt = 0;
  for (let round = 0; round < rounds; round += 1) {
    if (around.signal.aborted) return { status: 'cancelled', reason: 'Cancelled before it was submitted.' };
    if (live !== undefined && !isOurs(live.stack.tags, around.project, around.environment)) {
      return { status: 'failed', reason: `The stack ${live.stack.name} was made by somebody else in the meantime.` };
    }
    const next = nextStep(live?.stack.status);
    if (next.step === 'stuck')
      return { status: 'failed', reason: `The stack ${stack.name} cannot be updated: ${next.reason}` };
    if (next.step === 'wait' && live !== undefined) {
      const waited = await waitForOther(around, stack.layer, live.stack);
      if (isFailure(waited)) return { status: 'failed', reason: waited.message };
      live = waited.status === 'idle' ? await withTemplate(around, waited.stack) : undefined;
      continue;
    }
    if (next.step === 'delete-first' && live !== undefined) {
      attempt += 1;
      const removed = await removeStack(around, stack.layer, live.stack, attempt);
      if (removed.status === 'failed') return removed;
      live = removed.status === 'in-use' ? await lookAgain(around, stack.name) : undefined;
      continue;
    }
    if (next.step === 'update-if-changed' && live !== undefined && isAsWanted(live, wanted)) {
      return { status: 'unchanged', stack: live.stack };
    }
    const ready = await wanted.ready();
    if (ready.status === 'failed') return ready;
    if (around.signal.aborted) continue;
    attempt += 1;
    const submitted = await submit(around, wanted, next, attempt);
    switch (submitted.status) {
      case 'submitted': {
        const end = await watch(around, stack.layer, submitted);
        if (end.status === 'complete') return { status: 'complete', stack: end.stack };
        return {
          status: 'failed',
          reason: end.status === 'deleted' ? 'Somebody deleted the stack meanwhile.' : end.reason,
        };
      }
      case 'no-updates':
        // Not a success where the last operation was left half done: nothing that was sent would repair it.
        if (next.step === 'update-if-changed' && live !== undefined) return { status: 'unchanged', stack: live.stack };
        return {
          status: 'failed',
          reason: `CloudFormation finds nothing to update, yet the stack is ${live?.stack.status ?? 'not there'}. Change what failed, then deploy again.`,
        };
      case 'throttled':
      case 'unreachable':
      case 'unauthenticated':
      case 'rejected':
        return { status: 'failed', reason: submitted.message };
      default:
        live = await lookAgain(around, stack.name);
    }
  }
  return { status: 'failed', reason: `The stack ${stack.name} keeps changing under us. Is somebody else deploying?` };
}

/** Deletes the stack of a layer that the Blueprint has no more. Retained resources stay in the account. */
export async function deleteStack(
  around: StackSurroundings,
  layer: Layer,
  live: StackDescription,
): Promise<StackOutcome> {
  let stack = live;
  for (let attempt = 1; attempt <= rounds; attempt += 1) {
    if (around.signal.aborted) return { status: 'cancelled', reason: 'Cancelled before it was submitted.' };
    const removed = await removeStack(around, layer, stack, attempt);
    if (removed.status !== 'in-use') return removed.status === 'removed' ? { status: 'complete', stack } : removed;
    const waited = await waitForOther(around, layer, stack);
    if (isFailure(waited)) return { status: 'failed', reason: waited.message };
    if (waited.status === 'gone') return { status: 'complete', stack };
    if (waited.status === 'idle') stack = waited.stack;
  }
  return { status: 'failed', reason: `The stack ${live.name} keeps changing under us. Is somebody else deploying?` };
}

function isAsWanted(live: LiveTemplate, wanted: { stack: Stack; parameters: Record<string, string> }): boolean {
  return (
    live.template !== undefined &&
    sameTemplate(live.template, wanted.stack.template) &&
    changedParameters(live.stack.parameters, wanted.parameters).length === 0
  );
}

type Submitted = Awaited<ReturnType<CloudFormation['createStack']>>;

async function submit(
  around: StackSurroundings,
  wanted: WantedStack,
  next: NextStep,
  attempt: number,
): Promise<
  | Exclude<Submitted, { status: 'submitted' }>
  | { status: 'submitted'; stackId: string; token: string; roundTrip: number }
> {
  const { cloudFormation, clock } = around;
  const token = requestToken(around.deployment, wanted.stack.layer, attempt);
  const request = {
    name: wanted.stack.name,
    template: { url: wanted.templateUrl },
    parameters: wanted.parameters,
    tags: stackTags(around.project, around.environment),
    token,
  };
  let asked = clock.now();
  const outcome = await withRetries(
    clock,
    () => {
      asked = clock.now();
      // A create that fails keeps what succeeded: the next deployment resumes from there instead of starting over.
      if (next.step === 'create') return cloudFormation.createStack({ ...request, onFailure: 'keep' });
      return cloudFormation.updateStack({
        ...request,
        onFailure: next.step === 'update' ? next.onFailure : 'rollback',
      });
    },
    (refused, pause) =>
      log(around, 'warn', `${wanted.stack.name}: ${refused.status}; sending it again in ${pause / 1000} s.`),
  );
  if (outcome.status !== 'submitted') return outcome;
  return { ...outcome, token, roundTrip: clock.now() - asked };
}

async function removeStack(
  around: StackSurroundings,
  layer: Layer,
  live: StackDescription,
  attempt: number,
): Promise<{ status: 'removed' } | { status: 'in-use' } | { status: 'failed'; reason: string }> {
  const { cloudFormation, clock } = around;
  if (live.status === 'REVIEW_IN_PROGRESS') {
    const inside = await withRetries(clock, () => cloudFormation.resources(live.stackId));
    if (isFailure(inside)) return { status: 'failed', reason: inside.message };
    if (inside.status === 'found' && inside.resources.length > 0) return { status: 'in-use' };
  }
  const token = requestToken(around.deployment, layer, attempt);
  const asked = clock.now();
  const deleted = await withRetries(clock, () => cloudFormation.deleteStack(live.stackId, token));
  if (isFailure(deleted)) return { status: 'failed', reason: deleted.message };
  if (deleted.status === 'busy') return { status: 'in-use' };
  const end = await watch(around, layer, { stackId: live.stackId, token, roundTrip: clock.now() - asked });
  if (end.status === 'deleted') return { status: 'removed' };
  return {
    status: 'failed',
    reason: `The stack ${live.name} (${live.status}) could not be deleted: ${end.status === 'complete' ? end.stack.status : end.reason}`,
  };
}

function watch(
  around: StackSurroundings,
  layer: Layer,
  operation: { stackId: string; token: string; roundTrip: number },
): Promise<OperationEnd> {
  const hooks = {
    event(event: Parameters<Parameters<typeof watchOperation>[3]['event']>[0], rollback: boolean) {
      if (event.root) {
        log(around, 'debug', `${layer}: ${event.status}${event.reason === undefined ? '' : ` (${event.reason})`}`);
        return;
      }
      around.report({
        type: 'resource',
        at: event.at,
        layer,
        eventId: event.eventId,
        logicalId: event.logicalId,
        resourceType: event.resourceType,
        ...(event.physicalId === undefined ? {} : { physicalId: event.physicalId }),
        status: event.status,
        ...(event.reason === undefined ? {} : { reason: event.reason }),
        ...(rollback ? { rollback: true as const } : {}),
      });
    },
    refused: (message: string) => log(around, 'warn', `${layer}: ${message}`),
  };
  return watchOperation(around.cloudFormation, around.clock, operation, hooks, around.signal);
}

/** Somebody else's operation: not watched in detail, only waited for. */
async function waitForOther(around: StackSurroundings, layer: Layer, live: StackDescription): Promise<Idle> {
  const show = (status: 'waiting' | 'running', reason?: string) =>
    around.report({
      type: 'stack',
      at: isoTime(around.clock),
      layer,
      status,
      ...(reason === undefined ? {} : { reason }),
    });
  show('waiting', `Another operation runs on ${live.name} (${live.status}).`);
  const idle = await waitUntilIdle(around.cloudFormation, around.clock, live.stackId, around.signal);
  show('running');
  return idle;
}

async function lookAgain(around: StackSurroundings, name: string): Promise<LiveTemplate | undefined> {
  const found = await withRetries(around.clock, () => around.cloudFormation.describeStack(name));
  return found.status === 'found' ? withTemplate(around, found.stack) : undefined;
}

async function withTemplate(around: StackSurroundings, stack: StackDescription): Promise<LiveTemplate> {
  const read = await withRetries(around.clock, () => around.cloudFormation.getTemplate(stack.stackId));
  return read.status === 'found' ? { stack, template: read.body } : { stack };
}

function log(around: StackSurroundings, level: 'debug' | 'warn', message: string): void {
  around.report({ type: 'log', at: isoTime(around.clock), level, message });
}

/** ISO 8601, as events carry it. */
export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
