import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FileOperation } from '../../../../src/blueprint/storage.ts';
import { keyOf, placeOfId } from '../../../../src/runtime/files/file-place.ts';
import { serveFiles } from '../../../../src/runtime/files/serve.ts';
import { createSigner } from '../../../../src/runtime/files/signer.ts';
import type { LogLine } from '../../../../src/runtime/log/line.ts';
import { newId } from '../../../../src/runtime/new-id.ts';
import type { FileModel } from '../../../../src/stacks/file-model.ts';
import { type Asked, proxyEvent, readResponse } from '../../../aws/runtime/bench.ts';
import { MemoryFiles } from '../../../fakes/memory-files.ts';

const standard: FileModel = {
  storage: 'documents',
  access: { level: 'authenticated' },
  tenancy: true,
  moderator: 'admin',
  max_size: 1000,
  types: ['application/pdf', 'image/*'],
};
const ann = { sub: 'ann', 'custom:tenant_id': 'acme' };
const bob = { sub: 'bob', 'custom:tenant_id': 'acme' };
const boss = { sub: 'boss', 'custom:tenant_id': 'acme', 'cognito:groups': 'admin' };
const eve = { sub: 'eve', 'custom:tenant_id': 'globex', 'cognito:groups': 'admin' };
const pdf = { filename: 'a.pdf', content_type: 'application/pdf', size: 10 };

