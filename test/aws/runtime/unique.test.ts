import assert from 'node:assert/strict';
import { type Moto, motoFor } from '../support/moto.ts';
import { type DatabaseCall, type DeployedBackend, deploy } from './backend.ts';

const blueprint = `
auth: { roles: [admin] }
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities:
  - name: person
    ttl: leaves_at
    fields:
      - { name: email, unique: true, max_length: 200 }
      - { name: number, type: integer, unique: true }
      - { name: born_at, type: datetime, unique: true }
      - { name: chair, type: boolean, unique: true }
      - { name: note }
      - { name: leaves_at, type: datetime }
  - name: letter
    soft_delete: true
    fields: [{ name: slug, unique: true, required: true }, { name: big, type: json }]
  - name: page
    fields:
      - { name: book, primary: true }
      - { name: place, type: integer, primary: true, sort: true }
      - { name: title, unique: true }
  - name: chapter
    timestamps: false
    fields:
      - { name: book, primary: true }
      - { name: place, primary: true, sort: true }
      - { name: title, unique: true }
    indexes: [{ name: by_place, partition: place }]
  - name: member
    tenancy: tenant
    owner_field: user_id
    fields: [{ name: login, unique: true }, { name: user_id, unique: true }]
api:
  resources:
    - { entity: person, auth: public, allow_scan: true }
    - { entity: letter, auth: public }
    - { entity: page, auth: public, base_path: /pages }
    - { entity: chapter, auth: public, allow_scan: true }
    - { entity: member }
`;

