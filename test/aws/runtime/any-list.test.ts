import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { api, auth, blueprint, entity, field, routes } from '../../builders/blueprint.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type Bench, bench, connect } from './bench.ts';
import { compiledEntity } from './compiled-entity.ts';
import { watched } from './watched-documents.ts';

interface Item {
  id: string;
  team_id: string;
  owner_id: string;
  status?: string;
  rank: number;
  due_on?: string;
  created_at: string;
  deleted_at?: string;
  _ttl?: number;
}

const now = new Date('2026-06-01T00:00:00.000Z');
const days = ['2026-01-01', '2026-01-02', '2026-01-11', '2026-02-01'];
const moments = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-01-02T00:00:00.000Z'];

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const someItem = fc.record({
  team: fc.constantFrom('acme', 'rival'),
  owner_id: fc.constantFrom('ann', 'bob'),
  status: maybe(fc.constantFrom('open', 'done')),
  rank: fc.integer({ min: -2, max: 2 }),
  due_on: maybe(fc.constantFrom(...days)),
  created_at: fc.constantFrom(...moments),
  deleted_at: fc.option(fc.constant('2026-01-01T00:00:00.000Z'), { nil: undefined, freq: 1 }),
  _ttl: fc.option(fc.constantFrom(now.getTime() / 1000 - 1, now.getTime() / 1000 + 1), { nil: undefined, freq: 1 }),
});

type Operator = 'eq' | 'gt' | 'gte' | 'lt' | 'lte' | 'begins_with';

/** What is asked, and how it would be answered by looking at every row. */
interface Asking {
  team: 'acme' | 'rival';
  own: boolean;
  status?: string;
  order: 'created_at' | 'rank' | 'due_on';
  bounds: { operator: Operator; value: string | number }[];
  descending: boolean;
  limit: number;
}

const valuesOf: Record<Asking['order'], (string | number)[]> = {
  created_at: moments,
  rank: [-2, -1, 0, 1, 2],
  due_on: days,
};

const someAsking: fc.Arbitrary<Asking> = fc.gen().map((gen) => {
  const status = gen(fc.constantFrom, undefined, 'open', 'done');
  const order: Asking['order'] =
    status === undefined ? 'created_at' : gen(fc.constantFrom, 'rank' as const, 'due_on' as const);
  const value = () => gen(fc.constantFrom<(string | number)[]>, ...valuesOf[order]);
  const lower = { operator: gen(fc.constantFrom, 'gt' as const, 'gte' as const), value: value() };
  const upper = { operator: gen(fc.constantFrom, 'lt' as const, 'lte' as const), value: value() };
  const alone: Asking['bounds'][number][] = [{ operator: 'eq', value: value() }];
  if (order !== 'rank')
    alone.push({ operator: 'begins_with', value: String(value()).slice(0, gen(fc.integer, { min: 1, max: 10 })) });
  return {
    team: gen(fc.constantFrom, 'acme' as const, 'rival' as const),
    own: gen(fc.boolean),
    ...(status === undefined ? {} : { status }),
    order,
    bounds: gen(
      fc.constantFrom<Asking['bounds'][]>,
      [],
      [lower],
      [upper],
      [lower, upper],
      alone.slice(-1),
      alone.slice(0, 1),
    ),
    descending: gen(fc.boolean),
    limit: gen(fc.integer, { min: 1, max: 7 }),
  };
});

const holds: Record<Operator, (left: string | number, right: string | number) => boolean> = {
  eq: (left, right) => left === right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  begins_with: (left, right) => String(left).startsWith(String(right)),
};

function expected(items: readonly Item[], asking: Asking, team: string): Item[] {
  return items.filter((item) => {
    const value = item[asking.order];
    if (value === undefined || item.team_id !== team || (asking.own && item.owner_id !== 'ann')) return false;
    if (item.deleted_at !== undefined || (item._ttl !== undefined && item._ttl <= now.getTime() / 1000)) return false;
    if (asking.status !== undefined && item.status !== asking.status) return false;
    return asking.bounds.every(({ operator, value: bound }) => holds[operator](value, bound));
  });
}

