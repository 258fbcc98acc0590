import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Operation } from '../../../src/blueprint/schema.ts';
import { BackendModel, type Expected, type IfMatch, type ModelEntity } from './backend-model.ts';
import type { Answered, Asked } from './bench.ts';

/** Everything that makes rows depend on each other, for two tenants. */
export const wholeBlueprint = `
auth: { roles: [admin] }
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities:
  - name: team
    tenancy: tenant
    fields:
      - { name: slug, unique: true }
      - { name: name }
      - { name: parent_id, references: team, on_delete: set_null }
  - name: task
    tenancy: tenant
    fields:
      - { name: title, required: true }
      - { name: code, unique: true }
      - { name: number, type: integer, unique: true }
      - { name: team_id, references: team, on_delete: cascade }
      - { name: blocked_by, references: task, on_delete: restrict }
      - { name: part_of, references: task, on_delete: cascade }
  - name: label
    fields: [{ name: word, unique: true }, { name: color }]
  - name: comment
    tenancy: tenant
    soft_delete: true
    fields:
      - { name: task_id, required: true, references: task, on_delete: cascade }
      - { name: label_id, references: label, on_delete: restrict }
      - { name: anchor, unique: true }
api:
  resources:
    - { entity: team }
    - { entity: task }
    - { entity: label }
    - { entity: comment }
`;

const entities: Record<string, ModelEntity> = {
  team: {
    tenant: true,
    fields: ['slug', 'name', 'parent_id'],
    required: [],
    unique: ['slug'],
    references: [{ field: 'parent_id', to: 'team', on_delete: 'set_null' }],
  },
  task: {
    tenant: true,
    fields: ['title', 'code', 'number', 'team_id', 'blocked_by', 'part_of'],
    required: ['title'],
    unique: ['code', 'number'],
    references: [
      { field: 'team_id', to: 'team', on_delete: 'cascade' },
      { field: 'blocked_by', to: 'task', on_delete: 'restrict' },
      { field: 'part_of', to: 'task', on_delete: 'cascade' },
    ],
  },
  label: { tenant: false, fields: ['word', 'color'], required: [], unique: ['word'], references: [] },
  comment: {
    tenant: true,
    fields: ['task_id', 'label_id', 'anchor'],
    required: ['task_id'],
    unique: ['anchor'],
    references: [
      { field: 'task_id', to: 'task', on_delete: 'cascade' },
      { field: 'label_id', to: 'label', on_delete: 'restrict' },
    ],
  },
};

/** A value that is not known before the steps are taken: the id of a row made by then. */
interface Named {
  nth: number;
}

const few = fc.constantFrom<(string | null)[]>('a', 'b', 'c', 'd', 'e', '', null, null);
const some = (entity: string): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(
      (entities[entity]?.fields ?? []).map((field): [string, fc.Arbitrary<unknown>] => {
        if (entities[entity]?.references.some((reference) => reference.field === field))
          return [field, fc.oneof({ weight: 2, arbitrary: fc.record({ nth: fc.nat(19) }) }, fc.constant(null))];
        if (field === 'number') return [field, fc.option(fc.integer({ min: -3, max: 5 }))];
        if (field === 'title') return [field, fc.string({ unit: 'grapheme', maxLength: 5 })];
        return [field, few];
      }),
    ),
    { requiredKeys: [] },
  );
const change = (entity: string) =>
  fc
    .tuple(some(entity), fc.subarray([...(entities[entity]?.fields ?? [])], { minLength: 1, maxLength: 2 }))
    .map(([body, kept]) => Object.fromEntries(Object.entries(body).filter(([field]) => kept.includes(field))))
    .filter((body) => Object.keys(body).length > 0);

