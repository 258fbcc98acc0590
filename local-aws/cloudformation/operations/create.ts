import { stackDurations } from '../durations.ts';
import type { Engine } from '../engine.ts';
import type { OperationRecord } from '../events.ts';
import { asRollback, finish, moveTo, startOperation, type Work, wait } from '../operation.ts';
import type { Stack } from '../stack.ts';
import { applyTemplate } from './apply.ts';
import { deleteInOrder } from './clean-up.ts';
import { deleteEverything } from './delete.ts';
import { aimAt, publish, type Target } from './target.ts';

export type OnFailure = 'DO_NOTHING' | 'ROLLBACK' | 'DELETE';

/** CREATE_IN_PROGRESS and on. The stack is new, or only reviewed so far. */
export function startCreate(
  engine: Engine,
  stack: Stack,
  target: Target,
  onFailure: OnFailure,
  clientRequestToken: string | undefined,
): OperationRecord {
  aimAt(stack, target);
  return startOperation(engine, stack, 'CREATE_STACK', clientRequestToken, (work) => create(work, onFailure));
}

async function create(work: Work, onFailure: OnFailure): Promise<void> {
  const { stack } = work;
  moveTo(work, 'CREATE_IN_PROGRESS', 'User Initiated');
  await wait(work, stackDurations.start);
  const applied = await applyTemplate(work, { preserve: onFailure === 'DO_NOTHING' });
  if (work.operation.superseded) return;
  if (applied.ok) {
    publish(stack, applied);
    await wait(work, stackDurations.end);
    if (work.operation.superseded) return;
    moveTo(work, 'CREATE_COMPLETE');
    finish(work, 'SUCCEEDED');
    return;
  }
  switch (onFailure) {
    case 'DO_NOTHING':
      moveTo(work, 'CREATE_FAILED', applied.reason);
      finish(work, 'FAILED');
      return;
    case 'ROLLBACK':
      return rollBackCreation(asRollback(work), `${applied.reason}Rollback requested by user.`);
    case 'DELETE': {
      const deletion = asRollback(work);
      moveTo(deletion, 'DELETE_IN_PROGRESS', `${applied.reason}Delete requested by user.`);
      return deleteEverything(deletion, { retain: new Set(), force: false });
    }
  }
}

/** Deletes what a failed creation has made; the stack stays, to be looked at and deleted. */
export async function rollBackCreation(work: Work, reason: string): Promise<void> {
  const { stack } = work;
  moveTo(work, 'ROLLBACK_IN_PROGRESS', reason);
  await wait(work, stackDurations.start);
  const failed = await deleteInOrder(
    work,
    [...stack.resources.values(), ...stack.retired].map((instance) => ({
      instance,
      retain: instance.definition.deletionPolicy === 'Retain' && !stack.settings.retainExceptOnCreate,
    })),
  );
  if (work.operation.superseded) return;
  stack.retired = [];
  if (failed.length > 0) {
    moveTo(work, 'ROLLBACK_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}]. `);
    finish(work, 'FAILED');
  } else {
    moveTo(work, 'ROLLBACK_COMPLETE');
    finish(work, 'SUCCEEDED');
  }
}
