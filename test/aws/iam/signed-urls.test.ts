import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { allow, anybody, type FunctionWithRole, functionWithRole, region } from './role-of-a-function.ts';

/** node:crypto as the signer wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', key(secret));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function key(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}

describe('addresses and forms that a function signed', () => {
  let local: LocalAws;
  let fn: FunctionWithRole;
  let owner: S3;
  before(async function () {
    local = await localAwsFor(this);
    fn = await functionWithRole(local.url, 'signer');
    await fn.allow(
      allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::files/*'),
      allow('s3:ListBucket', 'arn:aws:s3:::files'),
    );
    owner = new S3({ endpoint: local.url, region, credentials: anybody, forcePathStyle: true });
    await owner.createBucket({ Bucket: 'files', CreateBucketConfiguration: { LocationConstraint: region } });
    await owner.putObject({ Bucket: 'files', Key: 'there', Body: 'content' });
  });
  after(async () => {
    owner?.destroy();
    fn?.close();
    await local?.stop();
  });

  interface Signing {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    query?: Record<string, string>;
    expiresIn?: number;
    /** Seconds ago. */
    ago?: number;
  }

  async function presigned({
    method = 'GET',
    path = '/files/there',
    headers = {},
    query = {},
    expiresIn = 60,
    ago = 0,
  }: Signing) {
    const { host, hostname, port } = new URL(local.url);
    const signer = new SignatureV4({
      credentials: fn.credentials,
      region,
      service: 's3',
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: false,
    });
    const made = await signer.presign(
      {
        method,
        protocol: 'http:',
        hostname,
        port: Number(port),
        path,
        query: { ...query, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
        headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      },
      {
        expiresIn,
        signingDate: new Date(Date.now() - ago * 1000),
        // Otherwise the signer puts them into the query.
        unhoistableHeaders: new Set(Object.keys(headers)),
        signableHeaders: new Set(['host', ...Object.keys(headers)]),
      },
    );
    const url = new URL(`http://${host}${path}`);
    for (const [name, value] of Object.entries(made.query ?? {})) url.searchParams.set(name, String(value));
    return url;
  }

  async function refused(answer: Response | Promise<Response>, status: number, code: string, message: RegExp) {
    const given = await answer;
    const text = await given.text();
    assert.equal(given.status, status, text);
    assert.match(given.headers.get('content-type') ?? '', /xml/);
    assert.equal(/<Code>(.*?)<\/Code>/.exec(text)?.[1], code, text);
    assert.match(/<Message>(.*?)<\/Message>/.exec(text)?.[1] ?? '', message);
    return text;
  }

  it('let a stranger read and write what the role may', async () => {
    assert.equal(await (await fetch(await presigned({}))).text(), 'content');
    const upload = await presigned({
      method: 'PUT',
      path: '/files/new%20%C3%BC',
      headers: { 'content-type': 'text/plain' },
    });
    const put = await fetch(upload, { method: 'PUT', body: 'new', headers: { 'content-type': 'text/plain' } });
    assert.equal(put.status, 200, await put.text());
    const stored = await owner.getObject({ Bucket: 'files', Key: 'new ü' });
    assert.deepEqual([await stored.Body?.transformToString(), stored.ContentType], ['new', 'text/plain']);
  });

  it('are refused when anything that was signed is another', async () => {
    const signed = await presigned({});
    const changed = (change: (url: URL) => void): URL => {
      const url = new URL(signed);
      change(url);
      return url;
    };
    const other = [
      changed((url) => url.searchParams.set('X-Amz-Expires', '3600')),
      changed((url) => url.searchParams.set('response-content-type', 'text/html')),
      changed((url) => {
        url.pathname = '/files/another';
      }),
      changed((url) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64))),
      changed((url) => url.searchParams.set('X-Amz-Signature', '')),
      changed((url) => url.searchParams.set('X-Amz-SignedHeaders', 'host;range')),
      changed((url) => url.searchParams.set('versionId', 'x')),
    ];
    for (const url of other) {
      const answer = await fetch(url);
      const text = await answer.text();
      assert.ok([400, 403].includes(answer.status), `${url}: ${answer.status}`);
      assert.match(text, /<Code>(SignatureDoesNotMatch|AuthorizationQueryParametersError)<\/Code>/);
      assert.ok(!text.includes('content'), text);
    }
    await refused(fetch(signed, { method: 'PUT', body: 'x' }), 403, 'SignatureDoesNotMatch', /does not match/);
    const typed = await presigned({ method: 'PUT', headers: { 'content-type': 'text/plain' } });
    const put = fetch(typed, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/html' } });
    await refused(put, 403, 'SignatureDoesNotMatch', /does not match/);
    const sized = await presigned({ method: 'PUT', headers: { 'content-length': '3' } });
    await refused(fetch(sized, { method: 'PUT', body: 'longer' }), 403, 'SignatureDoesNotMatch', /does not match/);
    assert.equal((await fetch(sized, { method: 'PUT', body: 'abc' })).status, 200);
    const open = await presigned({ method: 'PUT' });
    const added = await refused(
      fetch(open, { method: 'PUT', body: 'x', headers: { 'x-amz-acl': 'public-read' } }),
      403,
      'AccessDenied',
      /headers present in the request which were not signed/,
    );
    assert.match(added, /<HeadersNotSigned>x-amz-acl<\/HeadersNotSigned>/);
    const token = changed((url) => url.searchParams.set('X-Amz-Security-Token', 'x'));
    await refused(fetch(token), 400, 'InvalidToken', /token/);
    const another = changed((url) => {
      const credential = url.searchParams.get('X-Amz-Credential') ?? '';
      url.searchParams.set('X-Amz-Credential', credential.replace(fn.credentials.accessKeyId, 'ASIALOCALZZZZZZZZZZZ'));
    });
    await refused(fetch(another), 403, 'InvalidAccessKeyId', /does not exist/);
    await owner.putObject({ Bucket: 'files', Key: 'there', Body: 'content' });
  });

  it('are good until they expire', async () => {
    assert.equal((await fetch(await presigned({ expiresIn: 60, ago: 50 }))).status, 200);
    const late = await presigned({ expiresIn: 60, ago: 61 });
    const text = await refused(fetch(late), 403, 'AccessDenied', /^Request has expired$/);
    assert.match(text, /<X-Amz-Expires>60<\/X-Amz-Expires><Expires>[\dT:-]+Z<\/Expires><ServerTime>/);
    await refused(fetch(await presigned({ ago: -3600 })), 403, 'AccessDenied', /not yet valid/);
    const long = await presigned({});
    long.searchParams.set('X-Amz-Expires', '604801');
    await refused(fetch(long), 400, 'AuthorizationQueryParametersError', /less than a week/);
    long.searchParams.set('X-Amz-Expires', 'for ever');
    await refused(fetch(long), 400, 'AuthorizationQueryParametersError', /should be a number/);
    long.searchParams.set('X-Amz-Expires', '-1');
    await refused(fetch(long), 400, 'AuthorizationQueryParametersError', /non-negative/);
  });

  it('give no more than the role has when they are used', async () => {
    const elsewhere = await presigned({ path: '/other/there' });
    await refused(
      fetch(elsewhere),
      403,
      'AccessDenied',
      /not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::other\/there"/,
    );
    const deletion = await presigned({ method: 'DELETE' });
    await refused(fetch(deletion, { method: 'DELETE' }), 403, 'AccessDenied', /s3:DeleteObject/);
    const later = await presigned({});
    await fn.allow(allow('s3:PutObject', 'arn:aws:s3:::files/*'));
    await refused(fetch(later), 403, 'AccessDenied', /s3:GetObject/);
    await fn.allow(allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::files/*'));
    assert.equal((await fetch(later)).status, 200);
  });

  it('are needed: without a signature nobody reads or writes', async () => {
    const bare = `${local.url}/files/there`;
    assert.equal((await fetch(bare)).status, 403);
    await refused(fetch(bare, { method: 'PUT', body: 'x' }), 403, 'AccessDenied', /^Access Denied$/);
    await refused(fetch(bare, { method: 'DELETE' }), 403, 'AccessDenied', /^Access Denied$/);
    const form = new FormData();
    form.set('key', 'x');
    form.set('file', new Blob(['x']));
    await refused(fetch(`${local.url}/files`, { method: 'POST', body: form }), 403, 'AccessDenied', /^Access Denied$/);
    assert.equal(await (await owner.getObject({ Bucket: 'files', Key: 'there' })).Body?.transformToString(), 'content');
  });

  describe('a form', () => {
    interface Form {
      conditions?: unknown[];
      fields?: Record<string, string>;
      file?: string;
      fileName?: string;
      expiresIn?: number;
      bucket?: string;
      tamper?: (fields: Map<string, string>) => void;
    }

    /** As https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html says, by hand. */
    function post({
      conditions,
      fields = {},
      file = 'posted',
      fileName = 'a.txt',
      expiresIn = 60,
      bucket = 'files',
      tamper,
    }: Form) {
      const time = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
      const date = time.slice(0, 8);
      const own = {
        key: 'posted/1',
        'x-amz-algorithm': 'AWS4-HMAC-SHA256',
        'x-amz-credential': `${fn.credentials.accessKeyId}/${date}/${region}/s3/aws4_request`,
        'x-amz-date': time,
        'x-amz-security-token': fn.credentials.sessionToken,
        ...fields,
      };
      const { key: _, ...signed } = own;
      const policy = Buffer.from(
        JSON.stringify({
          expiration: new Date(Date.now() + expiresIn * 1000).toISOString(),
          conditions: [
            { bucket: 'files' },
            ['starts-with', '$key', 'posted/'],
            ['content-length-range', 1, 10],
            ...Object.entries(signed)
              .filter(([name]) => !conditions || name.startsWith('x-amz-'))
              .map(([name, value]) => ({ [name]: value })),
            ...(conditions ?? []),
          ],
        }),
      ).toString('base64');
      let signingKey: Buffer = Buffer.from(`AWS4${fn.credentials.secretAccessKey}`);
      for (const part of [date, region, 's3', 'aws4_request'])
        signingKey = createHmac('sha256', signingKey).update(part).digest();
      const all = new Map(Object.entries({ ...own, policy }));
      all.set('x-amz-signature', createHmac('sha256', signingKey).update(policy).digest('hex'));
      tamper?.(all);
      const body = new FormData();
      for (const [name, value] of all) body.append(name, value);
      body.append('file', new Blob([file]), fileName);
      return fetch(`${local.url}/${bucket}`, { method: 'POST', body, redirect: 'manual' });
    }

    it('is taken as its policy says', async () => {
      const answer = await post({ fields: { 'Content-Type': 'text/plain', 'x-amz-meta-by': 'me' } });
      assert.equal(answer.status, 204, await answer.text());
      const stored = await owner.getObject({ Bucket: 'files', Key: 'posted/1' });
      assert.deepEqual(
        [await stored.Body?.transformToString(), stored.ContentType, stored.Metadata],
        ['posted', 'text/plain', { by: 'me' }],
      );
      const created = await post({
        fields: { key: ['posted/$', '{filename}'].join(''), success_action_status: '201' },
      });
      assert.equal(created.status, 201);
      assert.match(await created.text(), /<Bucket>files<\/Bucket><Key>posted\/a.txt<\/Key><ETag>/);
      const redirected = await post({ fields: { success_action_redirect: 'https://app.example/done?x=1' } });
      assert.equal(redirected.status, 303);
      assert.match(
        redirected.headers.get('location') ?? '',
        /^https:\/\/app\.example\/done\?x=1&bucket=files&key=posted%2F1&etag=/,
      );
    });

    it('is refused where its policy does not', async () => {
      const invalid = (form: Form, message: RegExp) => refused(post(form), 403, 'AccessDenied', message);
      await invalid({ expiresIn: -1 }, /^Invalid according to Policy: Policy expired\.$/);
      await invalid(
        { fields: { key: 'elsewhere' } },
        /Policy Condition failed: \["starts-with", "\$key", "posted\/"\]/,
      );
      await invalid({ bucket: 'other' }, /Policy Condition failed: \["eq", "\$bucket", "files"\]/);
      await invalid({ conditions: [], fields: { 'content-type': 'text/html' } }, /Extra input fields: content-type/);
      const images: Form = { conditions: [['starts-with', '$Content-Type', 'image/']] };
      await invalid(
        { ...images, fields: { 'Content-Type': 'text/html' } },
        /"starts-with", "\$Content-Type", "image\/"/,
      );
      await invalid({ ...images, fields: { 'Content-Type': 'image/png,text/html' } }, /Condition failed/);
      await invalid(images, /Condition failed/);
      assert.equal((await post({ ...images, fields: { 'Content-Type': 'image/png' } })).status, 204);
      const large = await refused(post({ file: 'x'.repeat(11) }), 400, 'EntityTooLarge', /exceeds the maximum/);
      assert.match(large, /<ProposedSize>11<\/ProposedSize><MaxSizeAllowed>10<\/MaxSizeAllowed>/);
      await refused(post({ file: '' }), 400, 'EntityTooSmall', /smaller than the minimum/);
      assert.equal((await post({ file: 'x'.repeat(10) })).status, 204);
    });

    it('is refused when it was tampered with', async () => {
      const policy = Buffer.from(
        JSON.stringify({ expiration: '2099-01-01T00:00:00Z', conditions: [['starts-with', '$key', '']] }),
      ).toString('base64');
      const mismatch = (tamper: Form['tamper'], code: string) =>
        refused(post(tamper === undefined ? {} : { tamper }), code === 'InvalidToken' ? 400 : 403, code, /./);
      await mismatch((fields) => fields.set('policy', policy), 'SignatureDoesNotMatch');
      await mismatch((fields) => fields.set('x-amz-signature', 'x'), 'SignatureDoesNotMatch');
      await mismatch((fields) => fields.delete('x-amz-signature'), 'SignatureDoesNotMatch');
      await mismatch((fields) => fields.delete('x-amz-security-token'), 'InvalidToken');
      await mismatch((fields) => fields.delete('policy'), 'AccessDenied');
      const response = await fetch(`${local.url}/files`, {
        method: 'POST',
        body: 'no form',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      });
      await refused(response, 400, 'MalformedPOSTRequest', /multipart/);
    });

    it('gives no more than the role has', async () => {
      await fn.allow(allow('s3:GetObject', 'arn:aws:s3:::files/*'));
      await refused(
        post({}),
        403,
        'AccessDenied',
        /not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::files\/posted\/1"/,
      );
    });
  });
});
