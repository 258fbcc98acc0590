import type { Engine } from '../engine.ts';
import type { OperationRecord } from '../events.ts';
import { startOperation } from '../operation.ts';
import type { Stack } from '../stack.ts';
import { rollBackCreation } from './create.ts';
import { restoreStable } from './restore.ts';

/** RollbackStack: from CREATE_FAILED or UPDATE_FAILED to the last state that completed. */
export function startRollback(engine: Engine, stack: Stack, clientRequestToken: string | undefined): OperationRecord {
  const creation = stack.status === 'CREATE_FAILED';
  return startOperation(engine, stack, 'ROLLBACK', clientRequestToken, (work) =>
    creation ? rollBackCreation(work, 'User Initiated') : restoreStable(work, 'User Initiated'),
  );
}

/** ContinueUpdateRollback: goes on from UPDATE_ROLLBACK_FAILED, taking the skipped resources as restored. */
export function startContinueRollback(
  engine: Engine,
  stack: Stack,
  skip: ReadonlySet<string>,
  clientRequestToken: string | undefined,
): OperationRecord {
  return startOperation(engine, stack, 'CONTINUE_ROLLBACK', clientRequestToken, (work) =>
    restoreStable(work, 'User Initiated', skip),
  );
}
