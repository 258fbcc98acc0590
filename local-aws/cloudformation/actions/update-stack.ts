import * as z from 'zod';
import { makeObsolete } from '../change-set.ts';
import { startUpdate } from '../operations/update.ts';
import { plan } from '../plan.ts';
import { parseInput, stackNameOrId } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import type { Stack } from '../stack.ts';
import { parseStackPolicy } from '../stack-policy.ts';
import { mayStart } from '../stack-status.ts';
import { type Action, type ActionContext, requireStack } from './action.ts';
import { once, requestedSettings, requestedState, stackInput } from './stack-input.ts';

const input = z.object({
  ...stackInput,
  StackName: stackNameOrId,
  StackPolicyBody: z.string().optional(),
  StackPolicyDuringUpdateBody: z.string().optional(),
});

export const updateStack: Action = {
  name: 'UpdateStack',
  run: (query, context) => once(context, 'UpdateStack', query, () => update(parseInput(input, query), context)),
};

async function update(request: z.output<typeof input>, context: ActionContext) {
  const { engine } = context;
  const stack = requireStack(context, request.StackName, 'brackets');
  const settings = requestedSettings(request, stack.settings);
  refuseUpdate(stack, settings.disableRollback);
  const state = await requestedState(context, request, stack);
  refuseUpdate(stack, settings.disableRollback);
  const duringUpdate = request.StackPolicyDuringUpdateBody ?? request.StackPolicyBody ?? stack.policy;
  const policy = duringUpdate === undefined ? undefined : parseStackPolicy(duringUpdate);
  if (request.StackPolicyBody !== undefined) parseStackPolicy(request.StackPolicyBody);
  const planned = plan(engine, stack, state);
  if (planned.changes.length === 0 && !planned.otherChanges) throw validationError('No updates are to be performed.');
  if (request.StackPolicyBody !== undefined) stack.policy = request.StackPolicyBody;
  makeObsolete(stack);
  const operation = startUpdate(engine, stack, { ...state, settings }, policy, request.ClientRequestToken);
  return { StackId: stack.id, OperationId: operation.id };
}

/** @throws ServiceError ValidationError when the stack's status does not allow an update. */
export function refuseUpdate(stack: Stack, disableRollback: boolean): void {
  if (!mayStart('update', stack.status)) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }
  if (stack.status.endsWith('_FAILED') && !disableRollback) {
    throw validationError(
      `This stack is currently in a non-terminal [${stack.status}] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API`,
    );
  }
}
