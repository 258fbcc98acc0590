import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createSigner } from '../../../../src/runtime/files/signer.ts';

const now = new Date('2030-01-02T03:04:05Z');
const scope = '20300102/us-west-2/s3/aws4_request';
const key = "files/acme/ann/0192d3a4/Ünï (1)'! +.pdf";
const options = {
  bucket: 'my-bucket',
  region: 'us-west-2',
  credentials: () => ({ accessKeyId: 'KEY', secretAccessKey: 'SECRET', sessionToken: 'a/b+c=' }),
};

/** Signature version 4 as its specification has it, step by step. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(text: string): string {
  const secret = scope
    .split('/')
    .reduce<string | Buffer>((from, part) => createHmac('sha256', from).update(part).digest(), 'AWS4SECRET');
  return createHmac('sha256', secret).update(text).digest('hex');
}

describe('what the functions of files sign', () => {
  for (const endpoint of [undefined, 'http://127.0.0.1:4577/']) {
    it(`an address at ${endpoint ?? 'AWS'} is signed as its specification says`, async () => {
      const signer = createSigner({ ...options, ...(endpoint === undefined ? {} : { endpoint }) });
      const { url } = await signer.download({ key, type: 'application/pdf', filename: "Ünï (1)'! +.pdf" }, now);
      const { host, pathname, search } = new URL(url);
      assert.equal(host, endpoint === undefined ? 'my-bucket.s3.us-west-2.amazonaws.com' : '127.0.0.1:4577');
      const path = `files/acme/ann/0192d3a4/%C3%9Cn%C3%AF%20%281%29%27%21%20%2B.pdf`;
      assert.equal(pathname, endpoint === undefined ? `/${path}` : `/my-bucket/${path}`);
      const pairs = search.slice(1).split('&');
      const signature = pairs.find((pair) => pair.startsWith('X-Amz-Signature='))?.split('=')[1];
      const canonicalQuery = pairs
        .filter((pair) => !pair.startsWith('X-Amz-Signature='))
        .sort()
        .join('&');
      const canonical = ['GET', pathname, canonicalQuery, `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
      const hash = createHash('sha256').update(canonical).digest('hex');
      assert.equal(signature, signatureOf(['AWS4-HMAC-SHA256', '20300102T030405Z', scope, hash].join('\n')));
    });
  }

  it('a form is signed by its policy', () => {
    const { url, fields } = createSigner(options).upload({ key, type: 'text/plain; charset=utf-8', maxBytes: 5 }, now);
    assert.equal(url, 'https://my-bucket.s3.us-west-2.amazonaws.com/');
    assert.equal(fields['X-Amz-Signature'], signatureOf(fields.Policy ?? ''));
    assert.equal(fields['X-Amz-Credential'], `KEY/${scope}`);
  });
});
