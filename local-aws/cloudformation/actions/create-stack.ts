import * as z from 'zod';
import { findStack } from '../engine.ts';
import { startCreate } from '../operations/create.ts';
import { plan } from '../plan.ts';
import { flag, parseInput, stackName } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import { newStack } from '../stack.ts';
import { parseStackPolicy } from '../stack-policy.ts';
import type { Action, ActionContext } from './action.ts';
import { alreadyExists, once, requestedSettings, requestedState, stackInput } from './stack-input.ts';

const input = z.object({
  ...stackInput,
  StackName: stackName,
  OnFailure: z.enum(['DO_NOTHING', 'ROLLBACK', 'DELETE']).optional(),
  StackPolicyBody: z.string().optional(),
  EnableTerminationProtection: flag.optional(),
});

export const createStack: Action = {
  name: 'CreateStack',
  run: (query, context) => once(context, 'CreateStack', query, () => create(parseInput(input, query), context)),
};

async function create(request: z.output<typeof input>, context: ActionContext) {
  const { engine, region } = context;
  if (request.OnFailure !== undefined && request.DisableRollback !== undefined) {
    throw validationError('Either DisableRollback or OnFailure can be specified, not both.');
  }
  const refuseTaken = () => {
    if (findStack(engine, region, request.StackName)) throw alreadyExists(`Stack [${request.StackName}]`);
  };
  refuseTaken();
  if (request.StackPolicyBody !== undefined) parseStackPolicy(request.StackPolicyBody);
  const state = await requestedState(context, request, undefined);
  // Reading the template took time: another request may have been quicker.
  refuseTaken();
  const asked = requestedSettings(request, undefined);
  const onFailure = request.OnFailure ?? (asked.disableRollback ? 'DO_NOTHING' : 'ROLLBACK');
  const settings = { ...asked, disableRollback: onFailure === 'DO_NOTHING' };
  const place = { name: request.StackName, account: engine.account, region, uuid: engine.uuid() };
  const stack = newStack({ ...place, now: engine.clock.now(), settings });
  // Shows now what would otherwise fail halfway: an unknown mapping key, a select out of range.
  plan(engine, stack, state);
  stack.terminationProtection = request.EnableTerminationProtection ?? false;
  stack.policy = request.StackPolicyBody;
  engine.stacks(region).push(stack);
  const operation = startCreate(engine, stack, { ...state, settings }, onFailure, request.ClientRequestToken);
  return { StackId: stack.id, OperationId: operation.id };
}
