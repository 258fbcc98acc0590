/**
 * What stands around a user's function behind the API: `index.mjs` of its zip, beside the user's own code in
 * `handler.mjs` and what the door is told in `door.json`. Handler: `index.handler`.
 *
 * Environment: `ROUTE_ACCESS`, who may call each route; `TABLE_<ENTITY>` of every entity whose rows the paths name;
 * `CORS_ORIGINS`; `BACKDRIFT_SERVICE`.
 */
import { readFileSync } from 'node:fs';
import { inLambda } from '../in-lambda.ts';
import { exportedHandler } from '../user-handler.ts';
import { workerParts } from '../worker/surroundings.ts';
import { worker } from '../worker/worker.ts';
import { tablesFrom } from '../world.ts';
import { door } from './door.ts';
import { prepareRoutes, type Routes } from './routes.ts';
import type { Lookup } from './row.ts';

const prepared = prepare();
const connection = readsRows() ? connect() : undefined;
// Answered call by call.
connection?.catch(() => undefined);

// A module that does not load is Lambda's to report: it starts the function anew with the next request.
const module: unknown = await import(new URL('./handler.mjs', import.meta.url).href);

export const handler = door(
  {
    routes() {
      if ('failure' in prepared) throw prepared.failure;
      return prepared.routes;
    },
    // Queues may feed the same function: their messages pass through here.
    handler: worker(workerParts(exportedHandler(module))),
    lookup: () => connection ?? connect(),
  },
  inLambda(),
);

/** Read once; what is wrong is told request by request. */
function prepare(): { routes: Routes } | { failure: unknown } {
  try {
    const model: unknown = JSON.parse(readFileSync(new URL('./door.json', import.meta.url), 'utf8'));
    return { routes: prepareRoutes(model, process.env.ROUTE_ACCESS) };
  } catch (failure) {
    return { failure };
  }
}

function readsRows(): boolean {
  return 'routes' in prepared && [...prepared.routes.byName.values()].some(({ row }) => row !== undefined);
}

/** The SDK is loaded only where rows are looked up. */
async function connect(): Promise<Lookup> {
  const [{ DynamoDBClient }, { DynamoDBDocument }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const documents = DynamoDBDocument.from(new DynamoDBClient({ maxAttempts: 4 }));
  return { documents, table: tablesFrom(process.env), now: () => new Date() };
}
