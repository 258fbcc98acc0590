import type { ResourceStatus, StackStatus } from './stack-status.ts';

export type OperationType =
  | 'CREATE_STACK'
  | 'UPDATE_STACK'
  | 'DELETE_STACK'
  | 'CONTINUE_ROLLBACK'
  | 'ROLLBACK'
  | 'CREATE_CHANGESET';

/** One operation on a stack. A rollback is an operation of its own, under the client token of what it undoes. */
export interface OperationRecord {
  readonly id: string;
  readonly type: OperationType;
  readonly clientRequestToken?: string | undefined;
  readonly startedAt: number;
  endedAt?: number;
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
}

/** Something that happened to a stack or to one of its resources. */
export interface StackEvent {
  readonly eventId: string;
  readonly operationId: string;
  readonly operationType: OperationType;
  readonly clientRequestToken?: string | undefined;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly resourceType: string;
  readonly timestamp: number;
  readonly status: ResourceStatus | StackStatus;
  readonly reason?: string | undefined;
  /** JSON text. */
  readonly properties?: string | undefined;
  /** Set where the properties themselves were wrong: JSON pointer into the template. */
  readonly validationPath?: string | undefined;
}

export const stackType = 'AWS::CloudFormation::Stack';

/** Whether an event says that something went wrong with a resource; a sibling's cancellation does not. */
export function isFailure(event: StackEvent): boolean {
  return event.status.endsWith('_FAILED') && !/cancelled$/.test(event.reason ?? '');
}
