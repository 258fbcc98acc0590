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
const kinds = Array.from({ length: 10 }, (_, n) => `kind-${n}`);

interface Event {
  id: string;
  kind: string;
  size: number;
  created_at: string;
}

const events = (allow_scan = false): Blueprint =>
  blueprint({
    auth: auth(),
    entities: [
      entity(
        'event',
        [field('kind', { type: 'enum', enum: [...kinds] }), field('size', { type: 'integer', required: true })],
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
  let all: Event[];
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
      kind: `kind-${n % kinds.length}`,
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

  const byTime = (row: Event) => row.created_at;
  const bySize = (row: Event) => row.size;

  it('gives each of them once in order of creation, with one query a page', async function () {
    this.timeout(600_000);
    const seen = await everyPage({});
    inOrder(seen, rows, byTime, false);
    onlyQueries('backdrift-list', rows / limit);
  });

  it('gives the newest first', async function () {
    this.timeout(600_000);
    const seen = await everyPage({ sort: '-created_at' }, false, 1000);
    inOrder(seen, 1000, byTime, true);
    const oldest = seen.map(byTime).sort()[0] ?? '';
    assert.equal(all.filter((row) => byTime(row) > oldest && !seen.includes(row)).length, 0);
    onlyQueries('backdrift-list', 10);
  });

  it('gives those of each kind once, up and down, with one query a page', async function () {
    this.timeout(600_000);
    for (const [at, kind] of kinds.entries()) {
      const descending = at % 2 === 0;
      const seen = await everyPage({ kind, ...(descending ? { sort: '-size' } : {}) });
      inOrder(seen, rows / kinds.length, bySize, descending);
      assert.ok(seen.every((row) => row.kind === kind));
      onlyQueries('by_kind', rows / kinds.length / limit);
    }
  });

  it('gives each of them once where the Blueprint allows a scan', async function () {
    this.timeout(600_000);
    const seen = await everyPage({}, true);
    assert.deepEqual([seen.length, new Set(seen).size], [rows, rows]);
    assert.ok(reads.every(({ kind }) => kind === 'scan'));
    assert.equal(reads.length, rows / limit);
  });

  /** Rows in the order in which they came. Every page but the last is full, and the last one says so. */
  async function everyPage(query: Record<string, string>, scan = false, most = rows): Promise<Event[]> {
    reads.length = 0;
    const known = new Map(all.map((row) => [row.id, row]));
    const seen: Event[] = [];
    let cursor: string | undefined;
    do {
      const { items, next } = await page({ ...query, limit: String(limit), ...(cursor ? { cursor } : {}) }, scan);
      seen.push(...items.flatMap((item) => known.get(String(Object(item).id)) ?? []));
      if (next !== null) assert.equal(items.length, limit);
      assert.ok(typeof next === 'string' || next === null);
      cursor = next ?? undefined;
    } while (cursor !== undefined && seen.length < most);
    if (most === rows) assert.equal(cursor, undefined);
    return seen;
  }

  function inOrder(seen: Event[], count: number, order: (row: Event) => string | number, descending: boolean): void {
    assert.deepEqual([seen.length, new Set(seen).size], [count, count]);
    for (const [at, row] of seen.entries()) {
      const before = seen[at - 1];
      if (before) assert.ok(descending ? order(before) >= order(row) : order(before) <= order(row), `row ${at}`);
    }
  }

  function onlyQueries(index: string, count: number): void {
    const asked = new Set(reads.map((read) => `${read.kind} ${read.index} ${read.limit}`));
    assert.deepEqual([...asked], [`query ${index} ${limit + 1}`]);
    assert.equal(reads.length, count);
  }
});
