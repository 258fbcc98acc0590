import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { Field } from '../../../src/blueprint/blueprint.ts';
import { prepareEntity } from '../../../src/runtime/entity.ts';
import { newId } from '../../../src/runtime/new-id.ts';
import { serve } from '../../../src/runtime/serve.ts';
import type { World } from '../../../src/runtime/world.ts';
import type { EntityModel } from '../../../src/stacks/model.ts';
import { proxyEvent, readResponse } from '../runtime/bench.ts';
import type { Project } from './project.ts';

export type Row = Record<string, unknown>;

/** Who makes all rows: of one tenant, with every role. */
export interface Somebody {
  sub: string;
  'custom:tenant_id': string;
  'cognito:groups': string[];
}

/** Makes rows with the handlers' own code and all rights, in the tables of a deployed project. */
export class Rows {
  readonly somebody: Somebody;
  /** Of handlers in this process. */
  readonly world: World;
  readonly #project: Project;

  constructor(project: Project, documents: DynamoDBDocument) {
    this.#project = project;
    this.somebody = {
      sub: `user-${randomUUID()}`,
      'custom:tenant_id': `tenant-${randomUUID()}`,
      'cognito:groups': [...(project.blueprint.auth?.roles ?? [])],
    };
    this.world = {
      documents,
      table: (entity) => project.tables[entity] ?? '',
      now: () => new Date(),
      newId: () => newId(Date.now()),
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    };
  }

  model(entity: string): EntityModel {
    const model = this.#project.models.get(entity);
    if (model === undefined) throw new Error(`${this.#project.label} has no entity ${entity}.`);
    return model;
  }

  /**
   * What a caller sends to create a row: every field has a value that fits, every reference leads to a row that is
   * made for it, but where that would go in a circle.
   */
  async body(entity: string, given: Row = {}, above: readonly string[] = []): Promise<Row> {
    const { entity: of, tenancy } = this.model(entity);
    const body: Row = {};
    for (const field of of.fields) {
      if (field.managed || field.name in given) continue;
      if (field.name === tenancy?.field && tenancy.self !== true) continue;
      if (field.references === undefined) body[field.name] = fitting(field);
      else if (!above.includes(field.references) && field.references !== entity)
        body[field.name] = await this.key(field.references, [...above, entity]);
    }
    return { ...body, ...given };
  }

  /** A new row of an entity, as its API would show it. */
  async make(entity: string, given: Row = {}, above: readonly string[] = []): Promise<Row> {
    const model = this.model(entity);
    const body = await this.body(entity, given, above);
    if (model.tenancy?.self) return this.#tenant(model, body);
    const operations = { create: { access: { level: 'authenticated' as const } } };
    const prepared = prepareEntity(JSON.parse(JSON.stringify({ ...model, operations })));
    const surroundings = { origins: [], log: () => {}, ticks: () => 0 };
    const handler = serve('create', async () => ({ entity: prepared, world: this.world }), surroundings);
    const made = readResponse(await handler(proxyEvent({ body, claims: { ...this.somebody } }), {}));
    assert.equal(made.status, 201, `a row of ${entity}: ${JSON.stringify([body, made.body])}`);
    return made.body;
  }

  /** The key of a new row. */
  async key(entity: string, above: readonly string[] = []): Promise<unknown> {
    const { key } = this.model(entity).entity;
    return (await this.make(entity, {}, above))[key.partition];
  }

  /** The path parameters that name a row. */
  path(entity: string, row: Row): Record<string, string> {
    const { key } = this.model(entity).entity;
    return Object.fromEntries(
      [key.partition, ...(key.sort === undefined ? [] : [key.sort])].map((name) => [name, String(row[name])]),
    );
  }

  /** Whoever creates a tenant gets it into their account, which these rows have none of: the row is put as it is. */
  async #tenant({ entity }: EntityModel, body: Row): Promise<Row> {
    const now = new Date().toISOString();
    const id = this.somebody['custom:tenant_id'];
    const row = { ...body, [entity.key.partition]: id, _revision: randomUUID(), created_at: now, updated_at: now };
    await this.world.documents.put({ TableName: this.world.table(entity.name), Item: row });
    return row;
  }
}

/** Another value each time, where the field has more than a few. */
export function fitting(field: Field): unknown {
  const token = randomUUID().replaceAll('-', '').slice(0, 12);
  switch (field.type) {
    case 'number':
    case 'integer':
      return Math.max(field.min ?? 0, Math.min(field.max ?? 1e6, Math.floor(Math.random() * 1e6)));
    case 'boolean':
      return true;
    case 'datetime':
      return new Date(Date.now() + 86_400_000).toISOString();
    case 'date':
      return '2030-01-01';
    case 'enum':
      return field.enum?.[0];
    case 'json':
      return { a: [1] };
    case 'string': {
      const candidates = [token, `${token}@example.com`, `#${token.slice(0, 6)}`];
      const pattern = field.pattern === undefined ? /^/ : new RegExp(`^(?:${field.pattern})$`, 'u');
      const found = candidates.find((text) => pattern.test(text));
      if (found === undefined) throw new Error(`Nothing here fits ${field.pattern} of ${field.name}.`);
      return found.slice(0, field.max_length).padEnd(field.min_length ?? 0, 'x');
    }
  }
}
