import { stackDurations } from '../durations.ts';
import type { Engine } from '../engine.ts';
import type { OperationRecord } from '../events.ts';
import { asRollback, finish, moveTo, startOperation, type Work, wait } from '../operation.ts';
import type { Stack } from '../stack.ts';
import type { StackPolicy } from '../stack-policy.ts';
import { applyTemplate } from './apply.ts';
import { cleanUp } from './clean-up.ts';
import { restoreStable } from './restore.ts';
import { aimAt, publish, type Target } from './target.ts';

/** UPDATE_IN_PROGRESS and on. */
export function startUpdate(
  engine: Engine,
  stack: Stack,
  target: Target,
  policy: StackPolicy | undefined,
  clientRequestToken: string | undefined,
): OperationRecord {
  aimAt(stack, target);
  return startOperation(engine, stack, 'UPDATE_STACK', clientRequestToken, (work) => update(work, policy));
}

async function update(work: Work, policy: StackPolicy | undefined): Promise<void> {
  const { stack } = work;
  const preserve = stack.settings.disableRollback;
  stack.updatedAt = work.engine.clock.now();
  moveTo(work, 'UPDATE_IN_PROGRESS', 'User Initiated');
  await wait(work, stackDurations.start);
  const applied = await applyTemplate(work, { preserve, policy });
  if (!applied.ok) {
    if (!preserve) return restoreStable(asRollback(work), applied.reason);
    moveTo(work, 'UPDATE_FAILED', applied.reason);
    finish(work, 'FAILED');
    return;
  }
  publish(stack, applied);
  moveTo(work, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  await wait(work, stackDurations.end);
  const problem = await cleanUp(work, applied.logicalIds, (instance, why) => {
    const { deletionPolicy } = instance.definition;
    if (why === 'removed') return deletionPolicy === 'Retain' || deletionPolicy === 'RetainExceptOnCreate';
    // The policy of the template that replaces counts, so that it can be set in the same update.
    const now = stack.resources.get(instance.logicalId)?.definition ?? instance.definition;
    return now.updateReplacePolicy === 'Retain';
  });
  moveTo(work, 'UPDATE_COMPLETE', problem === undefined ? undefined : `Update successful. ${problem}`);
  finish(work, 'SUCCEEDED');
}
