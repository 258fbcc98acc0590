import assert from 'node:assert/strict';
import { operations } from '../../../src/blueprint/schema.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type DeployedBackend, deploy } from './backend.ts';

const blueprint = `
auth: { roles: [admin] }
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities:
  - name: counter
    fields:
      - { name: count, type: integer, default: 0 }
      ${Array.from({ length: 25 }, (_, n) => `- { name: part_${n}, type: integer }`).join('\n      ')}
  - name: account
    tenancy: tenant
    fields:
      - { name: email, unique: true }
      - { name: balance, type: integer }
      - { name: parent_id, references: account }
api:
  resources:
    - { entity: counter, auth: public }
    - { entity: account }
`;

const acme = { sub: 'a', 'custom:tenant_id': 'acme' };
const rival = { sub: 'r', 'custom:tenant_id': 'rival' };

describe('revisions', () => {
  let moto: Moto | undefined;
  let backend: DeployedBackend;
  before(async function () {
    moto = await motoFor(this);
    backend = await deploy(moto.endpoint, blueprint);
  });
  after(async () => {
    backend?.stop();
    await moto?.stop();
  });

  const etagOf = ({ headers }: { headers: Record<string, string> }): string => {
    assert.match(headers.etag ?? '', /^"[0-9a-z-]{20,}"$/);
    return headers.etag ?? '';
  };

  it('are new with every write, the same until then, and never part of a row', async () => {
    const created = await backend.ask('counter', 'create', { body: {} });
    const id = String(created.body.id);
    const first = etagOf(created);
    assert.equal(etagOf(await backend.ask('counter', 'get', { id })), first);
    const second = etagOf(await backend.ask('counter', 'update', { id, body: { count: 0 } }));
    assert.notEqual(second, first);
    const read = await backend.ask('counter', 'get', { id });
    assert.equal(etagOf(read), second);
    assert.ok(!JSON.stringify([created.body, read.body]).includes('_revision'));
    assert.match(read.headers['access-control-expose-headers'] ?? '', /ETag/);
    const { _revision } = (await backend.items('counter')).find((row) => row.id === id) ?? {};
    assert.equal(second, `"${_revision}"`);
  });

  for (const entity of ['counter', 'account']) {
    describe(`of a ${entity}`, () => {
      const claims = entity === 'account' ? acme : undefined;
      const asked = (more: object) => ({ ...(claims ? { claims } : {}), ...more });
      // One that a single write changes, one that takes a transaction.
      let people = 0;
      const change = () => (entity === 'account' ? { email: `${people++}@y.z` } : { count: 5 });
      async function fresh() {
        const answer = await backend.ask(entity, 'create', asked({ body: {} }));
        assert.equal(answer.status, 201);
        return { id: String(answer.body.id), etag: etagOf(answer) };
      }

      it('let a write pass that knows the row, and no other', async () => {
        for (const operation of ['update', 'delete'] as const) {
          const { id, etag } = await fresh();
          const body = operation === 'update' ? { body: change() } : {};
          for (const wrong of ['"0"', '"nothing"', `W/${etag}`, `"a", "b"`, '""']) {
            const answer = await backend.ask(entity, operation, asked({ id, ...body, headers: { 'If-Match': wrong } }));
            assert.equal(answer.status, 412, `${operation} with ${wrong}`);
          }
          for (const malformed of ['', 'abc', etag.slice(1), `${etag} ${etag}`, `${etag}, *`, ',', '"a" b', "'0'"]) {
            const headers = { 'if-match': malformed };
            const answer = await backend.ask(entity, operation, asked({ id, ...body, headers }));
            assert.equal(answer.status, 400, `${operation} with ${malformed}`);
          }
          assert.equal(etagOf(await backend.ask(entity, 'get', asked({ id }))), etag);
          const headers = { 'IF-MATCH': `"other,one" ,${etag}` };
          const answer = await backend.ask(entity, operation, asked({ id, ...body, headers }));
          assert.equal(answer.status, operation === 'update' ? 200 : 204);
        }
      });

      it('let `*` pass wherever a row is, and say 404 where none is', async () => {
        const { id } = await fresh();
        const headers = { 'If-Match': '*' };
        assert.equal((await backend.ask(entity, 'update', asked({ id, body: change(), headers }))).status, 200);
        assert.equal((await backend.ask(entity, 'delete', asked({ id, headers }))).status, 204);
        for (const etag of ['*', '"0"', 'W/"0"']) {
          const gone = { 'If-Match': etag };
          assert.equal((await backend.ask(entity, 'update', asked({ id, body: change(), headers: gone }))).status, 404);
          assert.equal((await backend.ask(entity, 'delete', asked({ id, headers: gone }))).status, 404);
        }
      });

      it('let a read go without a body while nothing has changed', async () => {
        const { id, etag } = await fresh();
        for (const known of [etag, `W/${etag}`, '*', `"x", ${etag}`]) {
          const answer = await backend.ask(entity, 'get', asked({ id, headers: { 'If-None-Match': known } }));
          assert.deepEqual([answer.status, answer.headers.etag, answer.body], [304, etag, {}], known);
        }
        const other = await backend.ask(entity, 'get', asked({ id, headers: { 'If-None-Match': '"x"' } }));
        assert.equal(other.status, 200);
        const bad = await backend.ask(entity, 'get', asked({ id, headers: { 'If-None-Match': 'x' } }));
        assert.equal(bad.status, 400);
        const none = await backend.ask(entity, 'get', asked({ id: 'none', headers: { 'If-None-Match': '*' } }));
        assert.equal(none.status, 404);
      });
    });
  }

  it('tell another tenant nothing, whatever the header', async () => {
    const answer = await backend.ask('account', 'create', { body: {}, claims: acme });
    const id = String(answer.body.id);
    for (const etag of [etagOf(answer), '*', '"0"', '"x"']) {
      const headers = { 'If-Match': etag, 'If-None-Match': etag };
      for (const operation of operations.filter((one) => one !== 'list' && one !== 'create')) {
        for (const body of [{ balance: 1 }, { email: 'e@f.g' }, { parent_id: id }]) {
          const asked = { id, headers, claims: rival, ...(operation === 'update' ? { body } : {}) };
          const refused = await backend.ask('account', operation, asked);
          assert.equal(refused.status, 404, `${operation} ${etag} ${JSON.stringify(body)}`);
          assert.equal(refused.headers.etag, undefined);
        }
      }
    }
  });

  it('of a row that a user’s function wrote is "0", until the API writes it', async () => {
    await backend.documents.put({ TableName: backend.table('counter'), Item: { id: 'made', count: 1 } });
    assert.equal((await backend.ask('counter', 'get', { id: 'made' })).headers.etag, '"0"');
    const wrong = { id: 'made', body: { count: 2 }, headers: { 'If-Match': '"1"' } };
    assert.equal((await backend.ask('counter', 'update', wrong)).status, 412);
    const right = { id: 'made', body: { count: 2 }, headers: { 'If-Match': '"0"' } };
    assert.equal((await backend.ask('counter', 'update', right)).status, 200);
    assert.equal((await backend.ask('counter', 'update', right)).status, 412);
  });

  it('of fifty writers who try until they pass: no update is lost', async function () {
    this.timeout(120_000);
    const created = await backend.ask('counter', 'create', { body: {} });
    const id = String(created.body.id);
    let conflicts = 0;
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        for (;;) {
          const read = await backend.ask('counter', 'get', { id });
          const answer = await backend.ask('counter', 'update', {
            id,
            body: { count: Number(read.body.count) + 1 },
            headers: { 'If-Match': etagOf(read) },
          });
          if (answer.status === 200) return;
          assert.equal(answer.status, 412);
          conflicts++;
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
        }
      }),
    );
    assert.equal((await backend.ask('counter', 'get', { id })).body.count, 50);
    assert.ok(conflicts > 0, 'they never met');
  });

  it('without If-Match, fifty writers of different fields all have their way', async function () {
    this.timeout(120_000);
    const created = await backend.ask('counter', 'create', { body: {} });
    const id = String(created.body.id);
    const writes = Array.from({ length: 50 }, (_, n) => ({ [`part_${n % 25}`]: n < 25 ? -1 : n }));
    const answers = await Promise.all(
      writes.slice(0, 25).map((body) => backend.ask('counter', 'update', { id, body })),
    );
    answers.push(
      ...(await Promise.all(writes.slice(25).map((body) => backend.ask('counter', 'update', { id, body })))),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const { body } = await backend.ask('counter', 'get', { id });
    for (let n = 0; n < 25; n++) assert.equal(body[`part_${n}`], n + 25);
    assert.equal(new Set(answers.map(etagOf)).size, 50);
  });
});
