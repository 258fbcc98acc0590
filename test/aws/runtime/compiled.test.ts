import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Blueprint, Field } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import type { Operation } from '../../../src/blueprint/schema.ts';
import { compile } from '../../../src/stacks/compile.ts';
import { type EntityModel, tableVariable } from '../../../src/stacks/model.ts';
import type { Compilation, Layer, Stack } from '../../../src/stacks/stack.ts';
import type { TemplateResource, TemplateValue } from '../../../src/stacks/template.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type Bench, bench, connect } from './bench.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const claims = {
  sub: 'user-1',
  'custom:tenant_id': 'tenant-1',
  'cognito:groups': 'admin,member,sales,support,editor,author',
};

describe('what the compiler makes, served by the runtime', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  before(async function () {
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  for (const example of ['task-manager', 'blog', 'saas-crm']) {
    it(`${example}: every generated operation of every entity, with the tables that its function is given`, async () => {
      const { blueprint } = parseBlueprint(
        readFileSync(path.join(root, 'examples', example, 'backdrift.yaml'), 'utf8'),
      );
      assert.ok(blueprint);
      const compilation = compile(blueprint, { environment: 'dev', code: codeOf(blueprint) });
      const tables = await makeTables(compilation, example);
      const models = modelsOf(compilation);
      assert.ok(models.size > 0);
      const rows = new Map<string, Record<string, unknown>>();
      for (const model of inOrderOfReference([...models.values()])) {
        const { entity, operations } = model;
        const handlers = Object.fromEntries(
          Object.keys(operations).map((operation) => [
            operation,
            bench(documents, model, tablesGiven(compilation, entity.name, operation, tables)),
          ]),
        );
        const row = await exercise(model, handlers, rows);
        if (row) rows.set(entity.name, row);
      }
    });
  }

  /** Creates, reads, lists, changes and, with a second row, deletes; gives the row that stays for others to refer to. */
  async function exercise(
    model: EntityModel,
    handlers: Record<string, Bench>,
    rows: ReadonlyMap<string, Record<string, unknown>>,
  ): Promise<Record<string, unknown> | undefined> {
    const ask = async (operation: Operation, asked: object, expected: number) => {
      const handler = handlers[operation];
      assert.ok(handler);
      const answer = await handler.ask(operation, { claims, ...asked });
      const failure = handler.log.find(({ event }) => event === 'failure');
      assert.equal(answer.status, expected, JSON.stringify({ entity: model.entity.name, operation, answer, failure }));
      return answer.body;
    };
    if (!handlers.create) return undefined;
    const body = bodyOf(model, rows);
    // Who creates a tenant must not have one.
    const { 'custom:tenant_id': _, ...newcomer } = claims;
    const as = (sub: string) => (model.tenancy?.self ? { claims: { ...newcomer, sub } } : {});
    const made = await ask('create', { body, ...as('founder-1') }, 201);
    const keyOf = (row: Record<string, unknown>) => ({
      [model.entity.key.partition]: String(row[model.entity.key.partition]),
    });
    // A row of the tenant entity is seen by those who belong to it only.
    const seen = model.tenancy?.self ? { claims: { ...claims, 'custom:tenant_id': String(made.id) } } : {};
    if (handlers.get) assert.deepEqual(await ask('get', { path: keyOf(made), ...seen }, 200), made);
    if (handlers.update) {
      const change = bodyOf(model, rows);
      await ask('update', { path: keyOf(made), body: change, ...seen }, 200);
    }
    if (handlers.list) {
      const page = await ask('list', seen, 200);
      assert.ok(Array.isArray(page.items) && page.items.length === 1, JSON.stringify(page));
    }
    if (handlers.delete) {
      const other = model.entity.fields.flatMap(({ name, unique }) => (unique ? [[name, `${body[name]}-2`]] : []));
      const spare = await ask('create', { body: { ...body, ...Object.fromEntries(other) }, ...as('founder-2') }, 201);
      const asSpare = model.tenancy?.self ? { claims: { ...claims, 'custom:tenant_id': String(spare.id) } } : {};
      await ask('delete', { path: keyOf(spare), ...asSpare }, 204);
    }
    return made;
  }

  async function makeTables(compilation: Compilation, prefix: string): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    for (const [logicalId, resource] of resourcesOf(compilation, 'dynamodb', 'AWS::DynamoDB::Table')) {
      const name = `${prefix}-${logicalId}`;
      await client.send(new CreateTableCommand({ ...tableInput(resource.Properties), TableName: name }));
      names.set(logicalId, name);
    }
    return names;
  }
});

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

function tableInput(properties: TemplateResource['Properties']): Omit<CreateTableCommandInput, 'TableName'> {
  return tableSchema.parse(properties);
}

