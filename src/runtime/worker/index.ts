/**
 * What stands around a user's function that a queue or a job feeds: `index.mjs` of its zip, beside the user's own code in
 * `handler.mjs`. Handler: `index.handler`.
 */
import { own } from '../json.ts';
import { Misconfigured } from '../misconfigured.ts';
import { workerParts } from './surroundings.ts';
import { type UserHandler, worker } from './worker.ts';

// A module that does not load is Lambda's to report: it starts the function anew with the next message.
const module: unknown = await import(new URL('./handler.mjs', import.meta.url).href);

export const handler = worker(workerParts(exported(module)));

/** The export of an ES module, or of a CommonJS one that could not be looked into. */
function exported(module: unknown): UserHandler {
  const found = own(module, 'handler') ?? own(own(module, 'default'), 'handler');
  if (typeof found !== 'function') throw new Misconfigured('the module of the function does not export handler');
  return (message, context) => Reflect.apply(found, undefined, [message, context]);
}