const tenant = fc.constantFrom(0, 0, 0, 1);
const precondition = fc.constantFrom<IfMatch[]>('none', 'none', 'any', 'current', 'stale', 'weak');
export const step = fc.constantFrom('team', 'task', 'task', 'comment', 'label').chain((entity) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('create' as const),
        entity: fc.constant(entity),
        tenant,
        body: some(entity),
      }),
    },
    fc.record({
      kind: fc.constant('get' as const),
      entity: fc.constant(entity),
      tenant,
      at: fc.nat(19),
      known: fc.boolean(),
    }),
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('update' as const),
        entity: fc.constant(entity),
        tenant,
        at: fc.nat(19),
        ifMatch: precondition,
        body: change(entity),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('delete' as const),
        entity: fc.constant(entity),
        tenant,
        at: fc.nat(19),
        ifMatch: precondition,
      }),
    },
  ),
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** So that most steps find something to work on. */
export const beginnings = ([0, 0, 1] as const).flatMap((tenant): Step[] => [
  { kind: 'create', entity: 'team', tenant, body: { name: null } },
  { kind: 'create', entity: 'task', tenant, body: { title: 'First', team_id: { nth: 0 } } },
  { kind: 'create', entity: 'label', tenant, body: { color: null } },
  { kind: 'create', entity: 'comment', tenant, body: { task_id: { nth: 0 }, label_id: { nth: 0 } } },
]);

/** A backend as it is asked: its handlers themselves, or its API. */
export interface AskedBackend {
  ask(entity: string, operation: Operation, asked: Asked): Promise<Answered>;
  /** Everything in a table, where one may look there: claims too. */
  items?(entity: string): Promise<Record<string, unknown>[]>;
  /** What was said of the last failure, for whoever reads a failed test. */
  failure?(): unknown;
}

/** One sequence of steps by the people of two tenants, and the maps that every answer is compared with. */
export class Run {
  readonly #backend: AskedBackend;
  readonly #model = new BackendModel(entities);
  readonly #tenants: string[];
  readonly #number: number;
  /** Every row that was ever made, by entity: also those that are gone. */
  readonly #made: Record<string, string[]> = { team: [], task: [], label: [], comment: [] };

  constructor(backend: AskedBackend, number: number) {
    this.#backend = backend;
    this.#number = number;
    this.#tenants = tenantsOf(number);
  }

  async take(one: Step): Promise<void> {
    const { entity } = one;
    const tenant = this.#tenants[one.tenant] ?? '';
    const claims = { sub: `user-of-${tenant}`, 'custom:tenant_id': tenant };
    if (one.kind === 'create') {
      const body = this.#written(entity, one.body, tenant);
      const expected = this.#model.create(entity, tenant, body);
      const answer = await this.#backend.ask(entity, 'create', { claims, body });
      this.#judge(answer, expected, one);
      if (expected.status !== 201) return;
      const id = String(answer.body.id);
      this.#made[entity]?.push(id);
      this.#model.store(entity, id, tenant, expected.values, answer.headers.etag ?? '');
      return;
    }
    const id = this.#id(entity, one.at, tenant);
    const row = this.#model.find(entity, id, tenant);
    const before = row?.etag === 'changed' ? await this.#refresh(entity, id, claims) : row?.etag;
    if (one.kind === 'get') {
      const headers: Record<string, string> = one.known && before !== undefined ? { 'If-None-Match': before } : {};
      const answer = await this.#backend.ask(entity, 'get', { claims, id, headers });
      if (row === undefined) return this.#judge(answer, { status: 404 }, one);
      this.#judge(answer, one.known ? { status: 304 } : { status: 200, values: row.values }, one);
      assert.equal(answer.headers.etag, before);
      return;
    }
    const tags: Record<IfMatch, string | undefined> = {
      none: undefined,
      any: '*',
      current: before ?? '"1"',
      stale: '"old", "older"',
      weak: `W/${before ?? '"1"'}`,
    };
    const tag = tags[one.ifMatch];
    const headers: Record<string, string> = tag === undefined ? {} : { 'If-Match': tag };
    if (one.kind === 'delete') {
      const expected = this.#model.delete(entity, id, tenant, one.ifMatch);
      const answer = await this.#backend.ask(entity, 'delete', { claims, id, headers });
      return this.#judge(answer, expected, one);
    }
    const body = this.#written(entity, one.body, tenant);
    const expected = this.#model.update(entity, id, tenant, one.ifMatch, body);
    const answer = await this.#backend.ask(entity, 'update', { claims, id, body, headers });
    this.#judge(answer, expected, one);
    if (expected.status !== 200) return;
    assert.notEqual(answer.headers.etag, before);
    this.#model.store(entity, id, tenant, expected.values, answer.headers.etag ?? '');
  }

