import * as z from 'zod';
import { type ChangeSet, isOnlyReviewed, prepareChangeSet } from '../change-set.ts';
import { findStack } from '../engine.ts';
import type { Json } from '../json.ts';
import { withoutSecrets } from '../no-echo.ts';
import { startCreate } from '../operations/create.ts';
import { startUpdate } from '../operations/update.ts';
import { partition } from '../pseudo-parameters.ts';
import { flag, parseInput, requestToken, stackNameOrId } from '../query-protocol.ts';
import { ServiceError, validationError } from '../service-error.ts';
import { newStack, type Stack } from '../stack.ts';
import { parseStackPolicy } from '../stack-policy.ts';
import { type Action, type ActionContext, action, requireStack } from './action.ts';
import { describeChange } from './describe-change.ts';
import { describeParameters, describeTags } from './describe-stacks.ts';
import { page } from './page.ts';
import { alreadyExists, once, requestedSettings, requestedState, stackInput } from './stack-input.ts';
import { refuseUpdate } from './update-stack.ts';

const createInput = z.object({
  ...stackInput,
  StackName: stackNameOrId,
  ChangeSetName: z
    .string()
    .regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/, 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*'),
  ChangeSetType: z.enum(['CREATE', 'UPDATE', 'IMPORT']).optional(),
  Description: z.string().optional(),
  OnStackFailure: z.enum(['DO_NOTHING', 'ROLLBACK', 'DELETE']).optional(),
});

export const createChangeSet = action('CreateChangeSet', createInput, async (request, context) => {
  const { engine, region } = context;
  const type = request.ChangeSetType ?? 'UPDATE';
  if (type === 'IMPORT') throw validationError('Local AWS does not import existing resources into a stack.');
  const existing = stackForChangeSet(context, request.StackName, type);
  if (existing?.changeSets.has(request.ChangeSetName)) throw alreadyExists(`ChangeSet ${request.ChangeSetName}`);
  const settings = requestedSettings(request, existing?.settings);
  const state = await requestedState(context, request, existing);
  const now = engine.clock.now();
  // Looked up again: reading the template took time.
  let stack = stackForChangeSet(context, request.StackName, type);
  if (!stack) {
    stack = newStack({ name: request.StackName, account: engine.account, region, uuid: engine.uuid(), now, settings });
    stack.description = state.template.description;
    stack.statusReason = 'User Initiated';
    engine.stacks(region).push(stack);
  }
  const changeSet: ChangeSet = {
    id: `arn:${partition(region)}:cloudformation:${region}:${engine.account}:changeSet/${request.ChangeSetName}/${engine.uuid()}`,
    name: request.ChangeSetName,
    description: request.Description,
    type,
    createdAt: now,
    target: { ...state, settings },
    onFailure: request.OnStackFailure,
    status: 'CREATE_PENDING',
    executionStatus: 'UNAVAILABLE',
  };
  stack.changeSets.set(changeSet.name, changeSet);
  prepareChangeSet(engine, stack, changeSet).catch((error: unknown) => {
    changeSet.status = 'FAILED';
    changeSet.statusReason = 'Internal Failure';
    engine.log(`CloudFormation: the change set ${changeSet.name} ended in a bug: ${String(error)}`);
  });
  return { Id: changeSet.id, StackId: stack.id };
});

function stackForChangeSet(context: ActionContext, name: string, type: 'CREATE' | 'UPDATE'): Stack | undefined {
  const stack = findStack(context.engine, context.region, name);
  if (type === 'UPDATE') {
    const existing = requireStack(context, name, 'brackets');
    refuseUpdate(existing, true);
    return existing;
  }
  if (stack && !isOnlyReviewed(stack)) {
    throw validationError(
      `Stack [${stack.name}] already exists and cannot be created again with the changeSet [${name}].`,
    );
  }
  return stack;
}

/** @throws ServiceError ChangeSetNotFound */
export function requireChangeSet(
  context: ActionContext,
  nameOrId: string,
  stackName: string | undefined,
): { stack: Stack; changeSet: ChangeSet } {
  const { engine, region } = context;
  if (stackName === undefined && !nameOrId.startsWith('arn:')) {
    throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  }
  const stacks = stackName === undefined ? engine.stacks(region) : [requireStack(context, stackName, 'brackets')];
  for (const stack of stacks) {
    for (const changeSet of stack.changeSets.values()) {
      if (changeSet.id === nameOrId || changeSet.name === nameOrId) return { stack, changeSet };
    }
  }
  throw new ServiceError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
}

