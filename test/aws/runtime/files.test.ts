import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import * as z from 'zod';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { newId } from '../../../src/runtime/new-id.ts';
import { type LivingProject, livingProject } from '../support/living-project.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { join, type Pool, poolOfStack } from '../support/people.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/saas-crm');
const region = 'us-east-2';
/** A page of a developer's own machine: Local AWS lets no other in. */
const page5173 = 'http://localhost:5173';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const uploaded = z.object({
  id: z.string(),
  upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()), expires_at: z.string() }),
});
const stored = z.object({
  id: z.string(),
  filename: z.string(),
  size: z.number(),
  content_type: z.string(),
  created_at: z.iso.datetime(),
  download: z.object({ url: z.string(), expires_at: z.iso.datetime() }),
});
const page = z.object({
  items: z.array(z.object({ id: z.string(), filename: z.string(), size: z.number() })),
  next_cursor: z.string().nullable(),
});
const problem = z.object({ errors: z.array(z.object({ field: z.string(), message: z.string() })).optional() });

/** Files its receipt where the API will find it as the caller's own, and counts what is there of the tenant. */
const receiptFunction = `
import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
const s3 = new S3Client({ forcePathStyle: true });
const Bucket = process.env.BUCKET_PRIVATE_NOTES;
export async function handler(event) {
  const { sub, 'custom:tenant_id': tenant } = event.requestContext.authorizer.claims;
  const Key = \`files/\${tenant}/\${sub}/\${randomUUID()}/receipt.txt\`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'paid', ContentType: 'text/plain' }));
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: \`files/\${tenant}/\` }));
  return { statusCode: 200, body: JSON.stringify({ count: KeyCount }) };
}
`;

/** The example as it is, with two more storages: of one's own files, which a function fills too, and of files for everyone. */
function document(): object {
  const { storage, functions, api, ...rest } = z
    .looseObject({
      storage: z.array(z.unknown()),
      functions: z.array(z.unknown()),
      api: z.looseObject({ endpoints: z.array(z.unknown()) }),
    })
    .parse(parse(readFileSync(path.join(example, 'backdrift.yaml'), 'utf8')));
  const more = [
    { name: 'private_notes', access: 'owner', max_size: '1KB' },
    { name: 'pictures', access: 'public', base_path: '/v1/pictures', types: ['image/*'] },
  ];
  const receipt = { name: 'receipt', handler: 'functions/receipt.mjs', uses: ['private_notes'] };
  const endpoint = { method: 'POST', path: '/v1/receipts', function: 'receipt' };
  return {
    ...rest,
    region,
    api: { ...api, cors: { origins: [page5173] }, endpoints: [...api.endpoints, endpoint] },
    functions: [...functions, receipt],
    storage: [...storage, ...more],
  };
}

