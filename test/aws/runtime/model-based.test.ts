import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { operations } from '../../../src/blueprint/schema.ts';
import { model, task } from '../../builders/entity-models.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type Bench, bench, connect, makeTable } from './bench.ts';

/** Values that the API must take and give back as they are. */
const validValues = {
  title: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => [...text].length <= 20),
  code: fc.nat().map((n) => `AB-${n}`),
  priority: fc.constantFrom('low', 'medium', 'high'),
  estimate: fc.oneof(fc.double({ min: -1000, max: 1000, noNaN: true }), fc.integer({ min: -1000, max: 1000 })),
  position: fc.maxSafeInteger(),
  done: fc.boolean(),
  due_on: fc
    .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  remind_at: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  details: fc.jsonValue({ maxDepth: 4 }),
};

const tiny = (value: unknown): boolean =>
  typeof value === 'number' && (Math.abs(value) > Number.MAX_SAFE_INTEGER || (value !== 0 && Math.abs(value) < 1e-130));
const holds = (value: unknown, test: (part: unknown) => boolean): boolean =>
  test(value) ||
  (typeof value === 'object' && value !== null && Object.entries(value).some(([, part]) => holds(part, test)));
const awkwardKeys = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ['', '__proto__'].some((key) => Object.hasOwn(value, key));
const storable = (row: object): boolean => !holds(row, tiny) && !holds(row, awkwardKeys);

/** JSON has no negative zero worth keeping. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const newRows = fc.record(validValues, { requiredKeys: ['title'] }).filter(storable);
const changes = fc
  .record(
    { ...validValues, code: fc.option(validValues.code), done: fc.option(validValues.done) },
    { requiredKeys: [] },
  )
  .filter((change) => storable(change) && Object.keys(change).length > 0);

type Step =
  | { kind: 'create'; body: object }
  | { kind: 'get'; at: number }
  | { kind: 'delete'; at: number }
  | { kind: 'update'; at: number; body: object }
  | { kind: 'list'; limit: number };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), body: newRows }) },
    fc.record({ kind: fc.constant('get' as const), at: fc.nat(12) }),
    fc.record({ kind: fc.constant('delete' as const), at: fc.nat(12) }),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('update' as const), at: fc.nat(12), body: changes }) },
    fc.record({ kind: fc.constant('list' as const), limit: fc.integer({ min: 1, max: 100 }) }),
  ),
  { minLength: 1, maxLength: 25 },
);

describe('the operations as a whole', () => {
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

  async function freshTable(): Promise<Bench> {
    const table = `tasks-${count++}`;
    await makeTable(client, table, { partition: 'id' }, [
      { name: 'backdrift-list', partition: '_list', sort: 'created_at' },
    ]);
    return bench(documents, model(task), { task: table });
  }

  it('behave as a map of rows does', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const tasks = await freshTable();
        const rows = new Map<string, unknown>();
        for (const step of sequence) await take(step, tasks, rows);
        await take({ kind: 'list', limit: 3 }, tasks, rows);
      }),
      { numRuns: 40 },
    );
  });

  async function take(step: Step, tasks: Bench, rows: Map<string, unknown>): Promise<void> {
    if (step.kind === 'create') {
      const answer = await tasks.ask('create', { body: step.body });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      for (const [name, value] of Object.entries(step.body)) assert.deepEqual(plain(answer.body[name]), plain(value));
      rows.set(String(answer.body.id), answer.body);
      return;
    }
    if (step.kind === 'list') return sameRows(await everyPage(tasks, step.limit), rows);
    const id = [...rows.keys()][step.at] ?? 'no-such-row';
    const row = rows.get(id);
    if (step.kind === 'get') {
      const answer = await tasks.ask('get', { id });
      assert.equal(answer.status, row ? 200 : 404);
      if (row) assert.deepEqual(plain(answer.body), plain(row));
    } else if (step.kind === 'delete') {
      assert.equal((await tasks.ask('delete', { id })).status, row ? 204 : 404);
      rows.delete(id);
    } else {
      const answer = await tasks.ask('update', { id, body: step.body });
      assert.equal(answer.status, row ? 200 : 404, JSON.stringify(answer.body));
      if (!row) return;
      const expected = { ...Object(row), ...step.body, updated_at: answer.body.updated_at };
      assert.deepEqual(plain(answer.body), plain(expected));
      rows.set(id, answer.body);
    }
  }

  async function everyPage(tasks: Bench, limit: number): Promise<unknown[]> {
    const all: unknown[] = [];
    let cursor: unknown = null;
    do {
      const query = { limit: String(limit), ...(typeof cursor === 'string' ? { cursor } : {}) };
      const page = await tasks.ask('list', { query });
      assert.equal(page.status, 200);
      assert.ok(Array.isArray(page.body.items) && page.body.items.length <= limit);
      all.push(...page.body.items);
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    return all;
  }

  function sameRows(listed: unknown[], rows: ReadonlyMap<string, unknown>): void {
    const byId = (list: unknown[]) =>
      list.map(plain).sort((a, b) => (String(Object(a).id) < String(Object(b).id) ? -1 : 1));
    assert.deepEqual(byId(listed), byId([...rows.values()]));
  }

  it('never answer 500, whatever is sent', async function () {
    this.timeout(60_000);
    const tasks = await freshTable();
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('', '{}', '{"title":"\\ud800"}'),
    );
    const names = fc.constantFrom(
      'title',
      'position',
      'estimate',
      'details',
      'remind_at',
      'id',
      '__proto__',
      'toString',
    );
    const almost = fc.dictionary(names, fc.anything({ maxDepth: 3 })).map((body) => safeJson(body));
    const cursors = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.tuple(fc.string(), fc.string()).map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operations),
        fc.oneof(anything, almost),
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.option(cursors),
        async (operation, text, id, cursor) => {
          const query = cursor === null ? {} : { cursor };
          const wellFormed = !/\p{Surrogate}/u.test(id);
          const answer = await tasks.ask(operation, { text, id: wellFormed ? id : 'x', query });
          assert.ok(
            answer.status < 500,
            JSON.stringify({ operation, text, id, cursor, answer, log: tasks.log.at(-2) }),
          );
        },
      ),
      { numRuns: 600 },
    );
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? Number(part) : part)) ?? '';
  } catch {
    return '';
  }
}
