import { type KnownAccount, settingValue } from '../changes/known-parameters.ts';
import type { Layer, Stack } from '../stacks/stack.ts';

export type { KnownSettings } from '../changes/known-parameters.ts';

export type ParametersOutcome =
  | { status: 'resolved'; parameters: Record<string, string> }
  | { status: 'missing'; reason: string };

/** What parameters are filled in from. */
export interface ParameterValues extends KnownAccount {
  outputs: ReadonlyMap<Layer, Record<string, string>>;
  bucket: string;
}

/** Fills in a stack's parameters from what is live now. */
export function resolveParameters(stack: Stack, values: ParameterValues): ParametersOutcome {
  const { outputs, bucket } = values;
  const parameters: Record<string, string> = {};
  for (const [name, source] of Object.entries(stack.parameters)) {
    switch (source.from) {
      case 'value':
        parameters[name] = source.value;
        break;
      case 'artifact-bucket':
        parameters[name] = bucket;
        break;
      case 'account-setting':
        parameters[name] = settingValue(name, source.setting, values);
        break;
      case 'output': {
        const value = outputs.get(source.layer)?.[source.output];
        if (value === undefined) {
          return {
            status: 'missing',
            reason: `It needs the output ${source.output} of the layer ${source.layer}, which that stack does not give.`,
          };
        }
        parameters[name] = value;
      }
    }
  }
  return { status: 'resolved', parameters };
}

/** Names of parameters that differ from what the stack has; those that only one side knows included. */
export function changedParameters(live: Record<string, string>, wanted: Record<string, string>): string[] {
  return [...new Set([...Object.keys(live), ...Object.keys(wanted)])].filter((name) => live[name] !== wanted[name]);
}
