/**
 * What to do with a stack, judged by what CloudFormation says of it now. What we remember of it does not count.
 * Source of the statuses: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export type NextStep =
  | { step: 'create' }
  /** `keep`: resume from what succeeded, as the last operation was left half done. */
  | { step: 'update'; onFailure: 'rollback' | 'keep' }
  /** Nothing to do when template and parameters are the same already. */
  | { step: 'update-if-changed' }
  /** It never came to life; it is deleted and made anew. */
  | { step: 'delete-first' }
  /** An operation runs: wait for its end and judge again. */
  | { step: 'wait' }
  | { step: 'stuck'; reason: string };

/** `status` is absent where no stack is. */
export function nextStep(status: string | undefined): NextStep {
  switch (status) {
    case undefined:
    case 'DELETE_COMPLETE':
      return { step: 'create' };
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return { step: 'update-if-changed' };
    case 'CREATE_FAILED':
    case 'UPDATE_FAILED':
      return { step: 'update', onFailure: 'keep' };
    case 'REVIEW_IN_PROGRESS':
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
      return { step: 'delete-first' };
    case 'UPDATE_ROLLBACK_FAILED':
      return {
        step: 'stuck',
        reason:
          'its last update could not be undone. Continue the update rollback in the CloudFormation console, then deploy again.',
      };
    case 'DELETE_FAILED':
      return {
        step: 'stuck',
        reason:
          'somebody tried to delete it and could not. Finish the deletion in the CloudFormation console, then deploy again.',
      };
    default:
      return status.endsWith('_IN_PROGRESS')
        ? { step: 'wait' }
        : { step: 'stuck', reason: `its status is ${status}, which this version of Backdrift does not know.` };
  }
}

/**
 * How a stack's status ends an operation; undefined while it runs. While only replaced resources are cleaned up, the
 * outputs are final: whoever waits for them may go on.
 */
export function operationEnd(status: string): 'complete' | 'failed' | 'deleted' | undefined {
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'IMPORT_COMPLETE':
      return 'complete';
    case 'DELETE_COMPLETE':
      return 'deleted';
    default:
      return status.endsWith('_IN_PROGRESS') ? undefined : 'failed';
  }
}
