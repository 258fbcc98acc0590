import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import type { Blueprint, Entity, Field } from '../../../src/blueprint/blueprint.ts';
import { reservedKeyPrefix } from '../../../src/runtime/reserved.ts';
import { api, auth, blueprint, entity, field, routes } from '../../builders/blueprint.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type Answered, type Asked, type Bench, bench, connect } from './bench.ts';
import { type CompiledEntity, compiledEntity } from './compiled-entity.ts';
import { type Read, watched } from './watched-documents.ts';

const acme = { sub: 'ann', 'custom:tenant_id': 'acme' };
const rival = { sub: 'rob', 'custom:tenant_id': 'rival' };

const ticketFields: Field[] = [
  field('title', { required: true, min_length: 3 }),
  field('status', { type: 'enum', enum: ['open', 'done'] }),
  field('due_on', { type: 'date' }),
  field('rank', { type: 'integer', required: true, min: 0 }),
  field('weight', { type: 'number' }),
  field('project_id', { references: 'project', on_delete: 'set_null' }),
  field('flag', { type: 'boolean' }),
  field('owner_id', { managed: true }),
];

const ticketIndexes = [
  { name: 'by_status', partition: 'status', sort: 'rank' },
  { name: 'by_due', partition: 'status', sort: 'due_on' },
  { name: 'by_title', partition: 'rank', sort: 'title' },
  { name: 'by_weight', partition: 'weight' },
  { name: 'by_project', partition: 'project_id', sort: 'created_at' },
  { name: 'by_owner', partition: 'owner_id', sort: 'created_at' },
];

function tickets(of: Partial<Entity> = {}, level: 'authenticated' | 'owner' | 'public' = 'authenticated'): Blueprint {
  const tenant = level === 'public' ? {} : { tenantField: 'team_id' };
  return blueprint({
    auth: auth(),
    ...(level === 'public'
      ? {}
      : { tenancy: { mode: 'multi_tenant', tenant_entity: 'team', field: 'team_id' } as const }),
    entities: [
      entity('team'),
      entity('project', [], tenant),
      entity('ticket', ticketFields, { owner_field: 'owner_id', indexes: ticketIndexes, ...tenant, ...of }),
    ],
    api: api({ resources: [routes('ticket', { allow: { level } }), routes('project')] }),
  });
}

