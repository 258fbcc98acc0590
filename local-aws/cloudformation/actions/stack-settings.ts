import * as z from 'zod';
import { exportsOf, importersOf } from '../engine.ts';
import { flag, stackNameOrId } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import { parseStackPolicy } from '../stack-policy.ts';
import { action, requireStack } from './action.ts';
import { page } from './page.ts';

export const setStackPolicy = action(
  'SetStackPolicy',
  z.object({ StackName: stackNameOrId, StackPolicyBody: z.string().optional() }),
  ({ StackName, StackPolicyBody }, context) => {
    const stack = requireStack(context, StackName, 'brackets');
    if (StackPolicyBody === undefined) throw validationError('StackPolicyBody must be specified.');
    parseStackPolicy(StackPolicyBody);
    stack.policy = StackPolicyBody;
    return undefined;
  },
);

export const getStackPolicy = action('GetStackPolicy', z.object({ StackName: stackNameOrId }), (input, context) => ({
  StackPolicyBody: requireStack(context, input.StackName, 'brackets').policy,
}));

export const updateTerminationProtection = action(
  'UpdateTerminationProtection',
  z.object({ StackName: stackNameOrId, EnableTerminationProtection: flag }),
  ({ StackName, EnableTerminationProtection }, context) => {
    const stack = requireStack(context, StackName, 'brackets');
    if (stack.status.startsWith('DELETE_')) {
      throw validationError(
        `Stack [${stack.name}] is in ${stack.status} state and its termination protection cannot be changed.`,
      );
    }
    stack.terminationProtection = EnableTerminationProtection;
    return { StackId: stack.id };
  },
);

export const listExports = action(
  'ListExports',
  z.object({ NextToken: z.string().optional() }),
  ({ NextToken }, { engine, region }) => {
    const { items, nextToken } = page(exportsOf(engine, region), NextToken);
    return {
      Exports: items.map(({ name, value, stack }) => ({ ExportingStackId: stack.id, Name: name, Value: value })),
      NextToken: nextToken,
    };
  },
);

export const listImports = action(
  'ListImports',
  z.object({ ExportName: z.string(), NextToken: z.string().optional() }),
  ({ ExportName, NextToken }, { engine, region }) => {
    const importers = importersOf(engine, region, ExportName);
    if (importers.length === 0) throw validationError(`Export '${ExportName}' is not imported by any stack.`);
    const { items, nextToken } = page(importers, NextToken);
    return { Imports: items.map((stack) => stack.name), NextToken: nextToken };
  },
);
