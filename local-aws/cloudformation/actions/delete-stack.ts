import * as z from 'zod';
import { findStack } from '../engine.ts';
import { startDelete } from '../operations/delete.ts';
import { members, parseInput, requestToken, stackNameOrId } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import { mayStart } from '../stack-status.ts';
import type { Action, ActionContext } from './action.ts';
import { once } from './stack-input.ts';

const input = z.object({
  StackName: stackNameOrId,
  RetainResources: members(z.string()).optional(),
  DeletionMode: z.enum(['STANDARD', 'FORCE_DELETE_STACK']).optional(),
  ClientRequestToken: requestToken.optional(),
});

export const deleteStack: Action = {
  name: 'DeleteStack',
  run: (query, context) => once(context, 'DeleteStack', query, async () => remove(parseInput(input, query), context)),
};

function remove(request: z.output<typeof input>, context: ActionContext): undefined {
  const { engine, region } = context;
  const stack = findStack(engine, region, request.StackName);
  // What is not there, or goes already, is as good as deleted: the service says nothing.
  if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return undefined;
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (!mayStart('delete', stack.status)) {
    throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  }
  const retain = new Set(request.RetainResources ?? []);
  const force = request.DeletionMode === 'FORCE_DELETE_STACK';
  if ((retain.size > 0 || force) && stack.status !== 'DELETE_FAILED') {
    throw validationError(
      `Invalid operation on stack [${stack.id}]: specify resources to retain or FORCE_DELETE_STACK only when the stack is in the DELETE_FAILED state.`,
    );
  }
  const unknown = [...retain].filter((logicalId) => !stack.resources.has(logicalId));
  if (unknown.length > 0) {
    throw validationError(
      `The specified resources to retain [${unknown.join(', ')}] do not exist in stack ${stack.name}.`,
    );
  }
  startDelete(engine, stack, { retain, force }, request.ClientRequestToken);
  return undefined;
}
