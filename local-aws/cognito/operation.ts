import type * as z from 'zod';
import { invalid } from './cognito-error.ts';
import type { CognitoState } from './state.ts';

/** An operation of the API: its input as it came, its output as it is sent. */
export type Operation = (input: unknown, state: CognitoState) => Promise<object>;

/** An operation whose input is read by a schema; what does not fit is refused as an invalid parameter. */
export function operation<Input>(
  schema: z.ZodType<Input>,
  run: (input: Input, state: CognitoState) => Promise<object> | object,
): Operation {
  return async (input, state) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, state);
    const [issue] = parsed.error.issues;
    const at = issue?.path.join('.') ?? '';
    throw invalid(
      `1 validation error detected: Value at '${at}' failed to satisfy constraint: ${issue?.message ?? ''}`,
    );
  };
}
