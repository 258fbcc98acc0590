import { tokenBookKey } from '../client-token.ts';
import { stackDurations } from '../durations.ts';
import { type Engine, importersOf } from '../engine.ts';
import type { OperationRecord } from '../events.ts';
import { finish, keep, moveTo, recordResource, startOperation, type Work, wait } from '../operation.ts';
import { exists, type Stack } from '../stack.ts';
import { mayFollow } from '../stack-status.ts';
import { deleteInOrder } from './clean-up.ts';

export interface DeleteOptions {
  /** Logical ids to leave in the service: RetainResources. */
  readonly retain: ReadonlySet<string>;
  /** FORCE_DELETE_STACK: what cannot be deleted is left in the service. */
  readonly force: boolean;
}

/** DELETE_IN_PROGRESS and on. Cuts a creation short that is under way. */
export function startDelete(
  engine: Engine,
  stack: Stack,
  options: DeleteOptions,
  clientRequestToken: string | undefined,
): OperationRecord {
  return startOperation(engine, stack, 'DELETE_STACK', clientRequestToken, async (work) => {
    const before = stack.status;
    moveTo(work, 'DELETE_IN_PROGRESS', 'User Initiated');
    await work.predecessor;
    const inUse = exportInUse(engine, stack);
    if (inUse === undefined) return deleteEverything(work, options);
    await wait(work, stackDurations.start);
    const back = mayFollow('DELETE_IN_PROGRESS', before) ? before : 'DELETE_FAILED';
    moveTo(work, back, `Delete canceled. ${inUse}`);
    finish(work, 'FAILED');
  });
}

function exportInUse(engine: Engine, stack: Stack): string | undefined {
  for (const { exportName } of stack.outputs) {
    if (exportName === undefined) continue;
    const users = importersOf(engine, stack.region, exportName).filter((user) => user !== stack);
    if (users.length > 0) {
      return `Cannot delete export ${exportName} as it is in use by ${users.map((user) => user.name).join(' and ')}.`;
    }
  }
  return undefined;
}

/** From DELETE_IN_PROGRESS to DELETE_COMPLETE or DELETE_FAILED. */
export async function deleteEverything(work: Work, options: DeleteOptions): Promise<void> {
  const { stack } = work;
  await wait(work, stackDurations.start);
  const failed = await deleteInOrder(
    work,
    [...[...stack.resources.values()].filter((instance) => !isGone(instance.status)), ...stack.retired].map(
      (instance) => ({
        instance,
        retain: instance.definition.deletionPolicy.startsWith('Retain') || options.retain.has(instance.logicalId),
      }),
    ),
  );
  if (failed.length > 0 && !options.force) {
    moveTo(work, 'DELETE_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}]. `);
    finish(work, 'FAILED');
    return;
  }
  for (const instance of [...stack.resources.values()].filter(exists)) {
    // Forced: what could not be deleted, and what waited for it, stays behind in the service.
    recordResource(work, instance, 'DELETE_SKIPPED');
    keep(work, { ...instance, status: 'DELETE_SKIPPED' });
  }
  stack.retired = [];
  stack.outputs = [];
  stack.imports = new Set();
  work.engine.tokens.delete(tokenBookKey(stack.region, stack.name));
  stack.deletedAt = work.engine.clock.now();
  moveTo(work, 'DELETE_COMPLETE');
  finish(work, 'SUCCEEDED');
}

function isGone(status: string): boolean {
  return status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED';
}