  /** Everything at the end, through list and get, for both tenants; and no claim too many or too few. */
  async compare(): Promise<void> {
    for (const [entity, { tenant: isTenants, fields }] of Object.entries(entities)) {
      for (const tenant of this.#tenants) {
        const claims = { sub: 'someone', 'custom:tenant_id': tenant };
        for (const id of (this.#made[entity] ?? []).slice(-6)) {
          const row = this.#model.find(entity, id, tenant);
          const answer = await this.#backend.ask(entity, 'get', { claims, id });
          this.#judge(answer, row ? { status: 200, values: row.values } : { status: 404 }, { entity, id, tenant });
          if (row && row.etag !== 'changed') assert.equal(answer.headers.etag, row.etag);
        }
        if (!isTenants) continue;
        const listed = await this.#backend.ask(entity, 'list', { claims, query: { limit: '100' } });
        assert.ok(Array.isArray(listed.body.items));
        const shown = listed.body.items.map((row) => [row.id, ...fields.map((field) => row[field])]);
        const expected = this.#model
          .rows(entity)
          .filter((row) => row.tenant === tenant)
          .map((row) => [row.id, ...fields.map((field) => row.values[field])]);
        assert.deepEqual(shown.sort(byFirst), expected.sort(byFirst));
      }
    }
    const { items } = this.#backend;
    if (items === undefined) return;
    for (const [entity, { unique }] of Object.entries(entities)) {
      const rows = this.#model.rows(entity);
      const held = rows.flatMap(({ id, values }) => unique.flatMap((field) => (values[field] === null ? [] : [id])));
      const mine = new Set(this.#made[entity]?.map((id) => JSON.stringify([id])));
      const stored: Record<string, unknown>[] = await items(entity);
      const claims = stored.filter(({ _claimant }) => mine.has(String(_claimant)));
      assert.deepEqual(claims.map(({ _claimant }) => _claimant).sort(), held.map((id) => JSON.stringify([id])).sort());
    }
  }

  /** Words of labels are shared by all tenants of all runs. */
  #written(entity: string, body: object, tenant: string): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(body).map(([field, value]): [string, unknown] => {
        const to = entities[entity]?.references.find((reference) => reference.field === field)?.to;
        if (to !== undefined && isNamed(value)) return [field, this.#id(to, value.nth, tenant)];
        return [field, field === 'word' && value !== null ? `${value}-${this.#number}` : value];
      }),
    );
  }

  /** Mostly a row that the tenant has; else one of those that were ever made, gone or of another tenant; or none. */
  #id(entity: string, nth: number, tenant: string): string {
    const made = this.#made[entity] ?? [];
    const there = made.filter((id) => this.#model.find(entity, id, tenant) !== undefined);
    const choice = nth < 16 && there.length > 0 ? there : nth < 19 ? made : [];
    return choice[nth % choice.length] ?? 'no-such-row';
  }

  async #refresh(entity: string, id: string, claims: Record<string, unknown>): Promise<string> {
    const { headers } = await this.#backend.ask(entity, 'get', { claims, id });
    const row = this.#model.find(entity, id, String(claims['custom:tenant_id']));
    if (row) row.etag = headers.etag ?? '';
    return headers.etag ?? '';
  }

  #judge(answer: Answered, expected: Expected, step: object): void {
    const said = JSON.stringify({ step, expected, answer, failure: this.#backend.failure?.() });
    assert.equal(answer.status, expected.status, said);
    if ('values' in expected) {
      for (const [field, value] of Object.entries(expected.values)) assert.deepEqual(answer.body[field], value, said);
      assert.match(answer.headers.etag ?? '', /^"[^"]+"$/, said);
    }
    const errors: unknown = answer.body.errors;
    const named = Array.isArray(errors) ? errors.map((error) => String(error.field)) : [];
    if ('all' in expected && expected.all) assert.deepEqual(named.sort(), [...expected.all].sort(), said);
    if ('oneOf' in expected && expected.oneOf) {
      const [field, ...more] = named;
      assert.ok(field !== undefined && more.length === 0 && expected.oneOf.includes(field), said);
    }
  }
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'nth' in value;
}

function byFirst(one: unknown[], other: unknown[]): number {
  return String(one[0]) < String(other[0]) ? -1 : 1;
}

/** The tenants of a run: no two runs meet. */
export function tenantsOf(run: number): [string, string] {
  return [`acme-${run}`, `rival-${run}`];
}
