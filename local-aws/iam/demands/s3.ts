import type { AwsCall } from '../aws-call.ts';
import type { Demand, Demands } from './demand.ts';

/** Where a request to S3 goes: `/bucket/key`, or the key alone on a host that begins with the bucket. */
export interface S3Location {
  bucket: string;
  /** '' for the bucket itself. */
  key: string;
}

/** @param path As it was sent, without the query. */
export function s3Location(host: string | undefined, path: string): S3Location {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  const virtual = /^(.+?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.localhost$/.exec(name)?.[1];
  const steps = path.replace(/^\//, '');
  if (virtual !== undefined && !/^s3(?:\.|$)/.test(virtual)) return { bucket: virtual, key: decoded(steps) };
  const slash = steps.indexOf('/');
  return slash < 0
    ? { bucket: decoded(steps), key: '' }
    : { bucket: decoded(steps.slice(0, slash)), key: decoded(steps.slice(slash + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded: what looks like an escape is part of the name.
    return text;
  }
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn({ bucket, key }: S3Location): string {
  return `${bucketArn(bucket)}/${key}`;
}

/** Sub-resources of objects and buckets with actions of their own, for reading and for writing. */
const objectParts: Readonly<Record<string, readonly [read: string, write: string]>> = {
  acl: ['GetObjectAcl', 'PutObjectAcl'],
  attributes: ['GetObjectAttributes', 'GetObjectAttributes'],
  'legal-hold': ['GetObjectLegalHold', 'PutObjectLegalHold'],
  retention: ['GetObjectRetention', 'PutObjectRetention'],
  tagging: ['GetObjectTagging', 'PutObjectTagging'],
};
const bucketReads: Readonly<Record<string, string>> = {
  location: 'GetBucketLocation',
  uploads: 'ListBucketMultipartUploads',
  versions: 'ListBucketVersions',
};
/** Parameters that say nothing of what is asked for. */
const neutral =
  /^(?:x-id|x-amz-.*|response-.*|versionId|partNumber|uploadId|uploads|list-type|prefix|delimiter|max-keys|continuation-token|start-after|marker|encoding-type|fetch-owner|key-marker|version-id-marker|upload-id-marker|max-uploads)$/i;

/**
 * What a request for an object or a bucket needs. The administration of buckets is not known here.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function s3Demands(call: AwsCall): Demands {
  const location = s3Location(call.headers.host, call.path);
  if (location.bucket === '' && call.method === 'GET')
    return { kind: 'demands', demands: [{ action: 's3:ListAllMyBuckets', resource: '*' }] };
  const demands = location.key === '' ? onBucket(call, location) : onObject(call, location);
  if (demands !== undefined) return { kind: 'demands', demands };
  const query = [...call.query.keys()].filter((name) => !/^x-/i.test(name)).join('&');
  return {
    kind: 'unknown',
    sentence: `Local AWS does not know which action of S3 ${call.method} ${call.path}${query ? `?${query}` : ''} needs.`,
  };
}

function onBucket({ method, query, body }: AwsCall, location: S3Location): Demand[] | undefined {
  const resource = bucketArn(location.bucket);
  const part = [...query.keys()].find((name) => !neutral.test(name) || Object.hasOwn(bucketReads, name));
  if (method === 'POST' && query.has('delete')) return deletions(location.bucket, body);
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const action = part === undefined ? 'ListBucket' : Object.hasOwn(bucketReads, part) ? bucketReads[part] : undefined;
  if (action === undefined) return undefined;
  const context = {
    's3:prefix': query.get('prefix') ?? undefined,
    's3:delimiter': query.get('delimiter') ?? undefined,
    's3:max-keys': query.get('max-keys') ?? undefined,
  };
  return [{ action: `s3:${action}`, resource, context }];
}

function onObject({ method, query, headers }: AwsCall, location: S3Location): Demand[] | undefined {
  const resource = objectArn(location);
  const on = (...actions: string[]): Demand[] => actions.map((action) => ({ action: `s3:${action}`, resource }));
  const version = query.has('versionId') ? 'Version' : '';
  const part = [...query.keys()].find((name) => !neutral.test(name));
  const reading = method === 'GET' || method === 'HEAD';
  if (part !== undefined) {
    const actions = Object.hasOwn(objectParts, part) ? objectParts[part] : undefined;
    if (actions === undefined) return undefined;
    if (method === 'DELETE') return part === 'tagging' ? on(`DeleteObject${version}Tagging`) : undefined;
    return on((reading ? actions[0] : actions[1]).replace(/^(Get|Put)Object/, `$1Object${version}`));
  }
  if (reading) return on(query.has('uploadId') ? 'ListMultipartUploadParts' : `GetObject${version}`);
  if (method === 'DELETE') return on(query.has('uploadId') ? 'AbortMultipartUpload' : `DeleteObject${version}`);
  if (method === 'POST') return query.has('uploads') || query.has('uploadId') ? on('PutObject') : undefined;
  if (method !== 'PUT') return undefined;
  const given = (name: string) => headers[name] !== undefined || query.has(name);
  const source = copySource(headers['x-amz-copy-source']);
  return [
    ...on('PutObject'),
    ...(given('x-amz-tagging') ? on('PutObjectTagging') : []),
    ...(given('x-amz-acl') ? on('PutObjectAcl') : []),
    ...(source === undefined ? [] : [{ action: `s3:GetObject${source.version}`, resource: objectArn(source) }]),
  ];
}

function copySource(header: string | string[] | undefined): (S3Location & { version: '' | 'Version' }) | undefined {
  if (typeof header !== 'string') return undefined;
  const [path = '', query = ''] = header.split('?');
  const location = s3Location(undefined, path.startsWith('/') ? path : `/${path}`);
  return { ...location, version: /(?:^|&)versionId=/.test(query) ? 'Version' : '' };
}

/** Each object of a DeleteObjects. S3 refuses them one by one; here one that is refused refuses all. */
function deletions(bucket: string, body: Buffer | undefined): Demand[] | undefined {
  if (body === undefined) return undefined;
  const objects = body.toString('utf8').match(/<Object>[\s\S]*?<\/Object>/g) ?? [];
  const demands = objects.flatMap((object): Demand[] => {
    const key = /<Key>([\s\S]*?)<\/Key>/.exec(object)?.[1];
    if (key === undefined) return [];
    const action = object.includes('<VersionId>') ? 's3:DeleteObjectVersion' : 's3:DeleteObject';
    return [{ action, resource: objectArn({ bucket, key: unescaped(key) }) }];
  });
  return demands.length === 0 || demands.length !== objects.length ? undefined : demands;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return name !== undefined && Object.hasOwn(entities, name) ? (entities[name] ?? all) : all;
  });
}
