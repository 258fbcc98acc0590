import assert from 'node:assert/strict';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { Operation } from '../../../src/blueprint/schema.ts';
import { prepareEntity } from '../../../src/runtime/entity.ts';
import type { UserPool } from '../../../src/runtime/members/user-pool.ts';
import { newId } from '../../../src/runtime/new-id.ts';
import { type LogLine, serve } from '../../../src/runtime/serve.ts';
import { translation } from '../../../src/runtime/translation.ts';
import type { EntityModel } from '../../../src/stacks/model.ts';

export interface Asked {
  id?: string;
  /** Path parameters, where the key is not `id`. */
  path?: Record<string, string>;
  body?: unknown;
  /** The body as it stands, when it is not JSON. */
  text?: string;
  /** The body's bytes, as API Gateway hands over what it takes for binary. */
  base64?: string;
  query?: Record<string, string>;
  /** As API Gateway gives all values of each parameter. */
  queryLists?: Record<string, string[]>;
  claims?: Record<string, unknown>;
  headers?: Record<string, string>;
}

export interface Answered {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** The handlers of one entity on a DynamoDB over a socket. */
export interface Bench {
  documents: DynamoDBDocument;
  table: string;
  log: LogLine[];
  ask(operation: Operation, asked?: Asked): Promise<Answered>;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export function connect(
  endpoint: string,
  region = 'us-east-2',
  maxAttempts = 1,
): { client: DynamoDBClient; documents: DynamoDBDocument } {
  const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts });
  return { client, documents: DynamoDBDocument.from(client, translation) };
}

interface TableKey {
  /** Two where an index has the tenant's field before the one that it is declared on. */
  partition: string | readonly string[];
  sort?: string;
}

/** Makes a table with the indexes that the templates would give it. */
export async function makeTable(
  client: DynamoDBClient,
  name: string,
  key: TableKey,
  indexes: (TableKey & { name: string })[],
  numeric: string[] = [],
): Promise<void> {
  const schema = ({ partition, sort }: TableKey) => [
    ...[partition].flat().map((attribute) => ({ AttributeName: attribute, KeyType: 'HASH' as const })),
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ];
  const attributes = new Set(
    [key, ...indexes].flatMap((one) => [...[one.partition].flat(), ...(one.sort ? [one.sort] : [])]),
  );
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map((attribute) => ({
        AttributeName: attribute,
        AttributeType: numeric.includes(attribute) ? ('N' as const) : ('S' as const),
      })),
      KeySchema: schema(key),
      ...(indexes.length > 0
        ? {
            GlobalSecondaryIndexes: indexes.map((index) => ({
              IndexName: index.name,
              KeySchema: schema(index),
              Projection: { ProjectionType: 'ALL' as const },
            })),
          }
        : {}),
    }),
  );
}

/** A user pool that takes everything: what it is told is for other tests. */
const silentPool: UserPool = {
  find: async () => undefined,
  invite: async () => {},
  setTenant: async () => {},
  groupsOf: async () => [],
  join: async () => {},
  leave: async () => {},
  signOut: async () => {},
};

/** Handlers for a model; `tables` says which table each entity has. */
export function bench(
  documents: DynamoDBDocument,
  model: EntityModel,
  tables: Record<string, string>,
  origins: string[] = [],
  now = () => new Date(),
): Bench {
  const entity = prepareEntity(JSON.parse(JSON.stringify(model)));
  const log: LogLine[] = [];
  const world = {
    documents,
    table: (name: string) => {
      const table = tables[name];
      if (table === undefined) throw new Error(`no table for ${name}`);
      return table;
    },
    now,
    newId: () => newId(Date.now()),
    pause: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
    users: silentPool,
  };
  const surroundings = { origins, log: (line: LogLine) => log.push(line), ticks: () => performance.now() };
  return {
    documents,
    table: world.table(model.entity.name),
    log,
    async ask(operation, asked = {}) {
      const handler = serve(operation, async () => ({ entity, world }), surroundings);
      return readResponse(await handler(proxyEvent(asked), {}));
    },
  };
}

export function proxyEvent(asked: Asked): unknown {
  const body = asked.base64 ?? asked.text ?? (asked.body === undefined ? null : JSON.stringify(asked.body));
  return {
    httpMethod: 'POST',
    path: '/',
    headers: asked.headers ?? null,
    pathParameters: encoded(asked.path ?? (asked.id === undefined ? {} : { id: asked.id })),
    queryStringParameters: asked.query ?? null,
    multiValueQueryStringParameters: asked.queryLists ?? null,
    body,
    isBase64Encoded: asked.base64 !== undefined,
    requestContext: {
      requestId: 'request-1',
      ...(asked.claims === undefined ? {} : { authorizer: { claims: asked.claims } }),
    },
  };
}

function encoded(parameters: Record<string, string>): Record<string, string> | null {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return null;
  return Object.fromEntries(entries.map(([name, text]) => [name, encodeURIComponent(text)]));
}

export function readResponse(response: {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}): Answered {
  const body: unknown = response.body === '' ? {} : JSON.parse(response.body);
  assert.ok(typeof body === 'object' && body !== null);
  const type = response.headers['content-type'];
  if (response.statusCode >= 400) assert.equal(type, 'application/problem+json');
  else if (response.statusCode !== 204 && response.statusCode !== 304) assert.equal(type, 'application/json');
  return { status: response.statusCode, headers: response.headers, body: { ...body } };
}
