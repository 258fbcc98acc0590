import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { api, auth, blueprint, entity, field, routes } from '../../builders/blueprint.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { bench, connect } from './bench.ts';
import { compiledEntity } from './compiled-entity.ts';
import { type Read, watched } from './watched-documents.ts';

const rows = 10_000;
const limit = 100;

const events = (allow_scan = false): Blueprint =>
  blueprint({
    auth: auth(),
    entities: [
      entity(
        'event',
        [field('kind', { type: 'enum', enum: ['a', 'b'] }), field('size', { type: 'integer', required: true })],
        {
          indexes: [{ name: 'by_kind', partition: 'kind', sort: 'size' }],
        },
      ),
    ],
    api: api({ resources: [routes('event', { allow: { level: 'public' }, allow_scan })] }),
  });

describe('a list of 10,000 rows', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  let all: { id: string; kind: string; size: number; created_at: string }[];
  let page: (query: Record<string, string>, scan?: boolean) => Promise<{ items: unknown[]; next: unknown }>;
  let reads: Read[];
  before(async function () {
    this.timeout(300_000);
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
    const { model, keys } = await compiledEntity(client, events(), 'event', 'events');
    const watching = watched(documents, keys);
    reads = watching.reads;
    const querying = bench(watching.documents, model, { event: 'events' });
    const scanning = bench(watching.documents, { ...model, lists: [], scan: true }, { event: 'events' });
    page = async (query, scan = false) => {
      const { status, body } = await (scan ? scanning : querying).ask('list', { query });
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(Array.isArray(body.items));
      return { items: body.items, next: body.next_cursor };
    };
    all = Array.from({ length: rows }, (_, n) => ({
      id: `row-${(n * 7919) % rows}`,
      kind: n % 10 === 0 ? 'a' : 'b',
      size: (n * 31) % 997,
      // Several rows of one moment.
      created_at: new Date(1_700_000_000_000 + Math.floor(n / 3)).toISOString(),
    }));
    await load(all.map((row) => ({ ...row, updated_at: row.created_at, _list: 'all' })));
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  async function load(items: Record<string, unknown>[]): Promise<void> {
    for (let at = 0; at < items.length; at += 250) {
      const batches = Array.from({ length: 10 }, (_, n) => items.slice(at + n * 25, at + n * 25 + 25));
      await Promise.all(
        batches.map((batch) =>
          documents.batchWrite({ RequestItems: { events: batch.map((Item) => ({ PutRequest: { Item } })) } }),
        ),
      );
    }
  }

  const orders = [
    { query: {}, count: rows, order: (row: (typeof all)[number]) => row.created_at, index: 'backdrift-list' },
    {
      query: { sort: '-created_at' },
      count: rows,
      order: (row: (typeof all)[number]) => row.created_at,
      index: 'backdrift-list',
    },
    { query: { kind: 'a' }, count: 1000, order: (row: (typeof all)[number]) => row.size, index: 'by_kind' },
    {
      query: { kind: 'a', sort: '-size' },
      count: 1000,
      order: (row: (typeof all)[number]) => row.size,
      index: 'by_kind',
    },
  ];
  for (const { query, count, order, index } of orders) {
    it(`gives each of ${count} rows once for ${JSON.stringify(query)}, with one query a page`, async function () {
      this.timeout(300_000);
      reads.length = 0;
      const seen = await everyPage(query);
      assert.equal(seen.length, count);
      const known = new Map(all.map((row) => [row.id, row]));
      const found = seen.map((id) => known.get(id));
      assert.equal(new Set(seen).size, count);
      const descending = 'sort' in query;
      for (const [at, row] of found.entries()) {
        const before = found[at - 1];
        assert.ok(row);
        if ('kind' in query) assert.equal(row.kind, query.kind);
        if (before) assert.ok(descending ? order(before) >= order(row) : order(before) <= order(row), `row ${at}`);
      }
      assert.deepEqual(
        new Set(reads.map((read) => `${read.kind} ${read.index} ${read.limit}`)),
        new Set([`query ${index} ${limit + 1}`]),
      );
      assert.equal(reads.length, Math.ceil(count / limit));
    });
  }

  it('gives each row once where the Blueprint allows a scan', async function () {
    this.timeout(300_000);
    reads.length = 0;
    const seen = await everyPage({}, true);
    assert.equal(new Set(seen).size, rows);
    assert.equal(seen.length, rows);
    assert.ok(reads.every(({ kind }) => kind === 'scan'));
    assert.equal(reads.length, Math.ceil(rows / limit));
  });

  /** Ids in order. Every page but the last is full, and the last one says so. */
  async function everyPage(query: Record<string, string>, scan = false): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, next } = await page({ ...query, limit: String(limit), ...(cursor ? { cursor } : {}) }, scan);
      ids.push(...items.map((row) => String(Object(row).id)));
      if (next !== null) assert.equal(items.length, limit);
      assert.ok(typeof next === 'string' || next === null);
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    return ids;
  }
});
