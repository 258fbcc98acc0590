import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import { pathOf, queryOf } from '../aws-request.ts';
import type { RoleCredentials } from './credentials.ts';
import { type SignedRequest, signingTime } from './signed-request.ts';

/** node:crypto in the shape in which the signer takes a hash. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytes(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The SDK's own signer, asked for the signature of a request that exists already. */
class Recomputation extends SignatureV4 {
  async of(
    request: {
      method: string;
      path: string;
      query: Record<string, string | string[]>;
      headers: Record<string, string>;
    },
    payloadHash: string,
    signed: Pick<SignedRequest, 'time' | 'date' | 'region' | 'service' | 'signedHeaders'>,
  ): Promise<string> {
    const headers = getCanonicalHeaders(
      { ...request, protocol: 'http:', hostname: '' },
      undefined,
      new Set(signed.signedHeaders),
    );
    const canonical = this.createCanonicalRequest(
      { ...request, protocol: 'http:', hostname: '' },
      headers,
      payloadHash,
    );
    const scope = `${signed.date}/${signed.region}/${signed.service}/aws4_request`;
    const toSign = await this.createStringToSign(signed.time, scope, canonical, 'AWS4-HMAC-SHA256');
    return this.text(toSign, signed);
  }

  text(toSign: string, { time, region, service }: Pick<SignedRequest, 'time' | 'region' | 'service'>): Promise<string> {
    return this.sign(toSign, {
      signingDate: new Date(signingTime(time)),
      signingRegion: region,
      signingService: service,
    });
  }
}

function recomputation(
  { accessKeyId, secretAccessKey, sessionToken }: RoleCredentials,
  service: string,
): Recomputation {
  return new Recomputation({
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    region: 'us-east-1',
    service,
    sha256: Sha256,
    // S3 alone takes the path as it was sent.
    uriEscapePath: service !== 's3',
  });
}

/**
 * Whether a request carries the signature that its credentials make of it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param body What was read of it; undefined where the request says itself what the hash of its body is, as S3's do.
 */
export async function isSignedBy(
  credentials: RoleCredentials,
  signed: SignedRequest,
  request: Pick<IncomingMessage, 'headers' | 'url' | 'method'>,
  body: Buffer | undefined,
): Promise<boolean> {
  if (Number.isNaN(signingTime(signed.time)) || !signed.time.startsWith(signed.date)) return false;
  const headers: Record<string, string> = {};
  for (const name of signed.signedHeaders) {
    const value = request.headers[name];
    if (value === undefined) return false;
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of queryOf(request)) {
    if (name === 'X-Amz-Signature') continue;
    const known = query[name];
    query[name] = known === undefined ? value : [known, value].flat();
  }
  const parts = { method: request.method ?? 'GET', path: pathOf(request), query, headers };
  const hash = payloadHash(signed, request, body);
  // The signature covers what the request says of its body; the body has to agree.
  if (body !== undefined && /^[0-9a-f]{64}$/.test(hash) && hash !== sha256(body)) return false;
  return same(await recomputation(credentials, signed.service).of(parts, hash, signed), signed.signature);
}

/** The signature of a text, such as the policy of a form. */
export async function isTextSignedBy(
  credentials: RoleCredentials,
  signed: Pick<SignedRequest, 'time' | 'region' | 'service' | 'signature'>,
  text: string,
): Promise<boolean> {
  if (Number.isNaN(signingTime(signed.time))) return false;
  return same(await recomputation(credentials, signed.service).text(text, signed), signed.signature);
}

function payloadHash(
  { style }: SignedRequest,
  request: Pick<IncomingMessage, 'headers' | 'url'>,
  body: Buffer | undefined,
): string {
  const query = [...queryOf(request)].find(([name]) => name.toLowerCase() === 'x-amz-content-sha256')?.[1];
  const said = request.headers['x-amz-content-sha256'] ?? query;
  if (typeof said === 'string' && said !== '') return said;
  if (style === 'presigned' || body === undefined) return 'UNSIGNED-PAYLOAD';
  return sha256(body);
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function same(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
