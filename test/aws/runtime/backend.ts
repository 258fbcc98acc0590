import assert from 'node:assert/strict';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import * as z from 'zod';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import type { Operation } from '../../../src/blueprint/schema.ts';
import { prepareEntity } from '../../../src/runtime/entity.ts';
import { newId } from '../../../src/runtime/new-id.ts';
import { type Handler, type LogLine, serve } from '../../../src/runtime/serve.ts';
import { translation } from '../../../src/runtime/translation.ts';
import { tablesFrom } from '../../../src/runtime/world.ts';
import { type EntityModel, tableVariable } from '../../../src/stacks/model.ts';
import { handlerStem, tableId } from '../../../src/stacks/names.ts';
import { compiled } from '../../unit/stacks/compiled.ts';
import { type Answered, type Asked, proxyEvent, readResponse } from './bench.ts';

/** A call to DynamoDB that a handler is about to make. */
export interface DatabaseCall {
  /** Such as `TransactWriteItems`. */
  name: string;
  input: Record<string, unknown>;
}

export interface BackendOptions {
  /** Sees every call of a handler; what it throws is what the handler gets instead of an answer. */
  before?(call: DatabaseCall): void | Promise<void>;
  /** The clock of the handlers. */
  now?(): Date;
  /** Milliseconds until Lambda would stop the function. */
  remaining?(): number;
}

/**
 * A Blueprint's tables on a DynamoDB over a socket and its handlers in this process, each with nothing but the tables and
 * the rights that its function is deployed with: what its role does not allow is refused as AWS refuses it.
 */
export interface DeployedBackend {
  ask(entity: string, operation: Operation, asked?: Asked): Promise<Answered>;
  /** Past all rights, as a user's function or an operator would. */
  documents: DynamoDBDocument;
  table(entity: string): string;
  /** Everything in a table, claims too. */
  items(entity: string): Promise<Record<string, unknown>[]>;
  log: LogLine[];
  /** Rights by function: `CreateTask: dynamodb:PutItem table/{TasksTableName}`. */
  granted: ReadonlySet<string>;
  used: ReadonlySet<string>;
  stop(): void;
}

let deployments = 0;

