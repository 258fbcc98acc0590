import type * as z from 'zod';
import { type Engine, findStack } from '../engine.ts';
import { parseInput, type QueryMap } from '../query-protocol.ts';
import { validationError } from '../service-error.ts';
import type { Stack } from '../stack.ts';
import type { XmlMap } from '../xml.ts';

/** Who asks, where. */
export interface ActionContext {
  readonly engine: Engine;
  readonly region: string;
}

/** One action of the service. Answers with its result, or nothing where the service has no result element. */
export interface Action {
  readonly name: string;
  run(query: QueryMap, context: ActionContext): Promise<XmlMap | undefined>;
}

/** An action whose input is parsed before it runs. */
export function action<T extends z.ZodType>(
  name: string,
  input: T,
  run: (input: z.output<T>, context: ActionContext) => Promise<XmlMap | undefined> | XmlMap | undefined,
): Action {
  return { name, run: async (query, context) => run(parseInput(input, query), context) };
}

/**
 * The stack, which has to be there.
 * @param wording The service has two ways to say that it is not.
 */
export function requireStack(
  context: ActionContext,
  nameOrId: string,
  wording: 'brackets' | 'with id' = 'with id',
): Stack {
  const stack = findStack(context.engine, context.region, nameOrId);
  if (stack) return stack;
  throw validationError(
    wording === 'brackets' ? `Stack [${nameOrId}] does not exist` : `Stack with id ${nameOrId} does not exist`,
  );
}
