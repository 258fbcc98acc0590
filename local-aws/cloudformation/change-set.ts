import { stackDurations } from './durations.ts';
import { type Engine, OperationAbandoned } from './engine.ts';
import type { OnFailure } from './operations/create.ts';
import type { Target } from './operations/target.ts';
import { type Plan, plan } from './plan.ts';
import { ServiceError } from './service-error.ts';
import { exists, type Stack } from './stack.ts';

export const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** A planned create or update of a stack, to be looked at and then executed or deleted. */
export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly type: 'CREATE' | 'UPDATE';
  readonly createdAt: number;
  readonly target: Target;
  readonly onFailure?: OnFailure | undefined;
  status: 'CREATE_PENDING' | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'FAILED';
  statusReason?: string;
  executionStatus: 'UNAVAILABLE' | 'AVAILABLE' | 'OBSOLETE';
  plan?: Plan;
}

/** Works the plan out, after the time that the service takes for it. */
export async function prepareChangeSet(engine: Engine, stack: Stack, changeSet: ChangeSet): Promise<void> {
  const abort = new AbortController();
  const onShutdown = () => abort.abort();
  engine.shutdown.addEventListener('abort', onShutdown, { once: true });
  try {
    changeSet.status = 'CREATE_IN_PROGRESS';
    await engine.clock.sleep(stackDurations.changeSet, abort.signal);
    if (engine.shutdown.aborted) throw new OperationAbandoned();
    const planned = plan(engine, stack, changeSet.target);
    if (planned.changes.length === 0 && !planned.otherChanges) {
      changeSet.status = 'FAILED';
      changeSet.statusReason = noChanges;
      return;
    }
    changeSet.plan = planned;
    changeSet.status = 'CREATE_COMPLETE';
    changeSet.executionStatus = 'AVAILABLE';
  } catch (error) {
    if (error instanceof OperationAbandoned) return;
    if (!(error instanceof ServiceError)) throw error;
    changeSet.status = 'FAILED';
    changeSet.statusReason = error.message;
  } finally {
    engine.shutdown.removeEventListener('abort', onShutdown);
  }
}

/** After a stack has changed, what was planned on its former state can no longer be executed. */
export function makeObsolete(stack: Stack): void {
  for (const changeSet of stack.changeSets.values()) {
    if (changeSet.executionStatus === 'AVAILABLE') changeSet.executionStatus = 'OBSOLETE';
  }
}

/** Whether the stack exists only as a place for change sets. */
export function isOnlyReviewed(stack: Stack): boolean {
  return stack.status === 'REVIEW_IN_PROGRESS' && ![...stack.resources.values()].some(exists);
}
