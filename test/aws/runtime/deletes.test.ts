import assert from 'node:assert/strict';
import { type Moto, motoFor } from '../support/moto.ts';
import { type DatabaseCall, type DeployedBackend, deploy } from './backend.ts';

const blueprint = `
auth: { roles: [admin] }
entities:
  - name: shelf
    fields: [{ name: name }]
  - name: book
    fields:
      - { name: shelf_id, references: shelf, on_delete: cascade }
      - { name: isbn, unique: true }
      - { name: sequel_to, references: book, on_delete: cascade }
      - { name: cover_of, references: book, on_delete: set_null, unique: true }
  - name: note
    soft_delete: true
    fields:
      - { name: book_id, references: book, on_delete: cascade, required: true }
      - { name: label, unique: true }
  - name: reply
    fields: [{ name: note_id, references: note, on_delete: cascade }]
  - name: loan
    ttl: ends_at
    fields:
      - { name: book_id, references: book, on_delete: restrict }
      - { name: ends_at, type: integer }
  - name: bookmark
    fields: [{ name: book_id, references: book, on_delete: set_null }]
  - name: genre
    fields: [{ name: name, required: true }]
  - name: genre_of_book
    fields:
      - { name: book_id, primary: true, references: book, on_delete: cascade }
      - { name: genre_id, primary: true, sort: true, references: genre, on_delete: cascade }
      - { name: rank, type: integer, unique: true }
api:
  resources:
    - { entity: shelf, auth: public }
    - { entity: book, auth: public }
    - { entity: note, auth: public }
    - { entity: reply, auth: public }
    - { entity: loan, auth: public }
    - { entity: bookmark, auth: public }
    - { entity: genre, auth: public }
    - { entity: genre_of_book, auth: public, operations: [create, get, update, delete] }
`;

