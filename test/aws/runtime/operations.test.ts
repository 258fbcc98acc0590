import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { entity, field, model, task } from '../../builders/entity-models.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type Bench, bench, connect, makeTable } from './bench.ts';

const listIndex = { name: 'backdrift-list', partition: '_list', sort: 'created_at' };

describe('generated operations on DynamoDB', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  let tasks: Bench;

  before(async function () {
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
    await makeTable(client, 'tasks', { partition: 'id' }, [listIndex]);
    tasks = bench(documents, model(task), { task: 'tasks' });
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  async function created(body: object = {}): Promise<Record<string, unknown> & { id: string }> {
    const answer = await tasks.ask('create', { body: { title: 'Write', ...body } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const { id } = answer.body;
    assert.ok(typeof id === 'string');
    return { ...answer.body, id };
  }

  describe('create', () => {
    it('stores the row with id, times and defaults, and shows every field', async () => {
      const row = await created({ remind_at: '2026-03-31T10:30:00+02:00', details: { constructor: { name: 'Set' } } });
      assert.deepEqual(row.details, { constructor: { name: 'Set' } });
      assert.match(row.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(row.priority, 'medium');
      assert.equal(row.done, false);
      assert.equal(row.code, null);
      assert.equal(row.remind_at, '2026-03-31T08:30:00.000Z');
      assert.equal(row.created_at, row.updated_at);
      assert.deepEqual(Object.keys(row).sort(), task.fields.map(({ name }) => name).sort());
      const read = await tasks.ask('get', { id: row.id });
      assert.deepEqual(read.body, { ...row, details: { constructor: { name: 'Set' } } });
    });

    it('names every field that is wrong, and stores nothing', async () => {
      const wrong = {
        title: '',
        code: 'xx',
        priority: 'urgent',
        estimate: 1001,
        position: 1.5,
        done: 'yes',
        due_on: '2026-02-30',
        remind_at: '2026-01-01',
        details: { '': 1 },
        id: 'mine',
        created_at: '2026-01-01T00:00:00Z',
        colour: 'red',
      };
      const answer = await tasks.ask('create', { body: wrong });
      assert.equal(answer.status, 400);
      const errors: unknown = answer.body.errors;
      assert.ok(Array.isArray(errors));
      assert.deepEqual(errors.map(({ field }) => field).sort(), Object.keys(wrong).sort());
      assert.equal(answer.body.request_id, 'request-1');
    });

    it('asks for what is required', async () => {
      const answer = await tasks.ask('create', { body: {} });
      assert.deepEqual(answer.body.errors, [{ field: 'title', message: 'is required' }]);
      assert.equal((await tasks.ask('create', { body: { title: null } })).status, 400);
    });

    it('counts characters, not code units', async () => {
      assert.equal((await created({ title: '😀'.repeat(20) })).title, '😀'.repeat(20));
      assert.equal((await tasks.ask('create', { body: { title: '😀'.repeat(21) } })).status, 400);
    });

    it('refuses bodies that are no JSON object', async () => {
      for (const text of ['', '[]', 'null', '"x"', '{', '{"title": undefined}']) {
        assert.equal((await tasks.ask('create', { text })).status, 400, text);
      }
    });

    it('refuses what does not fit into a row with 413', async () => {
      const answer = await tasks.ask('create', { body: { title: 'Big', details: 'x'.repeat(420_000) } });
      assert.equal(answer.status, 413);
      const justOver = await tasks.ask('create', { body: { title: 'Big', details: 'x'.repeat(409_550) } });
      assert.equal(justOver.status, 413);
    });

    it('keeps every JSON value as it was', async () => {
      const details = { a: [1, -0.5, 'x', null, true, { b: [] }], toString: 'x', n: 1e-100, 'ü.#': '' };
      const row = await created({ details });
      assert.deepEqual((await tasks.ask('get', { id: row.id })).body.details, details);
    });
  });

  describe('get', () => {
    it('answers 404 for ids that no row has', async () => {
      for (const id of ['nothing', '', ' ', '..', '%', 'x'.repeat(5000), '\u0000', '__proto__', 'a/b?c#d']) {
        assert.equal((await tasks.ask('get', { id })).status, 404, id);
      }
      assert.equal((await tasks.ask('get')).status, 404);
    });
  });

  describe('update', () => {
    it('changes what the body names and nothing else', async () => {
      const row = await created({ position: 3, code: 'AB-1' });
      const answer = await tasks.ask('update', { id: row.id, body: { done: true, code: null } });
      assert.equal(answer.status, 200);
      const { updated_at, ...rest } = answer.body;
      const { updated_at: before, ...expected } = row;
      assert.deepEqual(rest, { ...expected, done: true, code: null });
      assert.ok(String(updated_at) >= String(before));
      const stored = await documents.get({ TableName: 'tasks', Key: { id: row.id } });
      assert.ok(!('code' in (stored.Item ?? {})), 'a cleared field is gone, not null');
    });

    it('makes no row of an unknown id', async () => {
      assert.equal((await tasks.ask('update', { id: 'ghost', body: { done: true } })).status, 404);
      assert.equal((await tasks.ask('get', { id: 'ghost' })).status, 404);
    });

    it('refuses keys, managed and unknown fields, nothing at all, and null for what is required', async () => {
      const { id } = await created();
      for (const body of [{ id: 'x' }, { created_at: '2026-01-01T00:00:00Z' }, { nope: 1 }, {}, { title: null }]) {
        assert.equal((await tasks.ask('update', { id, body })).status, 400, JSON.stringify(body));
      }
    });
  });

  describe('delete', () => {
    it('takes the row away once', async () => {
      const { id } = await created();
      const answer = await tasks.ask('delete', { id });
      assert.equal(answer.status, 204);
      assert.deepEqual(answer.body, {});
      assert.equal((await tasks.ask('delete', { id })).status, 404);
      assert.equal((await tasks.ask('get', { id })).status, 404);
    });
  });

  describe('list', () => {
    it('gives every row once, page by page, oldest first, and hides the list attribute', async () => {
      await makeTable(client, 'notes', { partition: 'id' }, [listIndex]);
      const notes = bench(documents, model(entity('note', [field('n', 'integer')])), { note: 'notes' });
      for (let n = 0; n < 30; n++) await notes.ask('create', { body: { n } });
      const first = await notes.ask('list');
      assert.ok(Array.isArray(first.body.items));
      assert.equal(first.body.items.length, 25);
      const seen: unknown[] = [];
      let cursor: unknown;
      do {
        const query = { limit: '7', ...(typeof cursor === 'string' ? { cursor } : {}) };
        const page = await notes.ask('list', { query });
        assert.equal(page.status, 200);
        assert.ok(Array.isArray(page.body.items));
        assert.ok(page.body.items.length <= 7);
        seen.push(...page.body.items);
        cursor = page.body.next_cursor;
      } while (cursor !== null);
      assert.equal(seen.length, 30);
      assert.deepEqual(
        seen.map((row) => Number(Object(row).n)).sort((a, b) => a - b),
        Array.from({ length: 30 }, (_, n) => n),
      );
      const times = seen.map((row) => String(Object(row).created_at));
      assert.deepEqual(times, [...times].sort());
      assert.ok(seen.every((row) => !('_list' in Object(row))));
    });

    it('refuses limits, cursors and parameters that it does not know', async () => {
      const bad = [
        { limit: '0' },
        { limit: '101' },
        { limit: '-1' },
        { limit: '1e1' },
        { limit: '' },
        { cursor: '' },
        { cursor: 'xx' },
        { cursor: Buffer.from('[1,2]').toString('base64url') },
        { cursor: Buffer.from('["a"]').toString('base64url') },
        { cursor: Buffer.from('{"id":"a"}').toString('base64url') },
        { cursor: '🙂' },
        { status: 'open' },
      ];
      for (const query of bad) {
        assert.equal((await tasks.ask('list', { query: { ...query } })).status, 400, JSON.stringify(query));
      }
    });

    it('scans only where the model has no query', async () => {
      await makeTable(client, 'colours', { partition: 'id' }, []);
      const scanning = model(entity('colour', [field('name', 'string')]), { lists: [], scan: true });
      const colours = bench(documents, scanning, { colour: 'colours' });
      for (const name of ['red', 'green', 'blue']) await colours.ask('create', { body: { name } });
      const first = await colours.ask('list', { query: { limit: '2' } });
      assert.ok(typeof first.body.next_cursor === 'string');
      const second = await colours.ask('list', { query: { limit: '2', cursor: first.body.next_cursor } });
      assert.equal([first.body.items, second.body.items].flat().length, 3);
    });
  });

  describe('keys of the caller’s own', () => {
    it('finds a row by partition and sort key', async () => {
      await makeTable(client, 'lines', { partition: 'order', sort: 'position' }, [], ['position']);
      const lines = bench(
        documents,
        model(
          entity('line', [field('order', 'string'), field('position', 'integer'), field('text', 'string')], {
            key: { partition: 'order', sort: 'position' },
          }),
          {
            lists: [
              {
                partition: [{ attribute: 'order', from: 'request', field: 'order' }],
                sort: { attribute: 'position', field: 'position', conditions: ['eq', 'gt', 'gte', 'lt', 'lte'] },
              },
            ],
          },
        ),
        { line: 'lines' },
      );
      const body = { order: 'o 7', position: 3, text: 'three' };
      assert.equal((await lines.ask('create', { body })).status, 201);
      assert.equal((await lines.ask('create', { body })).status, 409);
      assert.equal((await lines.ask('create', { body: { order: 'o 7', text: 'none' } })).status, 400);
      assert.equal((await lines.ask('create', { body: { order: '', position: 1 } })).status, 400);
      const path = { order: 'o 7', position: '3' };
      assert.equal((await lines.ask('get', { path })).body.text, 'three');
      assert.equal((await lines.ask('get', { path: { order: 'o 7' } })).status, 404);
      assert.equal((await lines.ask('get', { path: { ...path, position: 'x' } })).status, 404);
      assert.equal((await lines.ask('get', { path: { ...path, position: '4' } })).status, 404);
      assert.equal((await lines.ask('update', { path, body: { text: '3' } })).body.text, '3');
      assert.equal((await lines.ask('update', { path, body: { position: 4 } })).status, 400);
      assert.equal((await lines.ask('delete', { path })).status, 204);
    });
  });

  it('writes one line a request, without the caller’s values', async () => {
    tasks.log.length = 0;
    const { id } = await created({ title: 'secret words' });
    await tasks.ask('get', { id });
    assert.deepEqual(
      tasks.log.map(({ event, operation, status }) => ({ event, operation, status })),
      [
        { event: 'request', operation: 'create', status: 201 },
        { event: 'request', operation: 'get', status: 200 },
      ],
    );
    assert.ok(!JSON.stringify(tasks.log).includes('secret'));
    assert.ok(!JSON.stringify(tasks.log).includes(id));
  });

  it('answers a broken database with 500 and tells the caller nothing of it', async () => {
    const broken = bench(documents, model(task), { task: 'no-such-table' });
    const answer = await broken.ask('get', { id: 'a-secret-id' });
    assert.equal(answer.status, 500);
    assert.ok(!JSON.stringify(answer.body).match(/table|Dynamo|Resource/i), JSON.stringify(answer.body));
    const failure = broken.log.find(({ event }) => event === 'failure');
    assert.equal(failure?.error, 'ResourceNotFoundException');
    assert.ok(!JSON.stringify(broken.log).includes('a-secret-id'));
  });
});