describe('what a list is asked', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  let count = 0;
  before(async function () {
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  interface Lists extends Bench {
    reads: Read[];
    compiled: CompiledEntity;
    /** The items of a page that must be there. */
    items(query?: Record<string, string>, claims?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
    refused(query: Record<string, string>, claims?: Record<string, unknown>): Promise<Answered>;
    put(...rows: Record<string, unknown>[]): Promise<void>;
  }

  async function deployed(of: Blueprint, name = 'ticket', now?: () => Date): Promise<Lists> {
    const table = `${name}-${count++}`;
    const compiled = await compiledEntity(client, of, name, table);
    const watching = watched(documents, compiled.keys);
    const made = bench(watching.documents, compiled.model, { [name]: table, project: 'none' }, [], now);
    const list = (asked: Asked) => made.ask('list', asked);
    return {
      ...made,
      compiled,
      reads: watching.reads,
      async items(query = {}, claims = acme) {
        const { status, body } = await list({ query, claims });
        assert.equal(status, 200, JSON.stringify([query, body, made.log.filter(({ event }) => event === 'failure')]));
        assert.ok(Array.isArray(body.items));
        return body.items;
      },
      async refused(query, claims = acme) {
        const answer = await list({ query, claims });
        assert.equal(answer.status, 400, JSON.stringify([query, answer.body]));
        return answer;
      },
      async put(...rows) {
        await Promise.all(rows.map((Item) => documents.put({ TableName: table, Item })));
      },
    };
  }

  /** A row of Acme's as the API would store it. */
  function row(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    const at = '2026-01-01T00:00:00.000Z';
    return {
      id,
      title: `Title ${id}`,
      rank: 1,
      team_id: 'acme',
      owner_id: 'ann',
      _list: 'all',
      created_at: at,
      updated_at: at,
      ...more,
    };
  }
  const ids = (items: readonly Record<string, unknown>[]) => items.map(({ id }) => id);

  it('filters by the partition of an index and orders by its sort key, both ways', async () => {
    const lists = await deployed(tickets());
    await lists.put(
      row('a', { status: 'open', rank: 3 }),
      row('b', { status: 'open', rank: 1, due_on: '2026-02-01' }),
      row('c', { status: 'open', rank: 2, due_on: '2026-01-01' }),
      row('d', { status: 'done', rank: 4, due_on: '2026-03-01' }),
      row('e'),
    );
    assert.deepEqual(ids(await lists.items({ status: 'open' })), ['b', 'c', 'a']);
    assert.deepEqual(ids(await lists.items({ status: 'open', sort: '-rank' })), ['a', 'c', 'b']);
    assert.deepEqual(ids(await lists.items({ status: 'open', sort: 'due_on' })), ['c', 'b']);
    assert.deepEqual(ids(await lists.items({ status: 'open', 'due_on.lte': '2026-01-01' })), ['c']);
    assert.deepEqual(ids(await lists.items({ status: 'open', rank: '2' })), ['c']);
    assert.deepEqual(ids(await lists.items({ 'status.eq': 'done' })), ['d']);
    assert.equal((await lists.items()).length, 5);
    assert.deepEqual([...new Set(lists.reads.map(({ index }) => index))].sort(), [
      'backdrift-by-team_id',
      'by_due',
      'by_status',
    ]);
    assert.ok(lists.reads.every(({ kind }) => kind === 'query'));
  });

  it('takes bounds that belong to the range or do not, one or two, of every type', async () => {
    const lists = await deployed(tickets());
    const days = ['2026-01-30', '2026-01-31', '2026-02-01', '2026-02-02'];
    await lists.put(
      ...days.map((due_on, rank) =>
        row(due_on, { status: 'open', rank, due_on, project_id: 'p', created_at: `${due_on}T12:00:00.000Z` }),
      ),
    );
    const cases: [Record<string, string>, number[]][] = [
      [{ status: 'open', 'due_on.gt': '2026-01-31' }, [2, 3]],
      [{ status: 'open', 'due_on.gte': '2026-01-31' }, [1, 2, 3]],
      [{ status: 'open', 'due_on.lt': '2026-02-01' }, [0, 1]],
      [{ status: 'open', 'due_on.gt': '2026-01-30', 'due_on.lt': '2026-02-02' }, [1, 2]],
      [{ status: 'open', 'due_on.gte': '2026-01-30', 'due_on.lt': '2026-02-02' }, [0, 1, 2]],
      [{ status: 'open', 'due_on.gte': '2026-01-31', 'due_on.lte': '2026-01-31' }, [1]],
      [{ status: 'open', 'due_on.gt': '2026-01-31', 'due_on.lt': '2026-01-31' }, []],
      [{ status: 'open', 'due_on.gt': '2026-02-01', 'due_on.lt': '2026-01-01' }, []],
      [{ status: 'open', 'due_on.begins_with': '2026-02' }, [2, 3]],
      [{ status: 'open', 'due_on.begins_with': '2026-0', sort: '-due_on' }, [3, 2, 1, 0]],
      [{ status: 'open', 'rank.gt': '1' }, [2, 3]],
      [{ status: 'open', 'rank.gte': '-5', 'rank.lt': '1' }, [0]],
      [{ project_id: 'p', 'created_at.gte': '2026-02-01T13:00:00+01:00' }, [2, 3]],
      [{ project_id: 'p', 'created_at.begins_with': '2026-02-01T1' }, [2]],
      [{ 'created_at.lt': '2026-01-31T12:00:00Z' }, [0]],
      [{ created_at: '2026-01-31T12:00:00Z' }, [1]],
      [{ rank: '2', 'title.begins_with': 'Title 2026-02' }, [2]],
      [{ rank: '2', 'title.gte': 'U' }, []],
    ];
    for (const [query, expected] of cases)
      assert.deepEqual(
        ids(await lists.items(query)),
        expected.map((n) => days[n]),
        JSON.stringify(query),
      );
  });

  it('finds numbers as numbers and text by its bytes', async () => {
    const lists = await deployed(tickets());
    await lists.put(row('a', { weight: 0.5 }), row('b', { weight: -3 }), row('c', { weight: 10 }));
    assert.deepEqual(ids(await lists.items({ weight: '0.50' })), ['a']);
    assert.deepEqual(ids(await lists.items({ weight: '-3' })), ['b']);
    const titles = ['Zebra', 'apple', 'äpfel', '🍏', '\uffee'];
    await lists.put(...titles.map((title, n) => row(`t${n}`, { title, rank: 7 })));
    assert.deepEqual(ids(await lists.items({ rank: '7' })), ['t0', 't1', 't2', 't4', 't3']);
    // The bounds are in the order of bytes too, which is not that of JavaScript.
    assert.deepEqual(ids(await lists.items({ rank: '7', 'title.gte': '\uffee', 'title.lte': '🍏' })), ['t4', 't3']);
  });

  it('refuses what no index answers, names the field, and says what may be asked', async () => {
    const lists = await deployed(tickets());
    const cases: [Record<string, string>, string][] = [
      [{ flag: 'true' }, 'flag'],
      [{ colour: 'red' }, 'colour'],
      [{ team_id: 'rival' }, 'team_id'],
      [{ 'status.gt': 'a', status: 'open' }, 'status.gt'],
      [{ 'status.like': 'a' }, 'status.like'],
      [{ 'rank.gt.x': '1' }, 'rank.gt.x'],
      [{ __proto__x: '1' }, '__proto__x'],
      [{ 'status.__proto__': '1' }, 'status.__proto__'],
      [{ 'status.constructor': '1' }, 'status.constructor'],
      [{ '': '1' }, ''],
      [{ status: 'closed' }, 'status'],
      [{ status: '' }, 'status'],
      [{ rank: 'one', status: 'open' }, 'rank'],
      [{ rank: '1.5' }, 'rank'],
      [{ rank: '1e1' }, 'rank'],
      [{ status: 'open', due_on: '2026-02-30' }, 'due_on'],
      [{ status: 'open', 'due_on.begins_with': '' }, 'due_on.begins_with'],
      [{ status: 'open', 'due_on.begins_with': 'March' }, 'due_on.begins_with'],
      [{ 'created_at.gte': 'yesterday' }, 'created_at.gte'],
      [{ project_id: '' }, 'project_id'],
      [{ project_id: 'x'.repeat(3000) }, 'project_id'],
      [{ project_id: '\ud800' }, 'project_id'],
      [{ weight: '9'.repeat(40) }, 'weight'],
      [{ status: 'open', 'rank.gt': '1', 'rank.gte': '1' }, 'rank.gte'],
      [{ status: 'open', 'rank.gt': '1', rank: '1' }, 'rank'],
      [{ sort: 'title', limit: '0' }, 'limit'],
      [{ sort: 'colour' }, 'sort'],
      [{ sort: '' }, 'sort'],
      [{ sort: '--rank' }, 'sort'],
      [{ sort: '-' }, 'sort'],
    ];
    for (const [query, name] of cases) {
      const { body } = await lists.refused(query);
      assert.ok(Array.isArray(body.errors), JSON.stringify([query, body]));
      assert.ok(
        body.errors.some(({ field: named }) => named === name),
        JSON.stringify([query, body.errors]),
      );
      assert.match(String(body.detail), /status=, rank\[\.gt\|\.gte\|\.lt\|\.lte\]=, sort=rank\|-rank;/);
    }
    assert.equal(lists.reads.length, 0);
  });

  it('refuses together what one index does not answer, and an order that would leave rows out unasked', async () => {
    const lists = await deployed(tickets());
    for (const query of [
      { status: 'open', project_id: 'p' },
      { sort: 'rank' },
      { title: 'Title' },
      { 'due_on.gte': '2026-01-01' },
      { status: 'open', rank: '1', sort: 'due_on' },
      { status: 'open', 'created_at.gt': '2026-01-01T00:00:00Z' },
    ]) {
      const { body } = await lists.refused(query);
      assert.match(
        String(body.detail),
        /^No index answers this together\. Besides limit and cursor, this list takes created_at/,
      );
    }
    const sparse = await deployed(tickets({ indexes: [{ name: 'by_due', partition: 'status', sort: 'due_on' }] }));
    await sparse.put(row('a', { status: 'open' }), row('b', { status: 'open', due_on: '2026-01-01' }));
    const { body } = await sparse.refused({ status: 'open' });
    assert.match(
      String(body.detail),
      /status= with due_on\[\.gt\|\.gte\|\.lt\|\.lte\|\.begins_with\]= or sort=due_on\|-due_on/,
    );
    assert.deepEqual(ids(await sparse.items({ status: 'open', sort: 'due_on' })), ['b']);
  });

  it('refuses a parameter that is given twice', async () => {
    const lists = await deployed(tickets());
    for (const name of ['status', 'limit', 'cursor', 'sort', 'rank.gt']) {
      const asked = { query: { [name]: '1' }, queryLists: { [name]: ['1', '1'] }, claims: acme };
      const { status, body } = await lists.ask('list', asked);
      assert.equal(status, 400);
      assert.deepEqual(Array.isArray(body.errors) && body.errors[0], {
        field: name,
        message: 'is given more than once',
      });
    }
    const once = { query: { status: 'open' }, queryLists: { status: ['open'] }, claims: acme };
    assert.equal((await lists.ask('list', once)).status, 200);
  });

  it('pages through whole numbers that only a function can have written', async () => {
    const lists = await deployed(tickets());
    const ranks = [-(2n ** 60n), 1, 2n ** 60n, 2n ** 60n + 1n];
    await lists.put(...ranks.map((rank, n) => row(`r${n}`, { status: 'open', rank })));
    const seen: unknown[] = [];
    let cursor: unknown;
    do {
      const query = { status: 'open', limit: '1', ...(typeof cursor === 'string' ? { cursor } : {}) };
      const { status, body } = await lists.ask('list', { query, claims: acme });
      assert.equal(status, 200);
      assert.ok(Array.isArray(body.items));
      seen.push(...ids(body.items));
      cursor = body.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(seen, ['r0', 'r1', 'r2', 'r3']);
  });

  it('keeps the fields that are called like its own parameters apart', async () => {
    const of = tickets(
      {
        fields: [
          field('id', { required: true, managed: true }),
          field('sort'),
          field('limit', { type: 'integer', required: true }),
        ],
        timestamps: false,
        indexes: [{ name: 'by_sort', partition: 'sort', sort: 'limit' }],
      },
      'public',
    );
    const lists = await deployed(of);
    await lists.put({ id: 'a', sort: 'x', limit: 5, _list: 'all' }, { id: 'b', sort: 'x', limit: 6, _list: 'all' });
    assert.deepEqual(ids(await lists.items({ 'sort.eq': 'x', limit: '1', sort: '-limit' })), ['b']);
    assert.deepEqual(ids(await lists.items({ 'sort.eq': 'x', 'limit.eq': '5' })), ['a']);
    assert.match(String((await lists.refused({ 'sort.eq': 'x', nothing: '' })).body.detail), /sort\.eq=, limit\[/);
  });

  describe('whose rows', () => {
    it('are the tenant’s on every path, also where a function stored them wrongly', async () => {
      const lists = await deployed(tickets());
      const theirs = { team_id: 'rival', owner_id: 'rob' };
      await lists.put(
        row('mine', { status: 'open', project_id: 'p', weight: 1 }),
        row('theirs', { status: 'open', project_id: 'p', weight: 1, ...theirs, title: 'Title mine' }),
        row('stray', { status: 'open', project_id: 'p', weight: 1, ...theirs, owner_id: 'ann' }),
      );
      const questions = [
        {},
        { status: 'open' },
        { project_id: 'p' },
        { weight: '1' },
        { owner_id: 'ann' },
        { rank: '1' },
      ];
      for (const query of questions) {
        assert.deepEqual(ids(await lists.items(query)), ['mine'], JSON.stringify(query));
        assert.ok(!ids(await lists.items(query, rival)).includes('mine'), JSON.stringify(query));
      }
    });

    it('are in partitions of the tenant’s own, so that nobody reads through the rows of others', async () => {
      const lists = await deployed(tickets());
      const others = Array.from({ length: 300 }, (_, n) => row(`r${n}`, { team_id: 'rival', status: 'open', rank: n }));
      await lists.put(...others, row('z', { status: 'open', rank: 999 }));
      lists.reads.length = 0;
      assert.deepEqual(ids(await lists.items({ status: 'open', limit: '1' })), ['z']);
      assert.equal(lists.reads.length, 1);
    });

    it('take values that fit into a key together with the tenant', async () => {
      const fields = [field('id', { required: true, managed: true }), field('tag'), field('note')];
      const of = tickets({
        fields: [...fields, field('team_id', { required: true, managed: true })],
        timestamps: false,
        indexes: [{ name: 'by_tag', partition: 'tag' }],
      });
      const lists = await deployed(of);
      const longTenant = { sub: 'ann', 'custom:tenant_id': 'é'.repeat(256) };
      const create = (tag: string) =>
        lists.ask('create', { body: { tag, note: 'x'.repeat(5000) }, claims: longTenant });
      assert.equal((await create('x'.repeat(1025))).status, 400);
      assert.equal((await create('x'.repeat(1024))).status, 201);
      assert.equal((await lists.items({ tag: 'x'.repeat(1024) }, longTenant)).length, 1);
    });

    it('stay right when a field changes or is taken away', async () => {
      const lists = await deployed(tickets());
      const made = await lists.ask('create', { body: { title: 'First', rank: 1, status: 'open' }, claims: acme });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const id = String(made.body.id);
      const found = async () => [
        (await lists.items({ status: 'open' })).length,
        (await lists.items({ status: 'done' })).length,
      ];
      assert.deepEqual(await found(), [1, 0]);
      await lists.ask('update', { id, body: { status: 'done' }, claims: acme });
      assert.deepEqual(await found(), [0, 1]);
      await lists.ask('update', { id, body: { status: null }, claims: acme });
      assert.deepEqual(await found(), [0, 0]);
      assert.equal((await lists.items()).length, 1);
    });

    it('are the owner’s together with a filter, an order, and an index that is sorted by the owner', async () => {
      const indexes = [
        ...ticketIndexes,
        { name: 'own_rank', partition: 'owner_id', sort: 'rank' },
        { name: 'mixed', partition: 'flagged', sort: 'owner_id' },
      ];
      const lists = await deployed(
        tickets({ indexes, fields: [...(tickets().entities[2]?.fields ?? []), field('flagged')] }, 'owner'),
      );
      for (let n = 0; n < 6; n++)
        await lists.put(
          row(`r${n}`, { status: 'open', rank: n, flagged: 'yes', ...(n % 2 === 0 ? {} : { owner_id: 'bob' }) }),
        );
      assert.deepEqual(ids(await lists.items({ sort: '-rank' })), ['r4', 'r2', 'r0']);
      assert.deepEqual(ids(await lists.items({ status: 'open' })), ['r0', 'r2', 'r4']);
      assert.deepEqual(ids(await lists.items({ 'rank.gte': '1' })), ['r2', 'r4']);
      assert.deepEqual(ids(await lists.items({ flagged: 'yes' })).sort(), ['r0', 'r2', 'r4']);
      assert.equal((await lists.refused({ owner_id: 'bob' })).status, 400);
      assert.equal((await lists.items({}, { ...acme, sub: 'nobody' })).length, 0);
    });

    it('are all of them for a role, with the same filters', async () => {
      const of = tickets();
      of.api?.resources[0]?.operations.splice(0, 1, { operation: 'list', access: { level: 'role', role: 'admin' } });
      const lists = await deployed(of);
      await lists.put(row('a', { status: 'open' }), row('b', { status: 'open', owner_id: 'bob' }));
      assert.equal((await lists.ask('list', { query: { status: 'open' }, claims: acme })).status, 403);
      const admin = { ...acme, 'cognito:groups': 'admin' };
      assert.equal((await lists.items({ status: 'open' }, admin)).length, 2);
      assert.deepEqual(ids(await lists.items({ owner_id: 'bob' }, admin)), ['b']);
    });
  });

  it('lists by the first part of the table’s key, as many-to-many goes', async () => {
    const member = entity(
      'membership',
      [field('project_id', { required: true }), field('user_id', { required: true }), field('since', { type: 'date' })],
      {
        key: { partition: 'project_id', sort: 'user_id' },
        indexes: [{ name: 'by_user', partition: 'user_id', sort: 'project_id' }],
      },
    );
    member.fields = member.fields.filter(({ name }) => name !== 'id');
    const of = blueprint({
      entities: [member],
      api: api({ resources: [routes('membership', { allow: { level: 'public' } })] }),
    });
    const lists = await deployed(of, 'membership');
    for (const [project_id, user_id] of [
      ['p', 'u1'],
      ['p', 'u2'],
      ['q', 'u1'],
    ])
      assert.equal((await lists.ask('create', { body: { project_id, user_id } })).status, 201);
    const users = (items: Record<string, unknown>[]) => items.map(({ user_id }) => user_id);
    assert.deepEqual(users(await lists.items({ project_id: 'p', sort: '-user_id' })), ['u2', 'u1']);
    assert.deepEqual(
      (await lists.items({ user_id: 'u1' })).map(({ project_id }) => project_id),
      ['p', 'q'],
    );
    assert.equal((await lists.items({ project_id: 'p', user_id: 'u1' })).length, 1);
    assert.equal((await lists.items()).length, 3);
    assert.equal((await lists.ask('get', { path: { project_id: 'p', user_id: 'u2' } })).body.user_id, 'u2');
    assert.equal((await lists.ask('get', { path: { project_id: 'q', user_id: 'u2' } })).status, 404);
  });

  describe('a cursor', () => {
    it('belongs to one list: its filters, its order, its tenant, its user and its entity', async () => {
      const lists = await deployed(tickets());
      await lists.put(
        ...Array.from({ length: 6 }, (_, n) =>
          row(`r${n}`, { status: 'open', rank: n, project_id: 'p', due_on: `2026-01-0${n + 1}` }),
        ),
      );
      await lists.put(
        ...Array.from({ length: 6 }, (_, n) => row(`s${n}`, { status: 'open', rank: n, team_id: 'rival' })),
      );
      const questions = [
        {},
        { sort: '-created_at' },
        { status: 'open' },
        { status: 'done' },
        { status: 'open', sort: '-rank' },
        { status: 'open', 'rank.gte': '0' },
        { status: 'open', 'rank.gt': '0' },
        { status: 'open', sort: 'due_on' },
        { project_id: 'p' },
        { owner_id: 'ann' },
      ];
      const cursors: string[] = [];
      for (const query of questions) {
        const { body } = await lists.ask('list', { query: { ...query, limit: '2' }, claims: acme });
        cursors.push(typeof body.next_cursor === 'string' ? body.next_cursor : '');
      }
      assert.equal(new Set(cursors).size, questions.length);
      for (const [at, query] of questions.entries()) {
        for (const [from, cursor] of cursors.entries()) {
          if (cursor === '') continue;
          if (from === at) assert.ok((await lists.items({ ...query, cursor })).length > 0);
          else
            assert.match(
              String((await lists.refused({ ...query, cursor })).body.detail),
              /^The cursor is not one of this list/,
            );
        }
        if (cursors[at]) await lists.refused({ ...query, cursor: cursors[at] }, rival);
      }
      // The number of rows on a page may change on the way, and `sort` may say what is so anyway.
      assert.equal((await lists.items({ limit: '1', cursor: cursors[0] ?? '' })).length, 1);
      assert.equal((await lists.items({ sort: 'created_at', cursor: cursors[0] ?? '' })).length, 4);
      const same = await deployed(tickets());
      await same.refused({ cursor: cursors[0] ?? '' });
    });

    it('is the caller’s own where list means one’s own rows', async () => {
      const lists = await deployed(tickets({}, 'owner'));
      await lists.put(row('a'), row('b'), row('c', { owner_id: 'bob' }), row('d', { owner_id: 'bob' }));
      const { body } = await lists.ask('list', { query: { limit: '1' }, claims: acme });
      const cursor = String(body.next_cursor);
      assert.equal((await lists.items({ cursor })).length, 1);
      await lists.refused({ cursor }, { ...acme, sub: 'bob' });
    });

    it('leads on after rows that were deleted, moved or added meanwhile', async () => {
      const lists = await deployed(tickets());
      await lists.put(...Array.from({ length: 8 }, (_, n) => row(`r${n}`, { status: 'open', rank: n * 10 })));
      const first = await lists.ask('list', { query: { status: 'open', limit: '3' }, claims: acme });
      const cursor = String(first.body.next_cursor);
      await documents.delete({ TableName: lists.table, Key: { id: 'r2' } });
      await documents.delete({ TableName: lists.table, Key: { id: 'r3' } });
      await lists.put(row('before', { status: 'open', rank: 5 }), row('behind', { status: 'open', rank: 45 }));
      assert.deepEqual(ids(await lists.items({ status: 'open', cursor })), ['r4', 'behind', 'r5', 'r6', 'r7']);
    });
  });

  describe('what is hidden', () => {
    const soft = { soft_delete: true, ttl: 'ends_at' };
    const at = new Date('2026-06-01T12:00:00.000Z');
    const seconds = at.getTime() / 1000;
    const fields = [
      field('id', { required: true, managed: true }),
      ...ticketFields.filter(({ name }) => name !== 'project_id'),
      field('ends_at', { type: 'datetime' }),
      field('created_at', { type: 'datetime', managed: true }),
      field('updated_at', { type: 'datetime', managed: true }),
      field('deleted_at', { type: 'datetime', managed: true }),
    ];
    const hiding = () =>
      tickets({ ...soft, fields, indexes: [{ name: 'by_status', partition: 'status', sort: 'rank' }] }, 'public');
    const hidden = {
      deleted: { deleted_at: '2026-01-01T00:00:00.000Z' },
      expired: { _ttl: seconds - 1, ends_at: '2026-06-01T11:59:59.000Z' },
      expiring: { _ttl: seconds, ends_at: '2026-06-01T12:00:00.000Z' },
      [`${reservedKeyPrefix}x`]: { status: 'open' },
    };
    const shown = {
      fresh: {},
      later: { _ttl: seconds + 1 },
      'null marks': { deleted_at: null, _ttl: null },
      'odd mark': { _ttl: 'x' },
    };

    it('is found by no operation', async () => {
      const lists = await deployed(hiding(), 'ticket', () => at);
      for (const [id, more] of Object.entries({ ...hidden, ...shown }))
        await lists.put(row(id, { status: 'open', ...more }));
      const { model } = lists.compiled;
      const scanning = bench(documents, { ...model, lists: [], scan: true }, { ticket: lists.table }, [], () => at);
      for (const items of [
        await lists.items(),
        await lists.items({ status: 'open' }),
        (await scanning.ask('list')).body.items,
      ]) {
        assert.ok(Array.isArray(items));
        assert.deepEqual(ids(items).sort(), Object.keys(shown).sort());
      }
      for (const id of Object.keys(hidden)) {
        assert.equal((await lists.ask('get', { id })).status, 404, id);
        assert.equal((await lists.ask('update', { id, body: { rank: 2 } })).status, 404, id);
        assert.equal((await lists.ask('delete', { id })).status, 404, id);
      }
      for (const id of Object.keys(shown)) {
        assert.equal((await lists.ask('get', { id })).status, 200, id);
        assert.equal((await lists.ask('update', { id, body: { rank: 2 } })).status, 200, id);
        assert.equal((await lists.ask('delete', { id })).status, 204, id);
        assert.equal((await lists.ask('get', { id })).status, 404, id);
      }
      assert.deepEqual(await lists.items(), []);
    });

    it('cannot be referred to', async () => {
      const target = await deployed(hiding(), 'ticket', () => at);
      for (const [id, more] of Object.entries({ ...hidden, ...shown })) await target.put(row(id, more));
      const note = entity('note', [field('ticket_id', { references: 'ticket' })]);
      const of = hiding();
      const whole = {
        ...of,
        entities: [...of.entities, note],
        api: api({ resources: [routes('note', { allow: { level: 'public' } })] }),
      };
      const compiled = await compiledEntity(client, whole, 'note', `note-${count++}`);
      const notes = bench(documents, compiled.model, { note: `note-${count - 1}`, ticket: target.table }, [], () => at);
      for (const id of Object.keys(hidden))
        assert.equal((await notes.ask('create', { body: { ticket_id: id } })).status, 400, id);
      for (const id of Object.keys(shown))
        assert.equal((await notes.ask('create', { body: { ticket_id: id } })).status, 201, id);
    });

    it('is hidden by a number of seconds too where the index is sorted by it', async () => {
      const numbered = fields.map((known) =>
        known.name === 'ends_at' ? { ...known, type: 'integer' as const, required: true } : known,
      );
      const of = tickets(
        { ...soft, fields: numbered, indexes: [{ name: 'by_end', partition: 'status', sort: 'ends_at' }] },
        'public',
      );
      const lists = await deployed(of, 'ticket', () => at);
      await lists.put(
        row('gone', { status: 'open', ends_at: seconds - 5 }),
        row('here', { status: 'open', ends_at: seconds + 5 }),
      );
      assert.deepEqual(ids(await lists.items({ status: 'open' })), ['here']);
      assert.deepEqual(ids(await lists.items()), ['here']);
    });

    it('leaves pages full, and costs a bounded number of reads', async function () {
      this.timeout(60_000);
      const lists = await deployed(hiding(), 'ticket', () => at);
      const rows = Array.from({ length: 400 }, (_, n) =>
        row(`r${String(n).padStart(4, '0')}`, { status: 'open', rank: n, ...(n % 40 === 39 ? {} : hidden.deleted) }),
      );
      await lists.put(...rows);
      lists.reads.length = 0;
      const page = await lists.ask('list', { query: { status: 'open', limit: '10' } });
      assert.deepEqual([Array.isArray(page.body.items) && page.body.items.length, page.body.next_cursor], [10, null]);
      assert.ok(lists.reads.length <= 5, JSON.stringify(lists.reads));
    });

    it('may be so much that a page ends early, with a cursor that tells nothing of it', async function () {
      this.timeout(120_000);
      const lists = await deployed(hiding(), 'ticket', () => at);
      const rows = Array.from({ length: 3200 }, (_, n) =>
        row(`secret-${n}`, { status: 'open', rank: n, ...hidden.deleted }),
      );
      for (let from = 0; from < rows.length; from += 400) await lists.put(...rows.slice(from, from + 400));
      await lists.put(row('last', { status: 'open', rank: 9999 }));
      lists.reads.length = 0;
      const seen: unknown[] = [];
      let cursor: unknown;
      let pages = 0;
      do {
        const query = { status: 'open', limit: '1', ...(typeof cursor === 'string' ? { cursor } : {}) };
        const { status, body } = await lists.ask('list', { query });
        assert.equal(status, 200);
        assert.ok(Array.isArray(body.items));
        seen.push(...ids(body.items));
        cursor = body.next_cursor;
        if (typeof cursor === 'string')
          assert.ok(!Buffer.from(cursor, 'base64url').toString('latin1').includes('secret'));
        pages++;
      } while (cursor !== null);
      assert.deepEqual(seen, ['last']);
      assert.ok(
        pages > 1 && pages < 10 && lists.reads.length <= pages * 5,
        `${pages} pages, ${lists.reads.length} reads`,
      );
    });
  });

  it('never answers 500, nor a row of another tenant, whatever is asked', async function () {
    this.timeout(60_000);
    const lists = await deployed(tickets());
    for (let n = 0; n < 12; n++) {
      const team_id = n % 2 === 0 ? 'acme' : 'rival';
      await lists.put(row(`r${n}`, { team_id, status: 'open', rank: n % 3, due_on: '2026-01-01', project_id: 'p' }));
    }
    const fields = [
      'title',
      'status',
      'due_on',
      'rank',
      'weight',
      'project_id',
      'owner_id',
      'team_id',
      'created_at',
      'id',
      'x',
    ];
    const operators = ['', '', '.eq', '.gt', '.gte', '.lt', '.lte', '.begins_with', '.', '.x'];
    const names = fc.oneof(
      fc.tuple(fc.constantFrom(...fields), fc.constantFrom(...operators)).map((parts) => parts.join('')),
      fc.constantFrom('sort', 'limit', 'cursor'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const values = fc.oneof(
      fc.constantFrom(
        'open',
        '1',
        '0',
        '-1',
        '2',
        'p',
        'ann',
        'acme',
        '2026-01-01',
        '2026-01-01T00:00:00Z',
        'rank',
        '-rank',
        '5',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('', 'x'.repeat(1025), 'é'.repeat(1024), 'x'.repeat(2049), '1'.repeat(39), `0.${'1'.repeat(39)}`),
    );
    const answered = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, values), { maxLength: 4 }), async (pairs) => {
        const { status, body } = await lists.ask('list', { query: Object.fromEntries(pairs), claims: acme });
        answered.set(status, (answered.get(status) ?? 0) + 1);
        assert.ok(status === 200 || status === 400, JSON.stringify([pairs, status, lists.log.at(-2)]));
        for (const item of Array.isArray(body.items) ? body.items : []) assert.equal(item.team_id, 'acme');
      }),
      { numRuns: 1500 },
    );
    assert.ok((answered.get(200) ?? 0) > 50, JSON.stringify([...answered]));
  });

  it('keeps a page below what Lambda hands on, however large the rows are', async function () {
    this.timeout(60_000);
    const lists = await deployed(
      tickets({ fields: [...(tickets({}, 'public').entities[2]?.fields ?? []), field('text')] }, 'public'),
    );
    // Each character of the text takes seven bytes where the body is a text within JSON.
    const rows = Array.from({ length: 8 }, (_, n) =>
      row(`r${n}`, { text: '\u0001'.repeat(200_000), status: 'open', rank: n }),
    );
    await lists.put(...rows);
    const seen: unknown[] = [];
    let cursor: unknown;
    do {
      const query = { status: 'open', limit: '100', ...(typeof cursor === 'string' ? { cursor } : {}) };
      const { status, body } = await lists.ask('list', { query });
      assert.equal(status, 200);
      assert.ok(Buffer.byteLength(JSON.stringify(JSON.stringify(body))) < 6_000_000);
      assert.ok(Array.isArray(body.items) && body.items.length > 0);
      seen.push(...ids(body.items));
      cursor = body.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(
      seen,
      rows.map(({ id }) => id),
    );
  });
});
