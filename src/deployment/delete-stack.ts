import type { Layer } from '../stacks/stack.ts';
import { requestToken } from './names.ts';
import { isFailure, type StackDescription } from './ports.ts';
import { withRetries } from './retry.ts';
import { type StackOutcome, type StackSurroundings, waitForOther, watchStack } from './stack-operation.ts';

/** How often a stack that somebody else works on is tried again. */
const rounds = 10;

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

/** One attempt to delete a stack, to its end. `in-use`: another operation runs, or a stack under review holds resources. */
export async function removeStack(
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
  const end = await watchStack(around, layer, {
    stackId: live.stackId,
    token,
    submittedAt: asked,
    roundTrip: clock.now() - asked,
    planned: 0,
  });
  if (end.status === 'deleted') return { status: 'removed' };
  return {
    status: 'failed',
    reason: `The stack ${live.name} (${live.status}) could not be deleted: ${end.status === 'complete' ? end.stack.status : end.reason}`,
  };
}