describe('references and deletes', () => {
  let moto: Moto | undefined;
  let backend: DeployedBackend;
  let meanwhile: ((call: DatabaseCall) => Promise<void> | void) | undefined;
  let remaining = Number.POSITIVE_INFINITY;
  before(async function () {
    moto = await motoFor(this);
    backend = await deploy(moto.endpoint, blueprint, {
      before: (call) => meanwhile?.(call),
      remaining: () => remaining,
    });
  });
  afterEach(() => {
    meanwhile = undefined;
    remaining = Number.POSITIVE_INFINITY;
  });
  after(async () => {
    backend?.stop();
    await moto?.stop();
  });

  async function make(entity: string, body: object = {}): Promise<string> {
    const answer = await backend.ask(entity, 'create', { body });
    assert.equal(answer.status, 201, JSON.stringify([answer.body, backend.log.at(-1)]));
    return String(answer.body.id);
  }
  const statusOf = async (entity: string, id: string) => (await backend.ask(entity, 'get', { id })).status;
  const remove = async (entity: string, id: string) => (await backend.ask(entity, 'delete', { id })).status;
  const claims = async (entity: string) => (await backend.items(entity)).filter((item) => '_claimant' in item).length;

  it('name rows that are there, all wrong ones at once, the same row twice', async () => {
    const answer = await backend.ask('book', 'create', { body: { shelf_id: 'a', sequel_to: 'b', isbn: 'i-1' } });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body.errors, [
      { field: 'shelf_id', message: 'names a shelf that does not exist' },
      { field: 'sequel_to', message: 'names a book that does not exist' },
    ]);
    assert.equal(await claims('book'), 0);
    const first = await make('book');
    const twice = await backend.ask('book', 'create', { body: { sequel_to: first, cover_of: first } });
    assert.equal(twice.status, 201);
    const both = await backend.ask('book', 'create', { body: { sequel_to: 'x', cover_of: 'x' } });
    assert.equal(both.status, 400);
    assert.match(JSON.stringify(both.body.errors), /sequel_to.*cover_of/);
    const [claim] = (await backend.items('book')).filter((item) => '_claimant' in item);
    const toClaim = await backend.ask('book', 'create', { body: { sequel_to: String(claim?.id) } });
    assert.equal(toClaim.status, 400);
  });

  it('do not name what is marked as deleted or past its time', async () => {
    const note = await make('note', { book_id: await make('book') });
    const reply = await make('reply', { note_id: note });
    assert.equal(await remove('note', note), 204);
    assert.equal(await statusOf('reply', reply), 404);
    assert.equal((await backend.ask('reply', 'create', { body: { note_id: note } })).status, 400);
  });

  it('may name the row itself, which is deleted like any other', async () => {
    const id = await make('book');
    const asked = { id, body: { sequel_to: id, cover_of: id } };
    assert.equal((await backend.ask('book', 'update', asked)).status, 200);
    assert.equal(await remove('book', id), 204);
    assert.equal(await statusOf('book', id), 404);
  });

  it('are not written once the row that they name has gone in the same moment', async () => {
    const shelf = await make('shelf');
    meanwhile = async ({ name }) => {
      if (name !== 'TransactWriteItems') return;
      meanwhile = undefined;
      assert.equal(await remove('shelf', shelf), 204);
    };
    assert.equal((await backend.ask('book', 'create', { body: { shelf_id: shelf } })).status, 400);
  });

  it('cascade through several entities, release every claim, and touch nothing else', async () => {
    const [shelf, other] = [await make('shelf'), await make('shelf')];
    const book = await make('book', { shelf_id: shelf, isbn: 'c-1' });
    const sequel = await make('book', { sequel_to: book, isbn: 'c-2' });
    const third = await make('book', { sequel_to: sequel, isbn: 'c-3', shelf_id: other });
    const cover = await make('book', { cover_of: third, isbn: 'c-4' });
    const note = await make('note', { book_id: third, label: 'mine' });
    const reply = await make('reply', { note_id: note });
    const bookmark = await make('bookmark', { book_id: third });
    const spared = await make('book', { shelf_id: other, isbn: 'c-5' });
    const before = (await backend.ask('bookmark', 'get', { id: bookmark })).headers.etag;

    assert.equal(await remove('shelf', shelf), 204);
    for (const id of [book, sequel, third]) assert.equal(await statusOf('book', id), 404);
    assert.equal(await statusOf('note', note), 404);
    assert.equal(await statusOf('reply', reply), 404);
    const left = await backend.ask('bookmark', 'get', { id: bookmark });
    assert.deepEqual([left.status, left.body.book_id], [200, null]);
    assert.notEqual(left.headers.etag, before);
    assert.equal((await backend.ask('book', 'get', { id: cover })).body.cover_of, null);
    assert.equal(await statusOf('book', spared), 200);
    // What is marked stays in the table; what is deleted does not.
    assert.ok((await backend.items('note')).some((item) => item.id === note && 'deleted_at' in item));
    for (const isbn of ['c-1', 'c-2', 'c-3']) await make('book', { isbn });
    for (const isbn of ['c-4', 'c-5'])
      assert.equal((await backend.ask('book', 'create', { body: { isbn } })).status, 409);
    await make('note', { book_id: spared, label: 'mine' });
    const again = await make('book');
    await make('book', { cover_of: again });
  });

  it('cascade in a circle, and end', async () => {
    const first = await make('book');
    const second = await make('book', { sequel_to: first });
    const third = await make('book', { sequel_to: second });
    await backend.ask('book', 'update', { id: first, body: { sequel_to: third } });
    assert.equal(await remove('book', second), 204);
    for (const id of [first, second, third]) assert.equal(await statusOf('book', id), 404);
  });

  it('go down a long line', async () => {
    let above: string | undefined;
    const line: string[] = [];
    for (let n = 0; n < 40; n++) {
      above = await make('book', above === undefined ? {} : { sequel_to: above });
      line.push(above);
    }
    assert.equal(await remove('book', line[0] ?? ''), 204);
    for (const id of line) assert.equal(await statusOf('book', id), 404);
  });

  it('forbid a delete from far below, before anything is gone', async () => {
    const shelf = await make('shelf');
    const book = await make('book', { shelf_id: shelf });
    const sequel = await make('book', { sequel_to: book });
    const note = await make('note', { book_id: book });
    const bookmark = await make('bookmark', { book_id: book });
    const loan = await make('loan', { book_id: sequel });
    const answer = await backend.ask('shelf', 'delete', { id: shelf });
    assert.equal(answer.status, 409);
    assert.match(String(answer.body.detail), /loan/);
    for (const id of [book, sequel]) assert.equal(await statusOf('book', id), 200);
    assert.equal(await statusOf('note', note), 200);
    assert.equal((await backend.ask('bookmark', 'get', { id: bookmark })).body.book_id, book);
    assert.equal(await remove('loan', loan), 204);
    assert.equal(await remove('shelf', shelf), 204);
  });

  it('forbid a delete through one row of many that would let it pass', async () => {
    const shelf = await make('shelf');
    const books = await Promise.all(Array.from({ length: 12 }, () => make('book', { shelf_id: shelf })));
    for (const book_id of [books[0], books[6], books[11]]) {
      const loan = await make('loan', { book_id });
      assert.equal(await remove('shelf', shelf), 409);
      assert.equal(await remove('loan', loan), 204);
    }
    for (const id of books) assert.equal(await statusOf('book', id), 200);
  });

  it('are not forbidden by a row that is past its time', async () => {
    const book = await make('book');
    await make('loan', { book_id: book, ends_at: Math.floor(Date.now() / 1000) - 10 });
    assert.equal(await remove('book', book), 204);
    const lent = await make('book');
    await make('loan', { book_id: lent, ends_at: Math.floor(Date.now() / 1000) + 1000 });
    assert.equal(await remove('book', lent), 409);
  });

  it('join rows of two entities, and go with either', async () => {
    const [book, genre, other] = [
      await make('book'),
      await make('genre', { name: 'Crime' }),
      await make('genre', { name: 'Poetry' }),
    ];
    const join = (body: object) => backend.ask('genre_of_book', 'create', { body });
    const status = async (book_id: string, genre_id: string) =>
      (await backend.ask('genre_of_book', 'get', { path: { book_id, genre_id } })).status;
    assert.equal((await join({ book_id: book, genre_id: genre, rank: 1 })).status, 201);
    assert.equal((await join({ book_id: book, genre_id: genre })).status, 409);
    assert.equal((await join({ book_id: book, genre_id: other, rank: 1 })).status, 409);
    assert.equal((await join({ book_id: book, genre_id: other, rank: 2 })).status, 201);
    const neither = await join({ book_id: 'x', genre_id: 'y' });
    assert.deepEqual([neither.status, Array.isArray(neither.body.errors) && neither.body.errors.length], [400, 2]);
    assert.equal((await join({ book_id: book, genre_id: 'y' })).status, 400);
    assert.equal(await remove('genre', genre), 204);
    assert.deepEqual([await status(book, genre), await status(book, other)], [404, 200]);
    assert.equal(await remove('book', book), 204);
    assert.equal(await status(book, other), 404);
    assert.equal((await backend.items('genre_of_book')).length, 0);
  });

  it('take 250 rows along, two levels deep, in one call', async function () {
    this.timeout(60_000);
    const shelf = await make('shelf');
    const books = await Promise.all(
      Array.from({ length: 50 }, (_, n) => make('book', { shelf_id: shelf, isbn: `f-${n}` })),
    );
    await Promise.all(books.flatMap((book_id) => Array.from({ length: 4 }, () => make('bookmark', { book_id }))));
    await Promise.all(books.slice(0, 10).map((book_id) => make('note', { book_id })));
    const before = await claims('book');
    assert.equal(await remove('shelf', shelf), 204);
    assert.equal(before - (await claims('book')), 50);
    const items = await backend.items('bookmark');
    assert.ok(items.every((item) => !books.includes(String(item.book_id))));
    assert.ok((await backend.items('book')).every((item) => item.shelf_id !== shelf));
  });

  it('that break off say so, and go on when they are asked again', async function () {
    this.timeout(60_000);
    const shelf = await make('shelf');
    await Promise.all(Array.from({ length: 60 }, (_, n) => make('book', { shelf_id: shelf, isbn: `b-${n}` })));
    const left = async () => (await backend.items('book')).filter((item) => item.shelf_id === shelf).length;
    remaining = 28_000;
    meanwhile = () => {
      remaining -= 100;
    };
    const answer = await backend.ask('shelf', 'delete', { id: shelf });
    assert.equal(answer.status, 503);
    assert.match(String(answer.body.detail), /again/);
    const after = await left();
    assert.ok(after > 0 && after < 60, String(after));
    assert.equal(await statusOf('shelf', shelf), 200, 'a row goes after everything below it');
    meanwhile = undefined;
    remaining = Number.POSITIVE_INFINITY;
    assert.equal(await remove('shelf', shelf), 204);
    assert.equal(await left(), 0);
    assert.equal(
      (await backend.items('book')).filter(({ _claimant }) => _claimant !== undefined).length,
      await claims('book'),
    );
    await make('book', { isbn: 'b-0' });
  });

  it('take rows along that came to refer to the row while it went', async () => {
    const shelf = await make('shelf');
    let late: string | undefined;
    meanwhile = async ({ name, input }) => {
      if (name !== 'DeleteItem' || input.TableName !== backend.table('shelf')) return;
      meanwhile = undefined;
      late = await make('book', { shelf_id: shelf });
    };
    assert.equal(await remove('shelf', shelf), 204);
    assert.equal(await statusOf('book', late ?? ''), 404);
  });

  it('leave a row alone that refers to another one by now', async () => {
    const [shelf, other] = [await make('shelf'), await make('shelf')];
    const book = await make('book', { shelf_id: shelf, isbn: 'moved' });
    meanwhile = async ({ name, input }) => {
      if (name !== 'TransactWriteItems' || !JSON.stringify(input).includes(book)) return;
      meanwhile = undefined;
      assert.equal((await backend.ask('book', 'update', { id: book, body: { shelf_id: other } })).status, 200);
    };
    assert.equal(await remove('shelf', shelf), 204);
    assert.equal((await backend.ask('book', 'get', { id: book })).body.shelf_id, other);
    assert.equal((await backend.ask('book', 'create', { body: { isbn: 'moved' } })).status, 409);
  });

  it('of a row that changes at the last moment follow If-Match', async () => {
    const created = await backend.ask('book', 'create', { body: {} });
    const id = String(created.body.id);
    meanwhile = async ({ name }) => {
      if (name !== 'DeleteItem') return;
      meanwhile = undefined;
      assert.equal((await backend.ask('book', 'update', { id, body: { isbn: 'late' } })).status, 200);
    };
    const headers = { 'If-Match': created.headers.etag ?? '' };
    assert.equal((await backend.ask('book', 'delete', { id, headers })).status, 412);
    assert.equal(await remove('book', id), 204);
    await make('book', { isbn: 'late' });
  });

  it('take every right that is given, and no other', async () => {
    const shelf = await make('shelf');
    const [above, book] = [await make('book', { shelf_id: shelf }), await make('book')];
    const genre = await make('genre', { name: 'Art' });
    const joined = { book_id: above, genre_id: genre };
    for (const book_id of [above, book])
      await backend.ask('genre_of_book', 'create', {
        body: { book_id, genre_id: genre, rank: book_id === book ? 8 : 9 },
      });
    assert.equal((await backend.ask('genre_of_book', 'delete', { path: joined })).status, 204);
    await backend.ask('genre_of_book', 'create', { body: { ...joined, rank: 5 } });
    const note = await make('note', { book_id: book, label: 'right' });
    assert.equal((await backend.ask('note', 'create', { body: { book_id: book, label: 'right' } })).status, 409);
    await make('reply', { note_id: note });
    await make('bookmark', { book_id: book });
    assert.equal(await remove('shelf', shelf), 204);
    assert.equal(await remove('book', book), 204);
    const last = await make('note', { book_id: await make('book'), label: 'right' });
    assert.equal(await remove('note', last), 204);
    for (const entity of ['reply', 'loan', 'bookmark']) {
      const { body } = await backend.ask(entity, 'create', { body: {} });
      const wrong = { 'If-Match': '"another"' };
      assert.equal((await backend.ask(entity, 'delete', { id: String(body.id), headers: wrong })).status, 412);
      assert.equal(await remove(entity, String(body.id)), 204);
    }
    const writes = [...backend.granted].filter((grant) => /^(Create|Delete)/.test(grant));
    assert.deepEqual(
      writes.filter((grant) => !backend.used.has(grant)),
      [],
    );
  });
});
