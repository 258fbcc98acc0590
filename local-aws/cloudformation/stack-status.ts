/**
 * The states of a stack and the ways between them, as one table: what an operation may start from, and what may follow
 * what. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, stack status codes.
 */
export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

/** Completed and open to an update. */
const settled = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] as const;

const next: Readonly<Record<StackStatus, readonly StackStatus[]>> = {
  REVIEW_IN_PROGRESS: ['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  CREATE_IN_PROGRESS: ['CREATE_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  CREATE_COMPLETE: ['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  CREATE_FAILED: ['UPDATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_IN_PROGRESS'],
  ROLLBACK_COMPLETE: ['DELETE_IN_PROGRESS'],
  ROLLBACK_FAILED: ['DELETE_IN_PROGRESS'],
  UPDATE_IN_PROGRESS: ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_IN_PROGRESS'],
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: ['UPDATE_COMPLETE'],
  UPDATE_COMPLETE: ['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  UPDATE_FAILED: ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  UPDATE_ROLLBACK_IN_PROGRESS: ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED'],
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: ['UPDATE_ROLLBACK_COMPLETE'],
  UPDATE_ROLLBACK_COMPLETE: ['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  UPDATE_ROLLBACK_FAILED: ['UPDATE_ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  // A deletion that another stack's import forbids leaves the stack as it was.
  DELETE_IN_PROGRESS: ['DELETE_COMPLETE', 'DELETE_FAILED', ...settled],
  DELETE_COMPLETE: [],
  DELETE_FAILED: ['DELETE_IN_PROGRESS'],
};

/** Whether a stack in one status may go to the other. An operation that breaks this has a bug. */
export function mayFollow(from: StackStatus, to: StackStatus): boolean {
  return next[from].includes(to);
}

/** What is done to a stack. */
export type OperationKind = 'create' | 'update' | 'delete' | 'rollback' | 'continueRollback' | 'cancelUpdate';

const startsFrom: Readonly<Record<OperationKind, readonly StackStatus[]>> = {
  create: ['REVIEW_IN_PROGRESS'],
  update: [...settled, 'CREATE_FAILED', 'UPDATE_FAILED'],
  // Every status that may become DELETE_IN_PROGRESS; deleting what is being created cancels the creation.
  delete: Object.entries(next).flatMap(([status, following]) =>
    following.includes('DELETE_IN_PROGRESS') ? [status as StackStatus] : [],
  ),
  rollback: ['CREATE_FAILED', 'UPDATE_FAILED'],
  continueRollback: ['UPDATE_ROLLBACK_FAILED'],
  cancelUpdate: ['UPDATE_IN_PROGRESS'],
};

/** Whether an operation may begin on a stack in this status. */
export function mayStart(operation: OperationKind, status: StackStatus): boolean {
  return startsFrom[operation].includes(status);
}

export type ResourceStatus =
  | `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`
  | 'DELETE_SKIPPED';
