/**
 * What stands around a user's function that a queue or a job feeds: `index.mjs` of its zip, beside the user's own code in
 * `handler.mjs`. Handler: `index.handler`. A function that endpoints call as well has the door around it, which holds this.
 */
import { exportedHandler } from '../user-handler.ts';
import { workerParts } from './surroundings.ts';
import { worker } from './worker.ts';

// A module that does not load is Lambda's to report: it starts the function anew with the next message.
const module: unknown = await import(new URL('./handler.mjs', import.meta.url).href);

export const handler = worker(workerParts(exportedHandler(module)));
