import { own } from './json.ts';
import { Misconfigured } from './misconfigured.ts';

/** A user's function as Lambda calls it. */
export type UserHandler = (event: unknown, context: unknown) => unknown;

/** The export `handler` of an ES module, or of a CommonJS one that could not be looked into. */
export function exportedHandler(module: unknown): UserHandler {
  const found = own(module, 'handler') ?? own(own(module, 'default'), 'handler');
  if (typeof found !== 'function') throw new Misconfigured('the module of the function does not export handler');
  if (found.length > 2)
    throw new Misconfigured('the function takes a callback, which Lambda no longer passes: make it async');
  return (event, context) => Reflect.apply(found, undefined, [event, context]);
}