const changeSetInput = { ChangeSetName: z.string(), StackName: stackNameOrId.optional() };

export const describeChangeSet = action(
  'DescribeChangeSet',
  z.object({ ...changeSetInput, NextToken: z.string().optional(), IncludePropertyValues: flag.optional() }),
  (input, context) => {
    const { stack, changeSet } = requireChangeSet(context, input.ChangeSetName, input.StackName);
    const { target, plan } = changeSet;
    const { items, nextToken } = page(plan?.changes ?? [], input.NextToken);
    const withValues = input.IncludePropertyValues ?? false;
    const shown = (value: Json) => withoutSecrets(value, target.parameters, stack.parameters);
    return {
      ...summary(stack, changeSet),
      Parameters: target.parameters.size > 0 ? describeParameters(target.parameters) : undefined,
      NotificationARNs: target.settings.notificationArns,
      RollbackConfiguration: {},
      Capabilities: target.settings.capabilities,
      Tags: describeTags(target.tags),
      Changes: items.map((change) => ({ Type: 'Resource', ResourceChange: describeChange(change, withValues, shown) })),
      NextToken: nextToken,
      IncludeNestedStacks: false,
      OnStackFailure: changeSet.onFailure,
    };
  },
);

export const listChangeSets = action(
  'ListChangeSets',
  z.object({ StackName: stackNameOrId, NextToken: z.string().optional() }),
  ({ StackName, NextToken }, context) => {
    const stack = requireStack(context, StackName, 'brackets');
    const { items, nextToken } = page([...stack.changeSets.values()], NextToken);
    return { Summaries: items.map((changeSet) => summary(stack, changeSet)), NextToken: nextToken };
  },
);

function summary(stack: Stack, changeSet: ChangeSet) {
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: stack.id,
    StackName: stack.name,
    Description: changeSet.description,
    CreationTime: new Date(changeSet.createdAt),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
  };
}

/**
 * Deleting what is not there succeeds as long as the stack is there; the AWS CDK and the Serverless Framework clear away
 * a former change set in this way before they make one. (The service documents only InvalidChangeSetStatus as an error:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html)
 */
export const deleteChangeSet = action('DeleteChangeSet', z.object(changeSetInput), (input, context) => {
  const { ChangeSetName: nameOrId, StackName: stackName } = input;
  if (stackName === undefined) {
    const { stack, changeSet } = requireChangeSet(context, nameOrId, undefined);
    stack.changeSets.delete(changeSet.name);
    return {};
  }
  const { changeSets } = requireStack(context, stackName, 'brackets');
  for (const { id, name } of changeSets.values()) if (nameOrId === id || nameOrId === name) changeSets.delete(name);
  return {};
});

const executeInput = z.object({
  ...changeSetInput,
  DisableRollback: flag.optional(),
  RetainExceptOnCreate: flag.optional(),
  ClientRequestToken: requestToken.optional(),
});

export const executeChangeSet: Action = {
  name: 'ExecuteChangeSet',
  run: (query, context) =>
    once(context, 'ExecuteChangeSet', query, async () => execute(parseInput(executeInput, query), context)),
};

function execute(request: z.output<typeof executeInput>, context: ActionContext) {
  const { engine } = context;
  const { stack, changeSet } = requireChangeSet(context, request.ChangeSetName, request.StackName);
  if (changeSet.executionStatus !== 'AVAILABLE') {
    throw new ServiceError(
      'InvalidChangeSetStatus',
      `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
    );
  }
  const asked = changeSet.target.settings;
  const settings = {
    ...asked,
    disableRollback: request.DisableRollback ?? asked.disableRollback,
    retainExceptOnCreate: request.RetainExceptOnCreate ?? asked.retainExceptOnCreate,
  };
  const target = { ...changeSet.target, settings };
  if (changeSet.type === 'UPDATE') refuseUpdate(stack, settings.disableRollback);
  stack.changeSetId = changeSet.id;
  // Executing one deletes all of the stack's change sets, as the service documents it.
  stack.changeSets.clear();
  const token = request.ClientRequestToken;
  if (changeSet.type === 'CREATE') {
    startCreate(
      engine,
      stack,
      target,
      changeSet.onFailure ?? (settings.disableRollback ? 'DO_NOTHING' : 'ROLLBACK'),
      token,
    );
  } else {
    const policy = stack.policy === undefined ? undefined : parseStackPolicy(stack.policy);
    startUpdate(engine, stack, target, policy, token);
  }
  return {};
}
