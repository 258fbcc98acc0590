import type { Stack } from '../stacks/stack.ts';
import { removeStack } from './delete-stack.ts';
import { isOurs, requestToken, stackTags } from './names.ts';
import { changedParameters } from './parameters.ts';
import type { LiveTemplate } from './plan.ts';
import { isFailure, type StackDescription, type SubmitOutcome } from './ports.ts';
import { type NextStep, nextStep } from './recovery.ts';
import { withRetries } from './retry.ts';
import { sameTemplate } from './same-template.ts';
import { log, type StackOutcome, type StackSurroundings, waitForOther, watchStack } from './stack-operation.ts';
import type { UploadOutcome } from './upload.ts';

/** What one stack should become. */
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
  planned: number,
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
      if (removed.status === 'removed') {
        live = undefined;
        continue;
      }
      const looked = await lookAgain(around, stack.name);
      if (looked.status === 'failed') return looked;
      live = looked.live;
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
        const end = await watchStack(around, stack.layer, { ...submitted, planned });
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
      default: {
        const looked = await lookAgain(around, stack.name);
        if (looked.status === 'failed') return looked;
        live = looked.live;
      }
    }
  }
  return { status: 'failed', reason: `The stack ${stack.name} keeps changing under us. Is somebody else deploying?` };
}

function isAsWanted(live: LiveTemplate, wanted: { stack: Stack; parameters: Record<string, string> }): boolean {
  return (
    live.template !== undefined &&
    sameTemplate(live.template, wanted.stack.template) &&
    changedParameters(live.stack.parameters, wanted.parameters).length === 0
  );
}

async function submit(
  around: StackSurroundings,
  wanted: WantedStack,
  next: NextStep,
  attempt: number,
): Promise<
  | Exclude<SubmitOutcome, { status: 'submitted' }>
  | { status: 'submitted'; stackId: string; token: string; submittedAt: number; roundTrip: number }
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
  return { ...outcome, token, submittedAt: asked, roundTrip: clock.now() - asked };
}

async function lookAgain(
  around: StackSurroundings,
  name: string,
): Promise<{ status: 'seen'; live: LiveTemplate | undefined } | { status: 'failed'; reason: string }> {
  const found = await withRetries(around.clock, () => around.cloudFormation.describeStack(name));
  if (isFailure(found)) return { status: 'failed', reason: found.message };
  return { status: 'seen', live: found.status === 'found' ? await withTemplate(around, found.stack) : undefined };
}

async function withTemplate(around: StackSurroundings, stack: StackDescription): Promise<LiveTemplate> {
  const read = await withRetries(around.clock, () => around.cloudFormation.getTemplate(stack.stackId));
  return read.status === 'found' ? { stack, template: read.body } : { stack };
}
