import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../deployment/ports.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { errorCode, toFailure } from './failures.ts';

/** `elsewhere`: where S3 is when that is not AWS. */
export type StoreSettings = ClientSettings & { elsewhere?: string };

/** S3 as the engine needs it. One client serves every bucket. */
export function objectStores(
  settings: StoreSettings,
  account: string,
): { bucket(name: string): ObjectStore; close(): void } {
  const client = new S3Client({
    ...clientConfig(settings),
    // Bucket names as host names work at AWS only.
    ...(settings.elsewhere === undefined ? {} : { forcePathStyle: true }),
  });
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  return { bucket: (name) => objectStore(client, name, account, settings), close: () => client.destroy() };
}

function objectStore(client: S3Client, bucket: string, account: string, settings: StoreSettings): ObjectStore {
  // A bucket of this name in somebody else's account must never get our templates, nor give us its own.
  const place = { Bucket: bucket, ExpectedBucketOwner: account };

  async function put(input: Omit<PutObjectCommandInput, 'Bucket' | 'ExpectedBucketOwner'>) {
    const { ETag } = await client.send(new PutObjectCommand({ ...place, ...input }));
    return { status: 'written' as const, etag: ETag ?? '' };
  }

  return {
    bucket,

    url(key) {
      const path = key.split('/').map(encodeURIComponent).join('/');
      if (settings.elsewhere !== undefined) return `${settings.elsewhere.replace(/\/+$/, '')}/${bucket}/${path}`;
      return `https://${bucket}.s3.${settings.region}.amazonaws.com/${path}`;
    },

    async putIfAbsent(key, body, contentType) {
      try {
        return await put({ Key: key, Body: body, ContentType: contentType, IfNoneMatch: '*' });
      } catch (error) {
        return errorCode(error) === 'PreconditionFailed' ? { status: 'exists' } : toFailure(error);
      }
    },

    async putIfMatch(key, body, contentType, etag) {
      try {
        return await put({ Key: key, Body: body, ContentType: contentType, IfMatch: etag });
      } catch (error) {
        // NoSuchKey: it was deleted since.
        return ['PreconditionFailed', 'NoSuchKey'].includes(errorCode(error))
          ? { status: 'changed' }
          : toFailure(error);
      }
    },

    async get(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ ...place, Key: key }));
        const body = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return { status: 'found', body, etag: ETag ?? '' };
      } catch (error) {
        return isMissing(error) ? { status: 'absent' } : toFailure(error);
      }
    },

    async head(key) {
      try {
        const { ETag, ContentLength } = await client.send(new HeadObjectCommand({ ...place, Key: key }));
        return { status: 'found', etag: ETag ?? '', size: ContentLength ?? 0 };
      } catch (error) {
        return isMissing(error) ? { status: 'absent' } : toFailure(error);
      }
    },

    async list(prefix) {
      const keys: string[] = [];
      try {
        let next: string | undefined;
        do {
          const page = await client.send(
            new ListObjectsV2Command({
              ...place,
              Prefix: prefix,
              ...(next === undefined ? {} : { ContinuationToken: next }),
            }),
          );
          for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
          next = page.NextContinuationToken;
        } while (next !== undefined);
        return { status: 'found', keys };
      } catch (error) {
        return errorCode(error) === 'NoSuchBucket' ? { status: 'no-bucket' } : toFailure(error);
      }
    },
  };
}

/** HeadObject has no body and therefore no better code than NotFound. */
function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(errorCode(error));
}
