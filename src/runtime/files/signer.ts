import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { attachment } from './content-disposition.ts';

/** Credentials of the function's role. What is signed with them ends with them: Lambda's last for hours. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface SignerOptions {
  bucket: string;
  region: string;
  /** Where S3 is, when it is not AWS: `http://127.0.0.1:4577`. */
  endpoint?: string;
  /** Asked for each signature: they change while a function lives. */
  credentials(): Credentials;
}

export interface UploadForm {
  url: string;
  fields: Record<string, string>;
  expires: Date;
}

/** Makes addresses that let their holder do one thing with one object for some minutes. */
export interface Signer {
  /** A form that S3 accepts only with this key, this media type, and 1 to `maxBytes` bytes. */
  upload(file: { key: string; type: string; maxBytes: number }, now: Date): UploadForm;
  /** An address that sends the object as a file to save, under this name. */
  download(file: { key: string; type: string; filename: string }, now: Date): Promise<{ url: string; expires: Date }>;
}

/** Minutes in which an upload must begin: long enough to choose again after a mistake. */
const uploadMinutes = 10;
/** Minutes in which a download must begin. */
const downloadMinutes = 5;

export function createSigner(options: SignerOptions): Signer {
  const address = addressOf(options);
  return {
    upload(file, now) {
      const expires = new Date(now.getTime() + uploadMinutes * 60_000);
      const { fields, signature } = signedPolicy(options, file, now, expires);
      return { url: address(''), fields: { ...fields, 'X-Amz-Signature': signature }, expires };
    },
    async download({ key, type, filename }, now) {
      const url = new URL(address(key));
      const v4 = new SignatureV4({
        service: 's3',
        region: options.region,
        credentials: options.credentials(),
        sha256: Sha256,
        uriEscapePath: false,
      });
      const signed = await v4.presign(
        {
          method: 'GET',
          protocol: url.protocol,
          hostname: url.hostname,
          ...(url.port === '' ? {} : { port: Number(url.port) }),
          path: url.pathname,
          query: { 'response-content-disposition': attachment(filename), 'response-content-type': type },
          headers: { host: url.host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
        },
        { signingDate: now, expiresIn: downloadMinutes * 60 },
      );
      const query = Object.entries(signed.query ?? {}).map(
        ([name, value]) => `${encoded(name)}=${encoded(String(value))}`,
      );
      return {
        url: `${url.origin}${url.pathname}?${query.join('&')}`,
        expires: new Date(now.getTime() + downloadMinutes * 60_000),
      };
    },
  };
}

/** On AWS the bucket is in the host; elsewhere, where no name server knows it, in the path. */
function addressOf({ bucket, region, endpoint }: SignerOptions): (key: string) => string {
  const base =
    endpoint === undefined
      ? `https://${bucket}.s3.${region}.amazonaws.com/`
      : `${endpoint.replace(/\/+$/, '')}/${encoded(bucket)}${''}`;
  return (key) => {
    const path = key.split('/').map(encoded).join('/');
    if (endpoint === undefined) return `${base}${path}`;
    return key === '' ? base : `${base}/${path}`;
  };
}

/**
 * The policy of a form and its signature. S3 refuses what a condition does not hold for, and every field without one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
function signedPolicy(
  { bucket, region, credentials }: SignerOptions,
  { key, type, maxBytes }: { key: string; type: string; maxBytes: number },
  now: Date,
  expires: Date,
): { fields: Record<string, string>; signature: string } {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials();
  const date = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const fields: Record<string, string> = {
    key,
    'Content-Type': type,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKeyId}/${day}/${region}/s3/aws4_request`,
    'X-Amz-Date': date,
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  };
  const conditions = [
    { bucket },
    ...Object.entries(fields).map(([name, value]) => ['eq', `$${name}`, value]),
    ['content-length-range', 1, maxBytes],
  ];
  const policy = Buffer.from(asciiJson({ expiration: expires.toISOString(), conditions })).toString('base64');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = createHmac('sha256', signingKey).update(policy).digest('hex');
  return { fields: { ...fields, Policy: policy }, signature };
}

/** A policy's characters beyond ASCII are to be escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** RFC 3986, as signatures want it. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Node's SHA-256 in the form that the signer takes. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('A hash is used once.');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