describe('files of a deployed backend, over HTTP', function () {
  this.timeout(180_000);
  let local: LocalAws | undefined;
  let project: LivingProject | undefined;
  let pool: Pool;
  let api = '';
  const tokens: Record<string, string> = {};

  before(async function () {
    local = await localAwsFor(this);
    const folder = path.join(example, 'functions');
    const files = readdirSync(folder).map((name) => [
      `functions/${name}`,
      readFileSync(path.join(folder, name), 'utf8'),
    ]);
    project = await livingProject(local.url, 'saas-crm', {
      ...Object.fromEntries(files),
      'functions/receipt.mjs': receiptFunction,
    });
    const deployed = await project.deploy(document());
    const failures = deployed.progress.stacks.map(({ layer, reason, status }) => `${layer} ${reason ?? status}`);
    assert.equal(deployed.outcome.result, 'succeeded', failures.join('\n'));
    const outputs = await outputsOf('api');
    api = `${local.url}/_api/${outputs.RestApiId}/${outputs.StageName}`;
    pool = await poolOfStack(local.url, 'backdrift-saas-crm-local-cognito');
    const people = {
      ann: { email: 'ann@example.com', tenant: newId(1) },
      bob: { email: 'bob@example.com', tenant: newId(1).slice(0, 8) },
      eve: { email: 'eve@example.com', tenant: newId(2), groups: ['admin'] },
      nobody: { email: 'nobody@example.com' },
    };
    people.bob.tenant = people.ann.tenant;
    for (const [name, person] of Object.entries(people)) tokens[name] = (await join(pool, person)).tokens.id;
    tokens.boss = (
      await join(pool, { email: 'boss@example.com', tenant: people.ann.tenant, groups: ['admin'] })
    ).tokens.id;
  });
  after(async () => {
    await project?.stop();
    await local?.stop();
  });

  async function outputsOf(layer: string): Promise<Record<string, string>> {
    const client = new CloudFormation({ endpoint: local?.url ?? '', region, credentials });
    const { Stacks } = await client.describeStacks({ StackName: `backdrift-saas-crm-local-${layer}` });
    client.destroy();
    return Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  }

  function ask(who: string | undefined, method: string, route: string, body?: unknown): Promise<Response> {
    return fetch(`${api}${route}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(who === undefined ? {} : { authorization: tokens[who] ?? '' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function form(who: string, route: string, file: { filename: string; content_type: string; size: number }) {
    const answer = await ask(who, 'POST', route, file);
    const text = await answer.text();
    assert.equal(answer.status, 201, text);
    return uploaded.parse(JSON.parse(text));
  }

  function send(
    { upload }: z.infer<typeof uploaded>,
    file: Blob,
    change: Record<string, string> = {},
  ): Promise<Response> {
    const data = new FormData();
    for (const [name, value] of Object.entries({ ...upload.fields, ...change })) data.append(name, value);
    data.append('file', file, 'whatever.bin');
    return fetch(upload.url, { method: 'POST', body: data });
  }

  async function put(
    who: string,
    route: string,
    filename: string,
    bytes: Uint8Array<ArrayBuffer>,
    type: string,
  ): Promise<string> {
    const made = await form(who, route, { filename, content_type: type, size: bytes.length });
    const sent = await send(made, new Blob([bytes]));
    assert.equal(sent.status, 204, await sent.text());
    return made.id;
  }

  async function read(who: string | undefined, route: string) {
    const answer = await ask(who, 'GET', route);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return stored.parse(JSON.parse(text));
  }

  const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7919) % 256);

  it('go up by a form and come down by an address, byte for byte', async () => {
    const id = await put('ann', '/files/documents', 'Angebot Ü 👩‍👧 "1".pdf', bytes, 'application/pdf');
    const file = await read('bob', `/files/documents/${id}`);
    assert.deepEqual(
      { ...file, created_at: '', download: '' },
      {
        id,
        filename: 'Angebot Ü 👩‍👧 _1_.pdf',
        size: bytes.length,
        content_type: 'application/pdf',
        created_at: '',
        download: '',
      },
    );
    const got = await fetch(file.download.url);
    assert.equal(got.status, 200, `${file.download.url} ${got.status}`);
    assert.deepEqual(new Uint8Array(await got.arrayBuffer()), bytes);
    assert.equal(got.headers.get('content-type'), 'application/pdf');
    const disposition = got.headers.get('content-disposition') ?? '';
    assert.match(disposition, /^attachment; filename="Angebot _[ _]+1_\.pdf"; filename\*=UTF-8''Angebot%20%C3%9C/);

    const redirect = await ask('bob', 'GET', `/files/documents/${id}?redirect=true`);
    assert.equal(redirect.status, 302, await redirect.text());
    assert.equal((await fetch(redirect.headers.get('location') ?? '')).status, 200);
    const second = await ask('ann', 'DELETE', `/files/documents/${id}`);
    assert.equal(second.status, 204);
  });

  it('are refused by S3 itself where they are not what was said', async () => {
    const facts = { filename: 'a.pdf', content_type: 'application/pdf', size: 10 };
    const small = new Blob(['%PDF']);
    const cases: [string, () => Promise<Response>, RegExp][] = [
      [
        'another type',
        async () => send(await form('ann', '/files/documents', facts), small, { 'Content-Type': 'text/html' }),
        /Policy Condition failed/,
      ],
      [
        'another key',
        async () => send(await form('ann', '/files/documents', facts), small, { key: 'files/_/x/y/a.pdf' }),
        /Policy Condition failed/,
      ],
      [
        'a field more',
        async () => send(await form('ann', '/files/documents', facts), small, { acl: 'public-read' }),
        /Extra input fields/,
      ],
      [
        'another signature',
        async () => send(await form('ann', '/files/documents', facts), small, { 'X-Amz-Signature': '0'.repeat(64) }),
        /SignatureDoesNotMatch/,
      ],
      [
        'another policy',
        async () => {
          const made = await form('ann', '/files/documents', facts);
          const policy = JSON.parse(Buffer.from(made.upload.fields.Policy ?? '', 'base64').toString());
          policy.conditions.push(['content-length-range', 1, 10 ** 9]);
          return send(made, small, { Policy: Buffer.from(JSON.stringify(policy)).toString('base64') });
        },
        /SignatureDoesNotMatch/,
      ],
      [
        'too large',
        async () =>
          send(
            await form('ann', '/files/private-notes', { ...facts, content_type: 'text/plain' }),
            new Blob(['x'.repeat(1025)]),
          ),
        /EntityTooLarge/,
      ],
      ['empty', async () => send(await form('ann', '/files/documents', facts), new Blob([])), /EntityTooSmall/],
    ];
    for (const [what, attempt, reason] of cases) {
      const answer = await attempt();
      const text = await answer.text();
      assert.ok(answer.status === 400 || answer.status === 403, `${what}: ${answer.status}`);
      assert.match(text, reason, what);
    }
    const largest = await send(
      await form('ann', '/files/private-notes', { ...facts, content_type: 'text/plain', size: 1024 }),
      new Blob(['x'.repeat(1024)]),
    );
    assert.equal(largest.status, 204, await largest.text());
  });

  it('are refused before, with what is allowed', async () => {
    const wrong = await ask('ann', 'POST', '/files/documents', {
      filename: 'a.html',
      content_type: 'text/html',
      size: 26 * 1024 ** 2,
    });
    assert.equal(wrong.status, 400);
    const { errors } = problem.parse(await wrong.json());
    assert.deepEqual(errors, [
      { field: 'content_type', message: 'must be one of: application/pdf, image/*' },
      { field: 'size', message: `must be at most ${25 * 1024 ** 2} bytes` },
    ]);
    for (const body of [{}, [], { filename: 7 }])
      assert.equal((await ask('ann', 'POST', '/files/documents', body)).status, 400);
  });

  it('of another tenant are not there, for its admin neither', async () => {
    const id = await put('ann', '/files/documents', 'a.pdf', bytes, 'application/pdf');
    for (const method of ['GET', 'DELETE']) {
      assert.equal((await ask('eve', method, `/files/documents/${id}`)).status, 404, method);
      assert.equal((await ask('nobody', method, `/files/documents/${id}`)).status, 403, method);
      assert.equal((await ask(undefined, method, `/files/documents/${id}`)).status, 401, method);
    }
    assert.equal(
      (await ask('nobody', 'POST', '/files/documents', { filename: 'a', content_type: 'image/png', size: 1 })).status,
      403,
    );
    const theirs = page.parse(await (await ask('eve', 'GET', '/files/documents')).json());
    assert.deepEqual(theirs, { items: [], next_cursor: null });
    const ours = page.parse(await (await ask('bob', 'GET', '/files/documents')).json());
    assert.deepEqual(
      ours.items.map((item) => [item.id, item.filename, item.size]),
      [[id, 'a.pdf', bytes.length]],
    );
    assert.equal((await ask('bob', 'DELETE', `/files/documents/${id}`)).status, 403);
    assert.equal((await ask('boss', 'DELETE', `/files/documents/${id}`)).status, 204);
    assert.equal((await ask('boss', 'DELETE', `/files/documents/${id}`)).status, 404);
    assert.equal((await ask('ann', 'GET', `/files/documents/${id}`)).status, 404);
  });

  it('of an owner are the owner’s, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++)
      ids.push(await put('bob', '/files/private-notes', `${n}.txt`, bytes.slice(0, 10), 'text/plain'));
    assert.equal((await ask('boss', 'GET', `/files/private-notes/${ids[0]}`)).status, 404);
    assert.equal((await ask('boss', 'DELETE', `/files/private-notes/${ids[0]}`)).status, 404);
    const seen: string[] = [];
    let query = '?limit=2';
    for (let turn = 0; turn < 3; turn++) {
      const { items, next_cursor } = page.parse(await (await ask('bob', 'GET', `/files/private-notes${query}`)).json());
      seen.push(...items.map(({ id }) => id));
      const stolen = page.parse(await (await ask('eve', 'GET', `/files/private-notes${query}`)).json());
      assert.deepEqual(stolen.items, []);
      query = `?limit=2&cursor=${next_cursor}`;
      assert.equal(next_cursor === null, turn === 2);
    }
    assert.deepEqual(seen, ids);
  });

  it('that are public are read without a token, and nothing else is', async () => {
    const id = await put(
      'ann',
      '/v1/pictures',
      'logo.svg',
      Uint8Array.from(Buffer.from('<svg/>')),
      'image/svg+xml; charset=utf-8',
    );
    const file = await read(undefined, `/v1/pictures/${id}`);
    const got = await fetch(file.download.url);
    assert.equal(await got.text(), '<svg/>');
    assert.equal(got.headers.get('content-type'), 'image/svg+xml; charset=utf-8');
    assert.match(got.headers.get('content-disposition') ?? '', /^attachment/);
    for (const [method, route] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', `/${id}`],
    ] as const)
      assert.equal((await ask(undefined, method, `/v1/pictures${route}`)).status, 401, method);
  });

  it('with strange ids are not there', async () => {
    const id = await put('ann', '/files/documents', 'a.pdf', bytes, 'application/pdf');
    const inside = Buffer.from(id, 'base64url').toString();
    const strange = [
      '..%2f..%2fother',
      '%2e%2e',
      '%00',
      '%',
      `${id}%00`,
      `${id}=`,
      '__proto__',
      'x'.repeat(2000),
      `${id}%2F..`,
      Buffer.from(`../${inside}`).toString('base64url'),
      Buffer.from(inside.replace(/^[^/]+/, '..')).toString('base64url'),
      Buffer.from(`${inside}/x`).toString('base64url'),
      Buffer.from(inside.replace('a.pdf', '../a.pdf')).toString('base64url'),
    ];
    for (const one of strange) {
      for (const method of ['GET', 'DELETE']) {
        const { status } = await ask('ann', method, `/files/documents/${one}`);
        assert.ok([400, 403, 404].includes(status), `${method} ${one}: ${status}`);
      }
    }
    assert.equal((await ask('ann', 'DELETE', `/files/documents/${id}`)).status, 204);
  });

  it('are reached only with the rights that were signed', async () => {
    const id = await put('ann', '/files/documents', 'a.pdf', bytes, 'application/pdf');
    const { download } = await read('ann', `/files/documents/${id}`);
    for (const method of ['PUT', 'DELETE']) {
      const { status } = await fetch(download.url, { method, ...(method === 'PUT' ? { body: 'x' } : {}) });
      assert.equal(status, 403, method);
    }
    const other = new URL(download.url);
    other.searchParams.set('response-content-disposition', 'inline');
    assert.equal((await fetch(other)).status, 403);
    const plain = new URL(download.url);
    plain.search = '';
    assert.notEqual((await fetch(plain)).status, 200);
  });

  it('are kept where functions find them, in a bucket that is closed', async () => {
    const id = await put('ann', '/files/documents', 'a.pdf', bytes, 'application/pdf');
    const { DocumentsBucketName: Bucket } = await outputsOf('s3');
    const s3 = new S3({ endpoint: local?.url ?? '', region, credentials, forcePathStyle: true });
    const { Contents = [] } = await s3.listObjectsV2({ Bucket });
    const key = `files/${Buffer.from(id, 'base64url')}`;
    assert.ok(
      Contents.some(({ Key }) => Key === key),
      JSON.stringify(Contents),
    );
    const encryption = await s3.getBucketEncryption({ Bucket });
    assert.equal(
      encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
      'AES256',
    );
    s3.destroy();
  });

  it('may be put there by a function, and are then files like others', async () => {
    const called = await ask('eve', 'POST', '/v1/receipts', {});
    const text = await called.text();
    assert.equal(called.status, 200, text);
    assert.equal(text, '{"count":1}');
    const { items } = page.parse(await (await ask('eve', 'GET', '/files/private-notes')).json());
    assert.deepEqual(
      items.map(({ filename, size }) => [filename, size]),
      [['receipt.txt', 4]],
    );
    const { download } = await read('eve', `/files/private-notes/${items[0]?.id}`);
    assert.equal(await (await fetch(download.url)).text(), 'paid');
    assert.equal((await ask('ann', 'GET', `/files/private-notes/${items[0]?.id}`)).status, 404);
  });

  describe('from a page', () => {
    const upload = () =>
      form('ann', '/files/documents', { filename: 'a.pdf', content_type: 'application/pdf', size: 4 });
    const allowedBy = (answer: Response) => answer.headers.get('access-control-allow-origin');
    const preflight = (url: string, from: string, method: string) =>
      fetch(url, { method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': method } });

    it('of an origin that the API names, go up and come down', async () => {
      const made = await upload();
      const { url, fields } = made.upload;
      for (const method of ['POST', 'GET']) {
        const asked = await preflight(url, page5173, method);
        assert.deepEqual([asked.status, allowedBy(asked)], [200, page5173]);
        assert.equal(asked.headers.get('access-control-max-age'), '600');
      }
      const data = new FormData();
      for (const [name, value] of Object.entries(fields)) data.append(name, value);
      data.append('file', new Blob(['%PDF']), 'a.pdf');
      // A site of Amplify's on this machine is another site than 127.0.0.1, and its browser says so.
      const headers = { origin: page5173, 'sec-fetch-site': 'cross-site' };
      const sent = await fetch(url, { method: 'POST', body: data, headers });
      assert.deepEqual([sent.status, allowedBy(sent)], [204, page5173], await sent.text());
      const { download } = await read('ann', `/files/documents/${made.id}`);
      const got = await fetch(download.url, { headers });
      assert.deepEqual([got.status, allowedBy(got), await got.text()], [200, page5173, '%PDF']);
      const refused = await fetch(new URL(`${new URL(download.url).pathname}x${new URL(download.url).search}`, url), {
        headers,
      });
      assert.deepEqual([refused.status, allowedBy(refused)], [403, page5173], 'a page may read why');
      // A picture or a link says where it stands instead of an origin.
      const linked = await fetch(download.url, {
        headers: { referer: `${page5173}/list`, 'sec-fetch-site': 'cross-site' },
      });
      assert.equal(linked.status, 200);
    });

    it('of any other origin do not', async () => {
      const made = await upload();
      const other = await preflight(made.upload.url, 'http://localhost:9999', 'POST');
      assert.deepEqual([other.status, allowedBy(other)], [403, null]);
      assert.match(await other.text(), /CORS request is not allowed/);
      const method = await preflight(made.upload.url, page5173, 'DELETE');
      assert.equal(method.status, 403);
      const { download } = await read(
        'ann',
        `/files/documents/${await put('ann', '/files/documents', 'a.pdf', bytes, 'application/pdf')}`,
      );
      const got = await fetch(download.url, { headers: { origin: 'http://localhost:9999' } });
      assert.equal(allowedBy(got), null, 'moto would let every page read it');
      const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      assert.equal((await fetch(download.url, { headers: evil })).status, 403);
    });
  });
});