describe('any list of any rows', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  let all: Bench;
  let own: Bench;
  let run = 0;
  before(async function () {
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
    [all, own] = [await deployed('authenticated'), await deployed('owner')];
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  async function deployed(level: 'authenticated' | 'owner'): Promise<Bench> {
    const ticket = entity(
      'ticket',
      [
        field('status', { type: 'enum', enum: ['open', 'done'] }),
        field('rank', { type: 'integer', required: true }),
        field('due_on', { type: 'date' }),
        field('owner_id', { managed: true }),
        field('ends_at', { type: 'datetime' }),
      ],
      {
        tenantField: 'team_id',
        owner_field: 'owner_id',
        soft_delete: true,
        ttl: 'ends_at',
        indexes: [
          { name: 'by_rank', partition: 'status', sort: 'rank' },
          { name: 'by_due', partition: 'status', sort: 'due_on' },
        ],
      },
    );
    const of = blueprint({
      auth: auth(),
      tenancy: { mode: 'multi_tenant', tenant_entity: 'team', field: 'team_id' },
      entities: [entity('team'), ticket],
      api: api({ resources: [routes('ticket', { allow: { level } })] }),
    });
    const table = `tickets-${level}`;
    const compiled = await compiledEntity(client, of, 'ticket', table);
    return bench(watched(documents, compiled.keys).documents, compiled.model, { ticket: table }, [], () => now);
  }

  /** The table is the same for every run, the tenants are new. */
  async function store(items: readonly Item[]): Promise<void> {
    await Promise.all(
      [all, own].flatMap(({ table }) => items.map((Item) => documents.put({ TableName: table, Item }))),
    );
  }

  async function pageOf(
    { own: mine, status, order, bounds, descending, limit }: Asking,
    team: string,
    cursor?: string,
  ) {
    const query = Object.fromEntries([
      ['limit', String(limit)],
      ...(status === undefined ? [] : [['status', status]]),
      ...bounds.map(({ operator, value }) => [operator === 'eq' ? order : `${order}.${operator}`, String(value)]),
      // What has no order of its own is asked in one.
      ...(descending ? [['sort', `-${order}`]] : bounds.length === 0 && order === 'due_on' ? [['sort', order]] : []),
      ...(cursor === undefined ? [] : [['cursor', cursor]]),
    ]);
    const { status: code, body } = await (mine ? own : all).ask('list', {
      query,
      claims: { sub: 'ann', 'custom:tenant_id': team },
    });
    assert.equal(code, 200, JSON.stringify([query, body]));
    assert.ok(Array.isArray(body.items));
    const next = body.next_cursor;
    assert.ok(next === null || typeof next === 'string');
    return { ids: body.items.map((item) => String(Object(item).id)), next };
  }

  function inOrder(found: readonly Item[], { order, descending }: Asking): void {
    for (const [at, item] of found.entries()) {
      const [left, right] = [found[at - 1]?.[order], item[order]];
      if (left === undefined || right === undefined) continue;
      assert.ok(descending ? left >= right : left <= right, `${left} before ${right}`);
    }
  }

  const makeItems = (drawn: readonly { team: string; created_at: string }[], prefix: string): Item[] =>
    drawn.map(({ team, ...rest }, n) => {
      const known = Object.entries({ ...rest, id: `${prefix}-${n}`, team_id: `${team}-${run}` });
      return JSON.parse(JSON.stringify(Object.fromEntries(known)));
    });

  it('is what looking at every row gives: each once, in order, on full pages, the last one known as the last', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(someItem, { maxLength: 24 }),
        fc.array(someAsking, { minLength: 1, maxLength: 6 }),
        async (drawn, askings) => {
          run++;
          const items = makeItems(drawn, `run${run}`);
          await store(items);
          const known = new Map(items.map((item) => [item.id, item]));
          for (const asking of askings) {
            const team = `${asking.team}-${run}`;
            const wanted = expected(items, asking, team);
            const found: string[] = [];
            let cursor: string | undefined;
            do {
              const { ids, next } = await pageOf(asking, team, cursor);
              found.push(...ids);
              assert.equal(ids.length, Math.min(asking.limit, wanted.length - found.length + ids.length));
              assert.equal(next === null, found.length === wanted.length, JSON.stringify({ asking, found }));
              cursor = next ?? undefined;
            } while (cursor !== undefined);
            assert.deepEqual([...found].sort(), wanted.map(({ id }) => id).sort(), JSON.stringify(asking));
            inOrder(
              found.flatMap((id) => known.get(id) ?? []),
              asking,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives rows that were there all the time once, whatever comes and goes between the pages', async function () {
    this.timeout(120_000);
    const turn = fc.record({
      gone: fc.array(fc.nat(23), { maxLength: 2 }),
      added: fc.array(someItem, { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(someItem, { minLength: 4, maxLength: 24 }),
        someAsking,
        fc.array(turn, { maxLength: 6 }),
        async (drawn, asking, turns) => {
          run++;
          const team = `${asking.team}-${run}`;
          const items = makeItems(drawn, `run${run}`);
          await store(items);
          const gone = new Set<string>();
          const found: string[] = [];
          let cursor: string | undefined;
          let page = 0;
          do {
            const { ids, next } = await pageOf({ ...asking, limit: Math.min(asking.limit, 3) }, team, cursor);
            found.push(...ids);
            cursor = next ?? undefined;
            const { gone: positions = [], added = [] } = turns[page++] ?? {};
            await store(makeItems(added, `run${run}-page${page}`));
            for (const { id } of positions.flatMap((at) => items[at] ?? [])) {
              gone.add(id);
              for (const { table } of [all, own]) await documents.delete({ TableName: table, Key: { id } });
            }
          } while (cursor !== undefined);
          assert.equal(new Set(found).size, found.length, 'no row twice');
          for (const { id } of expected(items, asking, team))
            assert.ok(found.includes(id) || gone.has(id), `${id} is missing`);
        },
      ),
      { numRuns: 40 },
    );
  });
});
