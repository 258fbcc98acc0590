import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { credentialScope, pathOf, queryOf } from '../aws-request.ts';
import type { ReadObject } from '../cloudformation/template/source.ts';
import type { RequestHandler } from '../compose.ts';
import { readBody } from '../http-body.ts';
import { ProviderError, type ResourceProvider } from '../providers/provider.ts';

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly type: string;
}

const maximumObject = 64 * 1024 * 1024;

/**
 * As much of S3 as a deployment needs where there is no moto: buckets, and objects that are put, read, listed and
 * written on a condition (If-None-Match, If-Match). Path style only; in memory only; everything else is refused.
 */
export class MemoryBuckets implements RequestHandler {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();

  /** AWS::S3::Bucket. */
  readonly provider: ResourceProvider = {
    create: async ({ properties, generatedName, region }) => {
      const name = typeof properties.BucketName === 'string' ? properties.BucketName : generatedName(63, true);
      if (this.#buckets.has(name)) throw new ProviderError(`${name} already exists`, 'AlreadyExists');
      this.#buckets.set(name, new Map());
      return { physicalId: name, attributes: attributesOf(name, region) };
    },
    update: async ({ physicalId, region }) => ({ physicalId, attributes: attributesOf(physicalId, region) }),
    delete: async ({ physicalId }) => {
      const objects = this.#buckets.get(physicalId);
      if (objects !== undefined && objects.size > 0)
        throw new ProviderError('The bucket you tried to delete is not empty', 'GeneralServiceException');
      this.#buckets.delete(physicalId);
    },
  };

  /** Templates that CloudFormation is sent by address. */
  readonly readObject: ReadObject = async ({ bucket, key }, maximumBytes) => {
    const object = this.#buckets.get(bucket)?.get(key);
    if (object === undefined) return { found: false, reason: 'The specified key does not exist.' };
    if (object.body.length > maximumBytes)
      return { found: false, reason: `the template is larger than ${maximumBytes} bytes.` };
    return { found: true, text: object.body.toString('utf8') };
  };

  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (credentialScope(request)?.service !== 's3') return false;
    const [bucket = '', ...rest] = pathOf(request).slice(1).split('/').map(decoded);
    const key = rest.join('/');
    const objects = this.#buckets.get(bucket);
    if (objects === undefined) fail(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
    else if (key === '') listing(objects, bucket, request, response);
    else if (request.method === 'PUT') await put(objects, key, request, response);
    else read(objects.get(key), request, response);
    return true;
  }
}

function attributesOf(name: string, region: string): Record<string, string> {
  return {
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
}

async function put(
  objects: Map<string, StoredObject>,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const {
    'if-none-match': noneMatch,
    'if-match': match,
    'content-type': type,
    'content-encoding': encoding,
  } = request.headers;
  const body = await readBody(request, maximumObject);
  if (body === undefined) {
    response.shouldKeepAlive = false;
    return fail(response, 400, 'EntityTooLarge', `An object may have at most ${maximumObject} bytes here.`);
  }
  if (encoding?.includes('aws-chunked') || queryOf(request).has('partNumber'))
    return fail(response, 400, 'NotImplemented', 'Without moto, an object is uploaded in one piece.');
  // Judged after the body has arrived: of two writers at once, the one who is through first wins.
  const there = objects.get(key);
  if (noneMatch === '*' && there !== undefined) return precondition(response);
  if (match !== undefined && there === undefined)
    return fail(response, 404, 'NoSuchKey', 'The specified key does not exist.');
  if (match !== undefined && there?.etag !== match) return precondition(response);
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  objects.set(key, { body, etag, type: type ?? 'binary/octet-stream' });
  response.writeHead(200, { etag, 'content-length': 0 }).end();
}

function read(object: StoredObject | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    fail(response, 400, 'NotImplemented', `Without moto there is no ${request.method} of an object.`);
  } else if (object === undefined) {
    fail(response, 404, 'NoSuchKey', 'The specified key does not exist.');
  } else {
    const { body, etag, type } = object;
    response.writeHead(200, { etag, 'content-type': type, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** ListObjectsV2, all in one page. */
function listing(
  objects: ReadonlyMap<string, StoredObject>,
  bucket: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method === 'HEAD') {
    response.writeHead(200).end();
    return;
  }
  const query = queryOf(request);
  if (request.method !== 'GET' || query.get('list-type') !== '2') {
    fail(response, 400, 'NotImplemented', `Without moto there is no ${request.method} of a bucket like this.`);
    return;
  }
  const prefix = query.get('prefix') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const contents = keys.map((key) => {
    const object = objects.get(key);
    return `<Contents><Key>${escaped(key)}</Key><Size>${object?.body.length ?? 0}</Size><ETag>${escaped(object?.etag ?? '')}</ETag></Contents>`;
  });
  xml(
    response,
    200,
    `<ListBucketResult><Name>${escaped(bucket)}</Name><Prefix>${escaped(prefix)}</Prefix><KeyCount>${keys.length}</KeyCount><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
  );
}

function precondition(response: ServerResponse): void {
  fail(response, 412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  xml(response, status, `<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>${body}`;
  response
    .writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
