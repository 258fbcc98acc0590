import * as z from 'zod';
import { startContinueRollback, startRollback } from '../operations/roll-back.ts';
import { flag, members, parseInput, requestToken, stackNameOrId } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import { mayStart } from '../stack-status.ts';
import { type Action, type ActionContext, requireStack } from './action.ts';
import { once } from './stack-input.ts';

const rollbackInput = z.object({
  StackName: stackNameOrId,
  RetainExceptOnCreate: flag.optional(),
  ClientRequestToken: requestToken.optional(),
});

export const rollbackStack: Action = {
  name: 'RollbackStack',
  run: (query, context) =>
    once(context, 'RollbackStack', query, async () => rollBack(parseInput(rollbackInput, query), context)),
};

function rollBack(request: z.output<typeof rollbackInput>, context: ActionContext) {
  const stack = requireStack(context, request.StackName, 'brackets');
  if (!mayStart('rollback', stack.status)) {
    throw validationError(`RollbackStack cannot be called from current stack status: ${stack.status}`);
  }
  if (request.RetainExceptOnCreate !== undefined) {
    stack.settings = { ...stack.settings, retainExceptOnCreate: request.RetainExceptOnCreate };
  }
  const operation = startRollback(context.engine, stack, request.ClientRequestToken);
  return { StackId: stack.id, OperationId: operation.id };
}

const continueInput = z.object({
  StackName: stackNameOrId,
  ResourcesToSkip: members(z.string()).optional(),
  ClientRequestToken: requestToken.optional(),
});

export const continueUpdateRollback: Action = {
  name: 'ContinueUpdateRollback',
  run: (query, context) =>
    once(context, 'ContinueUpdateRollback', query, async () => goOn(parseInput(continueInput, query), context)),
};

function goOn(request: z.output<typeof continueInput>, context: ActionContext) {
  const stack = requireStack(context, request.StackName, 'brackets');
  if (!mayStart('continueRollback', stack.status)) {
    throw validationError(
      `Stack:${stack.id} is in ${stack.status} state and can not be resumed. Only stacks in UPDATE_ROLLBACK_FAILED state can continue their rollback.`,
    );
  }
  const skip = new Set(request.ResourcesToSkip ?? []);
  const notFailed = [...skip].filter((logicalId) => stack.resources.get(logicalId)?.status !== 'UPDATE_FAILED');
  if (notFailed.length > 0) {
    throw validationError(
      `Only resources in UPDATE_FAILED state can be skipped; these are not: [${notFailed.join(', ')}]`,
    );
  }
  startContinueRollback(context.engine, stack, skip, request.ClientRequestToken);
  return {};
}

const cancelInput = z.object({ StackName: stackNameOrId, ClientRequestToken: requestToken.optional() });

export const cancelUpdateStack: Action = {
  name: 'CancelUpdateStack',
  run: (query, context) =>
    once(context, 'CancelUpdateStack', query, async () => cancel(parseInput(cancelInput, query), context)),
};

function cancel(request: z.output<typeof cancelInput>, context: ActionContext): undefined {
  const stack = requireStack(context, request.StackName, 'brackets');
  if (!mayStart('cancelUpdate', stack.status)) {
    throw validationError('CancelUpdateStack cannot be called from current stack status');
  }
  stack.running?.cancel.abort();
  return undefined;
}