function storage(change: Partial<FileModel> = {}, objects = new MemoryFiles()) {
  const model = { ...standard, ...change };
  const log: LogLine[] = [];
  const signer = createSigner({
    bucket: 'bucket',
    region: 'us-east-2',
    credentials: () => ({ accessKeyId: 'KEY', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' }),
  });
  const world = { objects, signer, now: () => new Date('2030-01-02T03:04:05.678Z'), newId: () => newId(Date.now()) };
  const surroundings = { origins: [], log: (line: LogLine) => log.push(line), ticks: () => 0 };
  const respondTo = (operation: FileOperation, event: unknown) =>
    serveFiles(operation, async () => ({ model, world }), surroundings)(event, {});
  const respond = (operation: FileOperation, asked: Asked) => respondTo(operation, proxyEvent(asked));
  return {
    objects,
    log,
    respond,
    respondTo,
    ask: async (operation: FileOperation, asked: Asked = {}) => readResponse(await respond(operation, asked)),
    /** Asks for a form and sends the file, as S3 would take it. */
    async put(claims: Record<string, unknown>, filename = 'a.pdf') {
      const { status, body } = await this.ask('upload', { claims, body: { ...pdf, filename } });
      assert.equal(status, 201, JSON.stringify(body));
      const id = String(body.id);
      const place = placeOfId(id);
      assert.ok(place);
      objects.put(keyOf(place), 'content', 'application/pdf');
      return id;
    },
  };
}

interface Policy {
  expiration: string;
  conditions: unknown[];
}

function formOf(body: Record<string, unknown>): { url: string; fields: Record<string, string>; policy: Policy } {
  const { upload } = JSON.parse(JSON.stringify(body));
  return { ...upload, policy: JSON.parse(Buffer.from(upload.fields.Policy, 'base64').toString('utf8')) };
}

describe('an upload', () => {
  it('is a form that S3 takes with this key, type and size only, for ten minutes', async () => {
    const { body } = await storage().ask('upload', {
      claims: ann,
      body: { ...pdf, filename: 'Ünï "x".pdf', content_type: 'Application/PDF' },
    });
    const { url, fields, policy } = formOf(body);
    assert.equal(url, 'https://bucket.s3.us-east-2.amazonaws.com/');
    assert.equal(body.filename, 'Ünï _x_.pdf');
    assert.match(fields.key ?? '', /^files\/acme\/ann\/[0-9a-f-]{36}\/Ünï _x_\.pdf$/);
    const written = [
      'key',
      'Content-Type',
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Security-Token',
    ];
    assert.deepEqual(Object.keys(fields), [...written, 'Policy', 'X-Amz-Signature']);
    assert.equal(fields['Content-Type'], 'application/pdf');
    assert.equal(policy.expiration, '2030-01-02T03:14:05.678Z');
    assert.deepEqual(policy.conditions, [
      { bucket: 'bucket' },
      ...written.map((name) => ['eq', `$${name}`, fields[name]]),
      ['content-length-range', 1, 1000],
    ]);
    assert.match(Buffer.from(fields.Policy ?? '', 'base64').toString('latin1'), /^[ -~]*$/, 'beyond ASCII is escaped');
  });

  it('names what is wrong, field by field, and what is allowed', async () => {
    const refusals = async (body: object) => {
      const answer = await storage().ask('upload', { claims: ann, body });
      assert.equal(answer.status, 400);
      return answer.body.errors;
    };
    const none = await refusals({});
    assert.deepEqual(none, [
      { field: 'filename', message: 'is required' },
      { field: 'content_type', message: 'is required' },
      { field: 'size', message: 'is required' },
    ]);
    const one = async (field: string, value: unknown) => JSON.stringify(await refusals({ ...pdf, [field]: value }));
    assert.match(await one('content_type', 'text/html'), /"content_type".*application\/pdf, image\/\*/);
    assert.match(await one('content_type', 'image/png\r\nx: y'), /media type/);
    assert.match(await one('size', 1001), /"size".*at most 1000 bytes/);
    for (const size of [0, -1, 1.5, '10', null, 1e21, true]) assert.match(await one('size', size), /"size"/);
    for (const filename of ['', 7, null, 'x'.repeat(256)]) assert.match(await one('filename', filename), /"filename"/);
    assert.match(await one('acl', 'public-read'), /"acl".*not a field/);
    assert.match(JSON.stringify(await refusals(JSON.parse('{"__proto__": {"size": 1}}'))), /__proto__/);
  });

  it('is not the file itself', async () => {
    const answer = await storage().ask('upload', {
      claims: ann,
      text: JSON.stringify({ ...pdf, data: 'x'.repeat(20_000) }),
    });
    assert.equal(answer.status, 400);
    for (const text of ['', 'null', '[]', '"x"', '{']) {
      assert.equal((await storage().ask('upload', { claims: ann, text })).status, 400, text);
    }
  });
});

describe('who may do what with files', () => {
  const everything = ['upload', 'list', 'get', 'delete'] as const;

  it('asks for a token, a tenant and the role', async () => {
    const levels: FileModel['access'][] = [
      { level: 'authenticated' },
      { level: 'owner' },
      { level: 'role', role: 'sales' },
    ];
    for (const access of levels) {
      for (const operation of everything) {
        const of = storage({ access });
        assert.equal((await of.ask(operation, { id: 'x', body: pdf })).status, 401, operation);
        const stranger = { sub: 'x', 'cognito:groups': 'sales' };
        assert.equal((await of.ask(operation, { id: 'x', body: pdf, claims: stranger })).status, 403, operation);
        if (access.level === 'role')
          assert.equal((await of.ask(operation, { id: 'x', body: pdf, claims: boss })).status, 403, operation);
      }
    }
  });

  it('another tenant’s file is not there, for nobody of another', async () => {
    for (const level of ['authenticated', 'owner', 'public'] as const) {
      const of = storage({ access: { level } });
      const id = await of.put(ann);
      assert.equal((await of.ask('delete', { id, claims: eve })).status, 404, level);
      assert.deepEqual((await of.ask('list', { claims: eve })).body.items, [], level);
      if (level !== 'public') assert.equal((await of.ask('get', { id, claims: eve })).status, 404, level);
      assert.equal(of.objects.kept.size, 1);
    }
  });

  it('an owner’s file is the owner’s alone', async () => {
    const of = storage({ access: { level: 'owner' } });
    const id = await of.put(ann);
    for (const claims of [bob, boss]) {
      assert.equal((await of.ask('get', { id, claims })).status, 404);
      assert.equal((await of.ask('delete', { id, claims })).status, 404);
      assert.deepEqual((await of.ask('list', { claims })).body.items, []);
    }
    assert.equal((await of.ask('get', { id, claims: ann })).status, 200);
    assert.equal((await of.ask('delete', { id, claims: ann })).status, 204);
    assert.equal((await of.ask('get', { id, claims: ann })).status, 404);
    assert.equal((await of.ask('delete', { id, claims: ann })).status, 404);
  });

  it('a file that others read is deleted by who uploaded it, or the first role', async () => {
    const of = storage();
    const id = await of.put(ann);
    assert.equal((await of.ask('get', { id, claims: bob })).status, 200);
    assert.equal((await of.ask('delete', { id, claims: bob })).status, 403);
    assert.equal((await of.ask('delete', { id, claims: boss })).status, 204);
  });

  it('a public file is read by everyone who has its id, and listed by who uploaded it', async () => {
    const of = storage({ access: { level: 'public' } });
    const id = await of.put(ann);
    assert.equal((await of.ask('get', { id })).status, 200);
    assert.equal((await of.ask('list')).status, 401);
    assert.equal((await of.ask('delete', { id })).status, 401);
    assert.deepEqual((await of.ask('list', { claims: bob })).body.items, []);
    const mine = (await of.ask('list', { claims: ann })).body.items;
    assert.ok(Array.isArray(mine) && mine[0].id === id);
  });

  it('without tenants, the tenant of a token says nothing', async () => {
    const of = storage({ tenancy: false });
    const id = await of.put({ sub: 'ann' });
    assert.match(of.objects.kept.keys().next().value ?? '', /^files\/_\/ann\//);
    assert.equal((await of.ask('get', { id, claims: eve })).status, 200);
  });
});

describe('a download', () => {
  it('has the facts, and an address that ends', async () => {
    const of = storage();
    const id = await of.put(ann, 'Bericht Ü.pdf');
    const { body } = await of.ask('get', { id, claims: bob });
    const { download, ...facts } = body;
    assert.deepEqual(facts, {
      id,
      filename: 'Bericht Ü.pdf',
      content_type: 'application/pdf',
      size: 7,
      created_at: '2030-01-02T03:04:05.000Z',
    });
    const { url, expires_at } = JSON.parse(JSON.stringify(download));
    assert.equal(expires_at, '2030-01-02T03:09:05.678Z');
    const query = new URL(url).searchParams;
    assert.equal(query.get('X-Amz-Expires'), '300');
    assert.equal(query.get('response-content-type'), 'application/pdf');
    assert.equal(
      query.get('response-content-disposition'),
      `attachment; filename="Bericht _.pdf"; filename*=UTF-8''Bericht%20%C3%9C.pdf`,
    );
  });

  it('may be a redirect, and nothing else may be asked', async () => {
    const of = storage();
    const id = await of.put(ann);
    const response = await of.respond('get', { id, claims: ann, query: { redirect: 'true' } });
    assert.equal(response.statusCode, 302);
    assert.match(response.headers.location ?? '', /^https:\/\/bucket\.s3\.us-east-2\.amazonaws\.com\/files\/acme\//);
    assert.equal(response.headers['cache-control'], 'no-store');
    for (const query of [{ redirect: '1' }, { 'response-content-type': 'text/html' }, { versionId: 'x' }] as Record<
      string,
      string
    >[])
      assert.equal((await of.ask('get', { id, claims: ann, query })).status, 400);
  });
});

describe('a list of files', () => {
  it('comes in pages that miss nothing and tell nothing twice', async () => {
    const of = storage();
    const ids = new Set<string>();
    for (let n = 0; n < 25; n++) ids.add(await of.put([ann, bob, boss][n % 3] ?? ann, `Datei ${n} ü.pdf`));
    of.objects.put('files/acme/ann/not-of-the-api.txt');
    await of.put(eve);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '4', ...(cursor === null ? {} : { cursor }) };
      const { status, body } = await of.ask('list', { claims: bob, query });
      assert.equal(status, 200);
      const { items, next_cursor } = JSON.parse(JSON.stringify(body));
      for (const item of items) seen.push(item.id);
      cursor = next_cursor;
    } while (cursor !== null);
    assert.equal(seen.length, 25);
    assert.deepEqual(new Set(seen), ids);
  });

  it('refuses what it does not know', async () => {
    for (const query of [
      { limit: '0' },
      { limit: '101' },
      { limit: 'x' },
      { cursor: '' },
      { cursor: '!' },
      { prefix: 'files/' },
    ] as Record<string, string>[])
      assert.equal((await storage().ask('list', { claims: ann, query })).status, 400, JSON.stringify(query));
  });
});

describe('whatever is asked of files', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('..%2f..%2fother', '../../globex', '%', '%00', '\uD800', '__proto__', 'files/globex/eve/x/y'),
    fc.string().map((inner) => Buffer.from(inner).toString('base64url')),
  );

  it('is answered, never with a 500, and never leaves the caller’s tenant', async () => {
    const objects = new MemoryFiles();
    const seed = storage({}, objects);
    const secret = await seed.put(eve, 'secret.pdf');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...everyOperation),
        fc.constantFrom<FileModel['access'][]>(
          { level: 'authenticated' },
          { level: 'owner' },
          { level: 'role', role: 'admin' },
        ),
        fc.oneof(text, fc.constant(secret)),
        fc.dictionary(fc.constantFrom('limit', 'cursor', 'redirect', 'x'), text),
        fc.oneof(
          text,
          fc.json(),
          fc
            .record({ filename: fc.anything(), content_type: fc.anything(), size: fc.anything() })
            .map((body) => JSON.stringify(body) ?? ''),
        ),
        async (operation, access, id, query, body) => {
          objects.asked.length = 0;
          const of = storage({ access }, objects);
          // As it stands in the address: not everything is properly encoded there.
          const event = { ...Object(proxyEvent({ text: body, query, claims: boss })), pathParameters: { id } };
          const response = await of.respondTo(operation, event);
          assert.ok(response.statusCode < 500, JSON.stringify([operation, id, query, body, of.log]));
          for (const key of objects.asked) assert.match(key, /^files\/acme\//);
          assert.ok(!response.body.includes('secret') || id === 'secret');
          if (response.statusCode === 201)
            assert.match(formOf(JSON.parse(response.body)).fields.key ?? '', /^files\/acme\/boss\//);
        },
      ),
      { numRuns: 1000 },
    );
    assert.equal(objects.kept.size, 1);
  });

  it('is logged without a name or a key', async () => {
    const of = storage();
    const id = await of.put(ann, 'private-name.pdf');
    await of.ask('get', { id, claims: ann });
    assert.doesNotMatch(JSON.stringify(of.log), /private-name|acme|ann|SECRET|TOKEN/);
    assert.deepEqual(of.log.at(-1), {
      level: 'info',
      event: 'request',
      operation: 'file-get',
      request_id: 'request-1',
      storage: 'documents',
      status: 200,
      duration_ms: 0,
    });
  });

  it('ends calmly when S3 does not answer', async () => {
    const failing = (name: string) =>
      Object.assign(new MemoryFiles(), {
        look: async () => Promise.reject(Object.assign(new Error('quotes a key'), { name })),
      });
    const id = await storage().put(ann);
    const busy = storage({}, failing('SlowDown'));
    assert.equal((await busy.ask('get', { id, claims: ann })).status, 503);
    const broken = storage({}, failing('InternalError'));
    assert.equal((await broken.ask('get', { id, claims: ann })).status, 500);
    assert.doesNotMatch(JSON.stringify(broken.log), /quotes/);
  });
});

const everyOperation = ['upload', 'list', 'get', 'delete'] as const;