function stackOf(compilation: Compilation, layer: Layer): Stack {
  const stack = compilation.stacks.find((one) => one.layer === layer);
  assert.ok(stack);
  return stack;
}

function resourcesOf(compilation: Compilation, layer: Layer, type: string): [string, TemplateResource][] {
  return Object.entries(stackOf(compilation, layer).template.Resources).filter(([, { Type }]) => Type === type);
}

function modelsOf(compilation: Compilation): Map<string, EntityModel> {
  const models = new Map<string, EntityModel>();
  for (const { source } of stackOf(compilation, 'lambda').artifacts) {
    if (source.kind !== 'runtime' || source.model === '{}') continue;
    const model: EntityModel = JSON.parse(source.model);
    models.set(model.entity.name, model);
  }
  return models;
}

/** Tables by entity, as far as the environment of the operation's function names them: a missing one is a failure. */
function tablesGiven(
  compilation: Compilation,
  entity: string,
  operation: string,
  tables: ReadonlyMap<string, string>,
): Record<string, string> {
  const exported = operation === 'delete' ? 'remove' : operation;
  const found = resourcesOf(compilation, 'lambda', 'AWS::Lambda::Function').find(
    ([, { Properties, Metadata }]) =>
      Properties.Handler === `index.${exported}` && Metadata?.Backdrift.source === `api.resources.${entity}`,
  );
  assert.ok(found, `${operation} of ${entity} has a function`);
  const variables = valueAt(found[1].Properties, ['Environment', 'Variables']);
  const { parameters } = stackOf(compilation, 'lambda');
  const outputs = stackOf(compilation, 'dynamodb').template.Outputs ?? {};
  const given: [string, string][] = [];
  for (const logical of allEntities(compilation)) {
    const reference = valueAt(variables, [tableVariable(logical), 'Ref']);
    if (typeof reference !== 'string') continue;
    const source = parameters[reference];
    assert.ok(source?.from === 'output' && source.layer === 'dynamodb');
    const logicalId = valueAt(outputs[source.output]?.Value, ['Ref']);
    const name = typeof logicalId === 'string' ? tables.get(logicalId) : undefined;
    assert.ok(name);
    given.push([logical, name]);
  }
  return Object.fromEntries(given);
}

function allEntities(compilation: Compilation): string[] {
  return [...modelsOf(compilation).values()].flatMap(({ entity, references, referencedBy }) => [
    entity.name,
    ...(references ?? []).map((one) => one.entity),
    ...referencedBy.map((one) => one.entity),
  ]);
}

function valueAt(value: TemplateValue | undefined, steps: string[]): TemplateValue | undefined {
  return steps.reduce<TemplateValue | undefined>(
    (at, step) => (typeof at === 'object' && at !== null && !Array.isArray(at) ? at[step] : undefined),
    value,
  );
}

function codeOf({ functions, workflows }: Blueprint) {
  return { runtime: 'r', functions: Object.fromEntries([...functions, ...workflows].map(({ name }) => [name, 'f'])) };
}

/** An entity after those that its rows refer to. */
function inOrderOfReference(models: EntityModel[]): EntityModel[] {
  const ordered: EntityModel[] = [];
  const visit = (model: EntityModel, above: EntityModel[] = []) => {
    if (ordered.includes(model) || above.includes(model)) return;
    for (const { entity } of model.references ?? []) {
      const target = models.find((one) => one.entity.name === entity);
      if (target) visit(target, [...above, model]);
    }
    ordered.push(model);
  };
  for (const model of models) visit(model);
  return ordered;
}

/** A value for every field that a caller may write. */
function bodyOf(model: EntityModel, rows: ReadonlyMap<string, Record<string, unknown>>): Record<string, unknown> {
  const writable = model.entity.fields.filter(({ managed, name }) => !managed && name !== model.entity.key.partition);
  const body = writable.map((field): [string, unknown] => {
    if (field.references === undefined) return [field.name, sampleOf(field)];
    return [field.name, rows.get(field.references)?.id ?? null];
  });
  return Object.fromEntries(body);
}

const texts = ['text', 'somebody@example.com', '#00aaff'];

function sampleOf(field: Field): unknown {
  switch (field.type) {
    case 'string':
      return texts.find((text) => new RegExp(`^(?:${field.pattern ?? '.*'})$`).test(text))?.slice(0, field.max_length);
    case 'number':
      return Math.max(field.min ?? 1.5, 1.5);
    case 'integer':
      return Math.max(field.min ?? 2, 2);
    case 'boolean':
      return true;
    case 'datetime':
      return '2030-01-01T00:00:00.000Z';
    case 'date':
      return '2030-01-01';
    case 'enum':
      return field.enum?.[0];
    case 'json':
      return { a: [1] };
  }
}
