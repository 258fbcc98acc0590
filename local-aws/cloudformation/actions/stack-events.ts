import * as z from 'zod';
import { isFailure, type StackEvent, stackType } from '../events.ts';
import { flag, stackNameOrId } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import type { Stack } from '../stack.ts';
import { action, requireStack } from './action.ts';
import { newestFirst } from './page.ts';

export const describeStackEvents = action(
  'DescribeStackEvents',
  z.object({ StackName: stackNameOrId, NextToken: z.string().optional() }),
  ({ StackName, NextToken }, context) => {
    const stack = requireStack(context, StackName, 'brackets');
    const { items, nextToken } = newestFirst(stack.events, NextToken);
    return { StackEvents: items.map((event) => describe(stack, event)), NextToken: nextToken };
  },
);

/** Events by operation, of every kind; with the filter on failures only the reason why an operation failed is left. */
export const describeEvents = action(
  'DescribeEvents',
  z.object({
    StackName: stackNameOrId.optional(),
    ChangeSetName: z.string().optional(),
    OperationId: z.string().optional(),
    Filters: z.object({ FailedEvents: flag.optional() }).optional(),
    NextToken: z.string().optional(),
  }),
  ({ StackName, ChangeSetName, OperationId, Filters, NextToken }, context) => {
    const stacks = context.engine.stacks(context.region);
    const stack =
      StackName !== undefined
        ? requireStack(context, StackName, 'brackets')
        : stacks.find(
            (candidate) =>
              candidate.operations.some(({ id }) => id === OperationId) ||
              [...candidate.changeSets.values()].some(({ id }) => id === ChangeSetName),
          );
    if (!stack) {
      throw validationError(
        OperationId === undefined && ChangeSetName === undefined
          ? 'One of StackName, ChangeSetName and OperationId must be specified.'
          : `No operation or change set ${OperationId ?? ChangeSetName} exists.`,
      );
    }
    const events = stack.events.filter(
      (event) =>
        (OperationId === undefined || event.operationId === OperationId) &&
        (!Filters?.FailedEvents || (event.resourceType !== stackType && isFailure(event))),
    );
    const { items, nextToken } = newestFirst(events, NextToken);
    return { OperationEvents: items.map((event) => describeOperationEvent(stack, event)), NextToken: nextToken };
  },
);

function describe(stack: Stack, event: StackEvent) {
  return {
    StackId: stack.id,
    EventId: event.eventId,
    StackName: stack.name,
    OperationId: event.operationId,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.resourceType,
    Timestamp: new Date(event.timestamp),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.clientRequestToken,
  };
}

function describeOperationEvent(stack: Stack, event: StackEvent) {
  const { StackName: _name, ...common } = describe(stack, event);
  const invalid = event.validationPath !== undefined;
  return {
    ...common,
    OperationType: event.operationType,
    OperationStatus: event.resourceType === stackType ? operationStatus(event.status) : undefined,
    EventType: eventType(event),
    DetailedStatus: invalid ? 'VALIDATION_FAILED' : undefined,
    ValidationName: invalid ? 'PROPERTY_VALIDATION' : undefined,
    ValidationStatus: invalid ? 'FAILED' : undefined,
    ValidationStatusReason: invalid ? event.reason : undefined,
    ValidationFailureMode: invalid ? 'FAIL' : undefined,
    ValidationPath: event.validationPath,
  };
}

function eventType(event: StackEvent): string {
  if (event.resourceType === stackType) return 'STACK_EVENT';
  if (event.validationPath !== undefined) return 'VALIDATION_ERROR';
  return event.status.endsWith('_FAILED') ? 'PROVISIONING_ERROR' : 'PROGRESS_EVENT';
}

function operationStatus(status: string): string {
  if (status.endsWith('_IN_PROGRESS')) return 'IN_PROGRESS';
  return status.endsWith('_FAILED') ? 'FAILED' : 'SUCCEEDED';
}
