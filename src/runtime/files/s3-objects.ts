import type { S3Client } from '@aws-sdk/client-s3';
import { own } from '../json.ts';
import type { FileObjects } from './world.ts';

/** A bucket on the SDK of Lambda's runtime, loaded when it is first needed. */
export function bucketObjects(
  bucket: string,
  endpoint: string | undefined,
): FileObjects & { ready(): Promise<unknown> } {
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () => (loading ??= load(endpoint));
  return {
    ready: loaded,
    async look(key) {
      const { sdk, client } = await loaded();
      try {
        const head = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
        return {
          size: head.ContentLength ?? 0,
          type: head.ContentType ?? 'application/octet-stream',
          created: head.LastModified ?? new Date(0),
        };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async list(prefix, after, limit) {
      const { sdk, client } = await loaded();
      const page = await client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          MaxKeys: limit,
          ...(after && { StartAfter: after }),
        }),
      );
      return {
        objects: (page.Contents ?? []).flatMap(({ Key, Size = 0, LastModified = new Date(0) }) =>
          Key === undefined ? [] : [{ key: Key, size: Size, created: LastModified }],
        ),
        more: page.IsTruncated === true,
      };
    },
    async remove(key) {
      const { sdk, client } = await loaded();
      await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

async function load(
  endpoint: string | undefined,
): Promise<{ sdk: typeof import('@aws-sdk/client-s3'); client: S3Client }> {
  const sdk = await import('@aws-sdk/client-s3');
  const other = endpoint !== undefined && endpoint !== '';
  const client = new sdk.S3Client({ maxAttempts: 4, ...(other ? { endpoint, forcePathStyle: true } : {}) });
  return { sdk, client };
}

/**
 * A role that may not list the bucket gets 403, not 404, for an object that is not there.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
function isMissing(error: unknown): boolean {
  const status = own(own(error, '$metadata'), 'httpStatusCode');
  return status === 404 || status === 403;
}
