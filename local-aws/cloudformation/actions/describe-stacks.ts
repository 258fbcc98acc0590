import * as z from 'zod';
import { members, stackNameOrId } from '../query-protocol.ts';
import type { Stack, Tag } from '../stack.ts';
import type { ParameterValues } from '../template/parameters.ts';
import { action, requireStack } from './action.ts';
import { page } from './page.ts';

export const describeStacks = action(
  'DescribeStacks',
  z.object({ StackName: stackNameOrId.optional(), NextToken: z.string().optional() }),
  ({ StackName, NextToken }, context) => {
    if (StackName !== undefined) return { Stacks: [describe(requireStack(context, StackName))] };
    const alive = context.engine.stacks(context.region).filter((stack) => stack.status !== 'DELETE_COMPLETE');
    const { items, nextToken } = page(alive.toReversed(), NextToken);
    return { Stacks: items.map(describe), NextToken: nextToken };
  },
);

export const listStacks = action(
  'ListStacks',
  z.object({ StackStatusFilter: members(z.string()).optional(), NextToken: z.string().optional() }),
  ({ StackStatusFilter: filter, NextToken }, { engine, region }) => {
    const stacks = engine.stacks(region).filter((stack) => !filter?.length || filter.includes(stack.status));
    const { items, nextToken } = page(stacks.toReversed(), NextToken);
    return {
      StackSummaries: items.map((stack) => ({
        StackId: stack.id,
        StackName: stack.name,
        TemplateDescription: stack.description,
        ...times(stack),
        StackStatus: stack.status,
        StackStatusReason: stack.statusReason,
        DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
        LastOperations: lastOperations(stack),
      })),
      NextToken: nextToken,
    };
  },
);

function describe(stack: Stack) {
  const { settings } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: stack.description,
    Parameters: stack.parameters.size > 0 ? describeParameters(stack.parameters) : undefined,
    ...times(stack),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: settings.disableRollback,
    NotificationARNs: stack.notificationArns,
    TimeoutInMinutes: settings.timeoutInMinutes,
    Capabilities: settings.capabilities.length > 0 ? settings.capabilities : undefined,
    Outputs:
      stack.outputs.length > 0
        ? stack.outputs.map((output) => ({
            OutputKey: output.key,
            OutputValue: output.value,
            Description: output.description,
            ExportName: output.exportName,
          }))
        : undefined,
    RoleARN: settings.roleArn,
    Tags: describeTags(stack.tags),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    RetainExceptOnCreate: settings.retainExceptOnCreate || undefined,
    LastOperations: lastOperations(stack),
    DeploymentConfig: settings.deploymentMode === undefined ? undefined : { Mode: settings.deploymentMode },
  };
}

/** Parameters as they are shown: a NoEcho value never is. */
export function describeParameters(parameters: ParameterValues) {
  return [...parameters].map(([key, { text, resolved, noEcho }]) => ({
    ParameterKey: key,
    ParameterValue: noEcho ? '****' : text,
    ResolvedValue: noEcho ? undefined : resolved,
  }));
}

export function describeTags(tags: readonly Tag[]) {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

function times(stack: Stack) {
  return {
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: stack.updatedAt === undefined ? undefined : new Date(stack.updatedAt),
    DeletionTime: stack.deletedAt === undefined ? undefined : new Date(stack.deletedAt),
  };
}

/** The latest operation of each type, newest first. */
function lastOperations(stack: Stack) {
  const latest = new Map(stack.operations.map((operation) => [operation.type, operation]));
  return [...latest.values()]
    .sort((a, b) => stack.operations.indexOf(b) - stack.operations.indexOf(a))
    .map(({ id, type }) => ({ OperationType: type, OperationId: id }));
}
