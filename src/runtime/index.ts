/**
 * What runs in the Lambda functions behind the generated operations: one bundle for every entity, told apart by the
 * `model.json` beside it. Handlers: `index.list`, `index.create`, `index.get`, `index.update`, `index.remove`,
 * `index.health` (which needs no model) and `index.openapi` (whose model is the document that it serves).
 *
 * Environment: `TABLE_<ENTITY>` for the entity's own table and every table that it refers to or is referred from;
 * `CORS_ORIGINS`, the web origins that may call from a browser, separated by commas; `BACKDRIFT_SERVICE`, the project and
 * environment that metrics are counted under.
 */
import { readFileSync } from 'node:fs';
import { prepareEntity } from './entity.ts';
import { createLog } from './log/metrics.ts';
import { newId } from './new-id.ts';
import { type Backend, type Surroundings, serve, serveHealth, serveOpenapi } from './serve.ts';
import { readServedDocument } from './served-document.ts';
import { translation } from './translation.ts';
import { tablesFrom } from './world.ts';

const surroundings: Surroundings = {
  origins: (process.env.CORS_ORIGINS ?? '').split(',').flatMap((origin) => origin.trim() || []),
  // Not through the console: Lambda would put the line into a line of its own, where CloudWatch finds no metrics.
  log: createLog({
    service: process.env.BACKDRIFT_SERVICE,
    now: () => Date.now(),
    write: (text) => process.stdout.write(text),
  }),
  ticks: () => performance.now(),
};

/** Started while Lambda initialises the function, when it has the whole CPU; a failure is answered call by call. */
const connection = connect();
connection.catch(() => undefined);
const backend: Backend = () => connection;

/** What the build wrote beside this file. */
function readModel(): unknown {
  return JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8'));
}
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function connect(): ReturnType<Backend> {
  const entity = prepareEntity(readModel());
  const [{ DynamoDBClient }, { DynamoDBDocument }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const documents = DynamoDBDocument.from(new DynamoDBClient({ maxAttempts: 4 }), translation);
  return {
    entity,
    world: { documents, table: tablesFrom(process.env), now: () => new Date(), newId: () => newId(Date.now()), pause },
  };
}

export const list = serve('list', backend, surroundings);
export const create = serve('create', backend, surroundings);
export const get = serve('get', backend, surroundings);
export const update = serve('update', backend, surroundings);
export const remove = serve('delete', backend, surroundings);
export const health = serveHealth(surroundings);
export const openapi = serveOpenapi(() => readServedDocument(readModel()), surroundings);
