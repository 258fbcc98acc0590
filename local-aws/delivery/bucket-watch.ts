import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf, queryOf } from '../aws-request.ts';
import { readBody } from '../http-body.ts';
import type { Log } from '../log.ts';
import { answeredHeader, passThrough } from '../proxy.ts';

/** Something that happened to an object. */
export interface ObjectNews {
  bucket: string;
  key: string;
  /** Such as `s3:ObjectCreated:Put`. */
  event: string;
  sourceIp: string;
  requestId: string;
}

/** DeleteObjects names a thousand keys of a kilobyte at most. */
const bodyLimit = 4 * 1024 * 1024;

/** Queries that ask for something of an object other than its content: `?tagging`, `?acl`, `?partNumber=1&uploadId=x`. */
const otherThanContent = ['tagging', 'acl', 'retention', 'legal-hold', 'uploads', 'restore', 'partNumber', 'select'];

/**
 * Notices what clients do to objects of the buckets that tell somebody, once moto has done it. Requests stream on; only
 * those that say in their body which objects they are about are read. True where the request was passed on from here.
 */
export function createBucketWatch(
  moto: URL,
  parts: { isWatched(bucket: string): boolean; happened(news: ObjectNews): void; log: Log },
) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const place = placeOf(request);
    if (place === undefined || !parts.isWatched(place.bucket)) return false;
    const { bucket, key } = place;
    const query = queryOf(request);
    const tell = (event: string, of: string) => {
      if (response.statusCode >= 300) return;
      const sourceIp = (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
      const requestId = answeredHeader(response, 'x-amz-request-id') ?? '';
      parts.happened({ bucket, key: of, event, sourceIp, requestId });
    };
    const removal = () => {
      const marker = answeredHeader(response, 'x-amz-delete-marker');
      return marker === 'true' ? 's3:ObjectRemoved:DeleteMarkerCreated' : 's3:ObjectRemoved:Delete';
    };
    if (request.method === 'POST' && (key === '' || query.has('uploadId'))) {
      if (key !== '') {
        response.once('finish', () => tell('s3:ObjectCreated:CompleteMultipartUpload', key));
        return false;
      }
      if (!query.has('delete')) {
        // A form that a browser sends; S3 answers with the key.
        response.once('finish', () => {
          const location = answeredHeader(response, 'location') ?? '';
          const made = decoded(location.slice(location.indexOf(bucket) + bucket.length + 1).split('?')[0] ?? '');
          if (made) tell('s3:ObjectCreated:Post', made);
        });
        return false;
      }
      const body = await readBody(request, bodyLimit);
      const keys = [...(body?.toString('utf8') ?? '').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, text = '']) =>
        plain(text),
      );
      response.once('finish', () => {
        for (const one of keys) tell('s3:ObjectRemoved:Delete', one);
      });
      passThrough(moto, request, response, parts.log, body ?? Buffer.alloc(0));
      return true;
    }
    if (key === '' || otherThanContent.some((name) => query.has(name))) return false;
    if (request.method === 'PUT') {
      const copy = request.headers['x-amz-copy-source'] !== undefined;
      response.once('finish', () => tell(copy ? 's3:ObjectCreated:Copy' : 's3:ObjectCreated:Put', key));
    }
    if (request.method === 'DELETE' && !query.has('uploadId')) response.once('finish', () => tell(removal(), key));
    return false;
  };
}

/** Bucket and key of a request in either style: `/bucket/key`, or `/key` at the host `bucket.localhost`. */
function placeOf(request: IncomingMessage): { bucket: string; key: string } | undefined {
  const path = decoded(pathOf(request).slice(1));
  if (path === undefined) return undefined;
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const virtual = /^(.+?)\.(?:s3[.-].*)?localhost$/.exec(host)?.[1];
  if (virtual !== undefined) return { bucket: virtual, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function plain(xml: string): string {
  return xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
