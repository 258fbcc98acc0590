import * as z from 'zod';
import { stackNameOrId } from '../query-protocol.ts';
import { ServiceError, validationError } from '../service-error.ts';
import type { ResourceInstance, Stack } from '../stack.ts';
import { type ActionContext, action, requireStack } from './action.ts';
import { page, pageSize } from './page.ts';

export const describeStackResources = action(
  'DescribeStackResources',
  z.object({
    StackName: stackNameOrId.optional(),
    LogicalResourceId: z.string().optional(),
    PhysicalResourceId: z.string().optional(),
  }),
  ({ StackName, LogicalResourceId, PhysicalResourceId }, context) => {
    const stack = StackName !== undefined ? requireStack(context, StackName) : stackOf(context, PhysicalResourceId);
    const found = [...stack.resources.values()].filter(
      (resource) =>
        (LogicalResourceId === undefined || resource.logicalId === LogicalResourceId) &&
        (PhysicalResourceId === undefined || StackName !== undefined || resource.physicalId !== undefined),
    );
    return {
      // The service answers with the first hundred; ListStackResources pages through all.
      StackResources: found.slice(0, pageSize).map((resource) => ({
        StackName: stack.name,
        StackId: stack.id,
        ...summary(resource),
        Timestamp: new Date(resource.updatedAt),
      })),
    };
  },
);

export const describeStackResource = action(
  'DescribeStackResource',
  z.object({ StackName: stackNameOrId, LogicalResourceId: z.string() }),
  ({ StackName, LogicalResourceId }, context) => {
    const stack = requireStack(context, StackName, 'brackets');
    const resource = stack.resources.get(LogicalResourceId);
    if (!resource) {
      throw validationError(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    return {
      StackResourceDetail: {
        StackName: stack.name,
        StackId: stack.id,
        ...summary(resource),
        LastUpdatedTimestamp: new Date(resource.updatedAt),
        Metadata: JSON.stringify(resource.definition.metadata ?? {}),
      },
    };
  },
);

export const listStackResources = action(
  'ListStackResources',
  z.object({ StackName: stackNameOrId, NextToken: z.string().optional() }),
  ({ StackName, NextToken }, context) => {
    const stack = requireStack(context, StackName);
    const { items, nextToken } = page([...stack.resources.values()], NextToken);
    return {
      StackResourceSummaries: items.map((resource) => ({
        ...summary(resource),
        LastUpdatedTimestamp: new Date(resource.updatedAt),
      })),
      NextToken: nextToken,
    };
  },
);

function stackOf({ engine, region }: ActionContext, physicalId: string | undefined): Stack {
  if (physicalId === undefined) {
    throw validationError('At minimum, you must specify either StackName or PhysicalResourceId.');
  }
  const stack = engine
    .stacks(region)
    .findLast(
      (candidate) =>
        candidate.status !== 'DELETE_COMPLETE' &&
        [...candidate.resources.values()].some((resource) => resource.physicalId === physicalId),
    );
  if (!stack) throw new ServiceError('ValidationError', `Stack for ${physicalId} does not exist`);
  return stack;
}

function summary(resource: ResourceInstance) {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}