export async function deploy(endpoint: string, text: string, options: BackendOptions = {}): Promise<DeployedBackend> {
  const { blueprint, problems } = parseBlueprint(`project: { name: Shop }\n${text}`);
  assert.ok(blueprint, JSON.stringify(problems));
  const compilation = compiled(blueprint);
  assert.deepEqual(compilation.problems, []);
  const prefix = `d${deployments++}`;
  // moto carries out a transaction step by step; DynamoDB's requests are atomic. What interleaves is whole requests.
  const gate = pLimit(1);
  const clients: DynamoDBClient[] = [];
  const connect = (allows: ((right: string) => boolean) | undefined): DynamoDBDocument => {
    const client = new DynamoDBClient({
      endpoint,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    clients.push(client);
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const name = String(context.commandName).replace(/Command$/, '');
        const input = z.record(z.string(), z.unknown()).parse(args.input);
        if (allows !== undefined) {
          for (const right of rightsOf(name, input)) {
            if (!allows(right))
              throw Object.assign(new Error(`not allowed: ${right}`), { name: 'AccessDeniedException' });
          }
          await options.before?.({ name, input });
        }
        return gate(() => next(args));
      },
      { step: 'serialize', priority: 'high', name: 'rights' },
    );
    return DynamoDBDocument.from(client, translation);
  };
  const documents = connect(undefined);

  for (const [id, { Type, Properties }] of Object.entries(compilation.stack('dynamodb').template.Resources)) {
    if (Type !== 'AWS::DynamoDB::Table') continue;
    await documents.send(new CreateTableCommand({ ...tableSchema.parse(Properties), TableName: `${prefix}-${id}` }));
  }
  const tables = new Map(blueprint.entities.map((entity) => [entity.name, `${prefix}-${tableId(entity)}`]));

  const log: LogLine[] = [];
  const granted = new Set<string>();
  const used = new Set<string>();
  const handlers = new Map<string, Handler>();
  for (const model of modelsOf(compilation.stack('lambda').artifacts)) {
    const entity = prepareEntity(JSON.parse(JSON.stringify(model)));
    for (const operation of operationsOf(model)) {
      const stem = handlerStem(operation, model.entity);
      const rights = new Map<string, string>();
      for (const permission of compilation.permissions(stem)) {
        granted.add(`${stem}: ${permission}`);
        rights.set(permission.replace(/\{(\w+)Name\}/, `${prefix}-$1`), `${stem}: ${permission}`);
      }
      const environment = Object.fromEntries(
        blueprint.entities.flatMap(({ name }) => {
          const variable = tableVariable(name);
          const given = compilation.property('lambda', `${stem}Function`, 'Environment', 'Variables', variable);
          return given === undefined ? [] : [[variable, tables.get(name)]];
        }),
      );
      const world = {
        documents: connect((right) => {
          const grant = rights.get(right);
          if (grant !== undefined) used.add(grant);
          return grant !== undefined;
        }),
        table: tablesFrom(environment),
        now: () => options.now?.() ?? new Date(),
        newId: () => newId(Date.now()),
        pause: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds / 10)),
      };
      const surroundings = { origins: ['*'], log: (line: LogLine) => log.push(line), ticks: () => performance.now() };
      handlers.set(
        `${operation} ${model.entity.name}`,
        serve(operation, async () => ({ entity, world }), surroundings),
      );
    }
  }

  const tableOf = (entity: string): string => {
    const name = tables.get(entity);
    assert.ok(name, `no table for ${entity}`);
    return name;
  };
  return {
    documents,
    log,
    granted,
    used,
    table: tableOf,
    async ask(entity, operation, asked = {}) {
      const handler = handlers.get(`${operation} ${entity}`);
      assert.ok(handler, `${operation} of ${entity} is not deployed`);
      const context = options.remaining === undefined ? {} : { getRemainingTimeInMillis: options.remaining };
      return readResponse(await handler(proxyEvent(asked), context));
    },
    async items(entity) {
      const { Items } = await documents.scan({ TableName: tableOf(entity) });
      return Items ?? [];
    },
    stop: () => {
      for (const client of clients) client.destroy();
    },
  };
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const tableSchema = z.object({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N']) })),
  KeySchema: keySchema,
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({ ProjectionType: z.literal('ALL') }),
      }),
    )
    .exactOptional(),
});

function modelsOf(artifacts: readonly { source: { kind: string } }[]): EntityModel[] {
  return artifacts.flatMap(({ source }): EntityModel[] => {
    if (source.kind !== 'runtime' || !('model' in source) || typeof source.model !== 'string') return [];
    const model: EntityModel = JSON.parse(source.model);
    return model.entity === undefined ? [] : [model];
  });
}

function operationsOf(model: EntityModel): Operation[] {
  const all: Operation[] = ['list', 'create', 'get', 'update', 'delete'];
  return all.filter((operation) => model.operations[operation] !== undefined);
}

const actionOfMember = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const;

/** The rights that a request needs; a transaction needs those of its members. */
function rightsOf(name: string, input: Record<string, unknown>): string[] {
  const target = z.object({ TableName: z.string(), IndexName: z.string().optional() });
  if (name !== 'TransactWriteItems') {
    const { TableName, IndexName } = target.parse(input);
    return [`dynamodb:${name} table/${TableName}${IndexName === undefined ? '' : `/index/${IndexName}`}`];
  }
  const members = z
    .array(z.partialRecord(z.enum(['Put', 'Update', 'Delete', 'ConditionCheck']), z.unknown()))
    .parse(input.TransactItems);
  return members.flatMap((member) =>
    (['Put', 'Update', 'Delete', 'ConditionCheck'] as const).flatMap((kind) =>
      member[kind] === undefined
        ? []
        : [`dynamodb:${actionOfMember[kind]} table/${target.parse(member[kind]).TableName}`],
    ),
  );
}