describe('unique values', () => {
  let moto: Moto | undefined;
  let backend: DeployedBackend;
  /** Runs before a call of a handler, once for each call. */
  let meanwhile: ((call: DatabaseCall) => Promise<void> | void) | undefined;
  let now = () => new Date();
  before(async function () {
    moto = await motoFor(this);
    backend = await deploy(moto.endpoint, blueprint, {
      now: () => now(),
      before: (call) => meanwhile?.(call),
    });
  });
  afterEach(() => {
    meanwhile = undefined;
    now = () => new Date();
  });
  after(async () => {
    backend?.stop();
    await moto?.stop();
  });

  let counter = 0;
  const unused = (): string => `value-${counter++}`;

  async function make(entity: string, body: object, more: object = {}): Promise<string> {
    const answer = await backend.ask(entity, 'create', { body, ...more });
    assert.equal(answer.status, 201, JSON.stringify([answer.body, backend.log.at(-2)]));
    return String(answer.body.id);
  }
  async function refuse(entity: string, body: object, field: string, more: object = {}): Promise<void> {
    const answer = await backend.ask(entity, 'create', { body, ...more });
    assert.equal(answer.status, 409, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.errors, [{ field, message: `is taken by another ${entity}` }]);
  }
  const isClaim = (item: Record<string, unknown>): boolean => '_claimant' in item;
  const claimsIn = async (entity: string) => (await backend.items(entity)).filter(isClaim);

  /** Every claim belongs to a row that holds the value, and every value that is held is claimed. */
  async function consistent(entity: string, fields: readonly string[]): Promise<void> {
    const items = await backend.items(entity);
    const rows = items.filter((item) => !isClaim(item) && !('deleted_at' in item));
    const held = rows.flatMap((row) =>
      fields.flatMap((name) => (row[name] === undefined ? [] : [JSON.stringify([row.id])])),
    );
    assert.deepEqual(
      items
        .filter(isClaim)
        .map(({ _claimant }) => _claimant)
        .sort(),
      held.sort(),
    );
    for (const name of fields) {
      const values = rows.flatMap((row) => (row[name] === undefined ? [] : [JSON.stringify(row[name])]));
      assert.equal(new Set(values).size, values.length, `${name} is there twice`);
    }
  }

  it('are given to one of twenty writers who want the same', async function () {
    this.timeout(60_000);
    const email = unused();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        backend.ask('person', 'create', { body: { email, number: 1000 + number } }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array.from({ length: 19 }, () => 409)]);
    for (const { status, body } of answers)
      if (status === 409) assert.match(JSON.stringify(body.errors), /^\[\{"field":"email"/);
    const rows = (await backend.items('person')).filter((item) => item.email === email);
    assert.equal(rows.length, 1);
    await consistent('person', ['email', 'number', 'born_at', 'chair']);
  });

  it('of several fields are each claimed, and the answer names the one in the way', async () => {
    const body = { email: unused(), number: 7, born_at: '2000-01-01T00:00:00Z' };
    await make('person', body);
    await refuse('person', { ...body, email: unused(), number: 8 }, 'born_at');
    await refuse('person', { email: unused(), number: 7 }, 'number');
    await refuse('person', { email: unused(), born_at: '2000-01-01T01:00:00+01:00' }, 'born_at');
    // 7 and "7" are values of different fields and types.
    await make('person', { email: '7' });
    await consistent('person', ['email', 'number', 'born_at', 'chair']);
  });

  it('may be an empty text, a false or a zero, once', async () => {
    await make('person', { email: '', number: 0, chair: false });
    await refuse('person', { email: '' }, 'email');
    await refuse('person', { number: -0 }, 'number');
    await refuse('person', { chair: false }, 'chair');
    await make('person', { chair: true });
  });

  it('differ where their characters do: no folding of case, no normalising', async () => {
    await make('person', { email: 'Zoë' });
    await make('person', { email: 'zoë' });
    await make('person', { email: 'Zoe\u0308' });
    await refuse('person', { email: 'Zoë' }, 'email');
  });

  it('that are not there do not meet', async () => {
    await make('person', {});
    await make('person', { email: null });
  });

  it('follow a row through updates: kept, changed, cleared, taken', async () => {
    const [first, second] = [unused(), unused()];
    const id = await make('person', { email: first });
    const other = await make('person', { email: second });
    const update = (of: string, body: object) => backend.ask('person', 'update', { id: of, body });
    assert.equal((await update(id, { email: first, note: 'kept' })).status, 200);
    await refuse('person', { email: first }, 'email');
    const taken = await update(id, { email: second, note: 'lost' });
    assert.deepEqual(
      [taken.status, taken.body.errors],
      [409, [{ field: 'email', message: 'is taken by another person' }]],
    );
    assert.equal((await backend.ask('person', 'get', { id })).body.note, 'kept');

    const third = unused();
    assert.equal((await update(id, { email: third })).body.email, third);
    assert.equal((await update(other, { email: first })).status, 200, 'what was given up is free');
    assert.equal((await update(id, { email: null })).body.email, null);
    assert.equal((await update(id, { note: 'nothing unique' })).status, 200);
    await make('person', { email: third });
    await consistent('person', ['email', 'number', 'born_at', 'chair']);
  });

  it('swap owners without a moment in which both have it', async function () {
    this.timeout(60_000);
    const [one, two] = [unused(), unused()];
    const ids = [await make('person', { email: one }), await make('person', { email: two })];
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        ids.flatMap((id) => [one, two].map((email) => backend.ask('person', 'update', { id, body: { email } }))),
      );
      for (const { status } of answers) assert.ok([200, 409].includes(status), String(status));
      await consistent('person', ['email', 'number', 'born_at', 'chair']);
    }
  });

  it('are free again when the row is deleted, or marked as deleted', async () => {
    const email = unused();
    const id = await make('person', { email, number: 99 });
    assert.equal((await backend.ask('person', 'delete', { id })).status, 204);
    await make('person', { email, number: 99 });

    const slug = unused();
    const letter = await make('letter', { slug });
    assert.equal((await backend.ask('letter', 'delete', { id: letter })).status, 204);
    const again = await make('letter', { slug });
    await refuse('letter', { slug }, 'slug');
    assert.equal((await backend.ask('letter', 'get', { id: letter })).status, 404);
    assert.equal((await backend.ask('letter', 'get', { id: again })).status, 200);
    await consistent('letter', ['slug']);
  });

  it('are unique within a tenant, and tell nothing of another one', async () => {
    const login = unused();
    const claims = (user: string, tenant: string) => ({ claims: { sub: user, 'custom:tenant_id': tenant } });
    const id = await make('member', { login }, claims('u1', 'acme'));
    await make('member', { login }, claims('u2', 'rival'));
    await refuse('member', { login }, 'login', claims('u3', 'acme'));
    await refuse('member', { login: unused() }, 'user_id', claims('u1', 'acme'));
    await make('member', { login: unused() }, claims('u1', 'rival'));
    const stranger = { id, body: { login: unused() }, ...claims('u2', 'rival') };
    assert.equal((await backend.ask('member', 'update', stranger)).status, 404);
    assert.equal((await backend.ask('member', 'delete', stranger)).status, 404);
    await refuse('member', { login }, 'login', claims('u4', 'acme'));
  });

  it('work beside keys of two fields, whatever the type of the second', async () => {
    for (const [entity, places] of [
      ['page', [1, 2, 3]],
      ['chapter', ['a', 'b', 'c']],
    ] as const) {
      const [first, second, third] = places;
      const title = unused();
      const create = (body: object) => backend.ask(entity, 'create', { body });
      assert.equal((await create({ book: 'b', place: first, title })).status, 201);
      assert.equal((await create({ book: 'b', place: second, title })).status, 409);
      assert.equal((await create({ book: 'b', place: first, title: unused() })).status, 409);
      const path = { book: 'b', place: String(first) };
      const next = unused();
      assert.equal((await backend.ask(entity, 'update', { path, body: { title: next } })).status, 200);
      assert.equal((await create({ book: 'c', place: third, title })).status, 201);
      assert.equal((await backend.ask(entity, 'delete', { path })).status, 204);
      assert.equal((await create({ book: 'd', place: first, title: next })).status, 201);
      assert.equal((await claimsIn(entity)).length, 2);
    }
  });

  it('leave claims that no caller sees, changes or makes', async () => {
    const slug = unused();
    await make('letter', { slug });
    for (const [entity, key] of [
      ['letter', 'id'],
      ['person', 'id'],
      ['page', 'book'],
      ['chapter', 'book'],
    ] as const) {
      for (const claim of await claimsIn(entity)) {
        const path = { [key]: String(claim[key]), ...('place' in claim ? { place: String(claim.place) } : {}) };
        const body = entity === 'letter' ? { slug: 'x' } : entity === 'person' ? { note: 'x' } : { title: 'x' };
        assert.equal((await backend.ask(entity, 'get', { path })).status, 404);
        assert.equal((await backend.ask(entity, 'update', { path, body })).status, 404);
        assert.equal((await backend.ask(entity, 'delete', { path })).status, 404);
      }
      const before = (await claimsIn(entity)).length;
      assert.ok(before > 0, entity);
      let cursor: unknown;
      do {
        const query = { limit: '100', ...(typeof cursor === 'string' ? { cursor } : {}) };
        const page =
          entity === 'page' ? { body: { items: [], next_cursor: null } } : await backend.ask(entity, 'list', { query });
        assert.ok(Array.isArray(page.body.items));
        for (const row of page.body.items) assert.doesNotMatch(String(row[key]), /^_/);
        cursor = page.body.next_cursor;
      } while (cursor !== null);
      assert.equal((await claimsIn(entity)).length, before);
    }
    const [claim] = await claimsIn('page');
    for (const book of [String(claim?.book), '_backdrift#', '_backdrift#x']) {
      const answer = await backend.ask('page', 'create', { body: { book, place: 1 } });
      assert.deepEqual([answer.status, JSON.stringify(answer.body.errors).includes('book')], [400, true]);
    }
    assert.equal((await backend.ask('page', 'create', { body: { book: '_other', place: 1 } })).status, 201);
  });

  describe('whose row is gone without the API', () => {
    async function abandoned(field: string, value: unknown): Promise<string> {
      const id = await make('person', { [field]: value });
      await backend.documents.delete({ TableName: backend.table('person'), Key: { id } });
      return id;
    }

    it('are taken over', async () => {
      const email = unused();
      await abandoned('email', email);
      const id = await make('person', { email });
      await refuse('person', { email }, 'email');
      const other = unused();
      await abandoned('email', other);
      assert.equal((await backend.ask('person', 'update', { id, body: { email: other } })).status, 200);
      await refuse('person', { email: other }, 'email');
      await make('person', { email });
    });

    it('are taken over where the row holds another value by now', async () => {
      const email = unused();
      const id = await make('person', { email });
      await backend.documents.update({
        TableName: backend.table('person'),
        Key: { id },
        UpdateExpression: 'SET email = :other',
        ExpressionAttributeValues: { ':other': unused() },
      });
      const next = await make('person', { email });
      // The first row does not own the claim any more: what it gives up is not the second one's.
      assert.equal((await backend.ask('person', 'update', { id, body: { email: unused() } })).status, 200);
      await refuse('person', { email }, 'email');
      assert.equal((await backend.ask('person', 'delete', { id })).status, 204);
      assert.equal((await backend.ask('person', 'delete', { id: next })).status, 204);
      await make('person', { email });
    });

    it('go to one of twenty writers', async function () {
      this.timeout(60_000);
      const email = unused();
      await abandoned('email', email);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => backend.ask('person', 'create', { body: { email } })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 19 }, () => 409)]);
      assert.equal((await backend.items('person')).filter((item) => item.email === email).length, 1);
    });

    it('are not taken over from a row that came back in the meantime', async () => {
      const title = unused();
      await backend.ask('page', 'create', { body: { book: 'back', place: 1, title } });
      const key = { TableName: backend.table('page'), Key: { book: 'back', place: 1 } };
      await backend.documents.delete(key);
      let came = false;
      let looked = false;
      meanwhile = async ({ name }) => {
        // After the newcomer saw that the row is gone, and before it writes: the row is made again through the API.
        if (name === 'GetItem') looked = true;
        if (name !== 'TransactWriteItems' || !looked || came) return;
        came = true;
        const { Items } = await backend.documents.scan({ TableName: backend.table('page') });
        const claim = Items?.find((item) => item._claimant === '["back",1]');
        assert.ok(claim);
        await backend.documents.put({ TableName: backend.table('page'), Item: { ...claim, _revision: 'another' } });
        await backend.documents.put({ TableName: backend.table('page'), Item: { book: 'back', place: 1, title } });
      };
      const answer = await backend.ask('page', 'create', { body: { book: 'new', place: 2, title } });
      assert.deepEqual([came, answer.status], [true, 409]);
    });

    it('are not needed once the row has expired, and expire with it', async () => {
      const email = unused();
      const leaves_at = '2030-01-01T00:00:00.000Z';
      const seconds = Date.parse(leaves_at) / 1000;
      const id = await make('person', { email, leaves_at });
      const claimOf = async () =>
        (await claimsIn('person')).find(({ _claimant }) => _claimant === JSON.stringify([id]));
      assert.equal((await claimOf())?._ttl, seconds);
      const later = await backend.ask('person', 'update', { id, body: { leaves_at: '2031-01-01T00:00:00Z' } });
      assert.equal(later.status, 200);
      assert.equal((await claimOf())?._ttl, Date.parse('2031-01-01') / 1000);
      await backend.ask('person', 'update', { id, body: { leaves_at: null } });
      const forever = await claimOf();
      assert.ok(forever && !('_ttl' in forever));
      await backend.ask('person', 'update', { id, body: { leaves_at } });

      await refuse('person', { email }, 'email');
      now = () => new Date(Date.parse(leaves_at) + 1000);
      const next = await make('person', { email });
      assert.notEqual(next, id);
      await refuse('person', { email }, 'email');
    });
  });

  describe('in a busy table', () => {
    const canceled = (codes: string[]) =>
      Object.assign(new Error('Transaction cancelled'), {
        name: 'TransactionCanceledException',
        CancellationReasons: codes.map((Code) => ({ Code })),
      });

    it('are waited for while other transactions are in the way, and given up with 503', async () => {
      for (const [conflicts, status] of [
        [3, 201],
        [1000, 503],
      ] as const) {
        let left: number = conflicts;
        meanwhile = ({ name }) => {
          if (name === 'TransactWriteItems' && left-- > 0) throw canceled(['None', 'TransactionConflict']);
        };
        const answer = await backend.ask('person', 'create', { body: { email: unused() } });
        assert.equal(answer.status, status);
        if (status === 503) assert.equal(answer.headers['retry-after'], '1');
      }
    });

    it('are waited for also where a single write meets a transaction', async () => {
      const id = await make('person', { email: unused() });
      for (const operation of ['update', 'create'] as const) {
        let left = 2;
        meanwhile = () => {
          if (left-- > 0) throw Object.assign(new Error('conflict'), { name: 'TransactionConflictException' });
        };
        const asked = operation === 'update' ? { id, body: { note: 'x' } } : { body: { note: 'x' } };
        assert.equal((await backend.ask('person', operation, asked)).status, operation === 'update' ? 200 : 201);
      }
    });

    it('do not hide what else is wrong: a right that is missing is a 500 without a word of it', async () => {
      meanwhile = ({ name }) => {
        if (name === 'TransactWriteItems') throw canceled(['AccessDenied', 'None']);
      };
      const answer = await backend.ask('person', 'create', { body: { email: unused() } });
      assert.deepEqual([answer.status, /access|denied|transact/i.test(JSON.stringify(answer.body))], [500, false]);
    });
  });

  it('of a row that is too large are a 413, when it is made and when it grows', async () => {
    const slug = unused();
    const big = 'x'.repeat(300_000);
    const id = await make('letter', { slug, big });
    const tooBig = 'ü'.repeat(210_000);
    assert.equal((await backend.ask('letter', 'create', { body: { slug: unused(), big: tooBig } })).status, 413);
    assert.equal((await backend.ask('letter', 'update', { id, body: { slug: unused(), big: tooBig } })).status, 413);
    assert.equal((await backend.ask('letter', 'update', { id, body: { big: tooBig } })).status, 413);
    await refuse('letter', { slug }, 'slug');
    await consistent('letter', ['slug']);
  });

  it('take no right that is not used', () => {
    const writes = [...backend.granted].filter((grant) => /^(Create|Update|Delete)(Person|Letter|Page):/.test(grant));
    assert.deepEqual(
      writes.filter((grant) => !backend.used.has(grant)),
      [],
    );
  });
});
