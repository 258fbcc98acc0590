/** An object in S3, however its address was written. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * Reads an S3 address in any of its forms: path style or virtual-host style; global, regional, dash-regional and
 * dual-stack hosts; and the hosts of this machine, where Local AWS itself is S3. Undefined for any other address,
 * which is never fetched. https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function parseS3Url(text: string): S3Location | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return undefined;
  if (url.protocol === 's3:') return location(url.hostname, url.pathname.slice(1), url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  const host = url.hostname;
  const local = /^(?:(?<bucket>.+?)\.)?(?:s3\.)?(?:localhost|127\.0\.0\.1|\[::1\])$/.exec(host);
  const amazon =
    /^(?:(?<bucket>.+?)\.)?s3(?:-external-1|[.-](?:dualstack\.)?[a-z0-9-]+|\.dualstack\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.exec(
      host,
    );
  const match = amazon ?? local;
  if (!match) return undefined;
  const bucket = match.groups?.bucket;
  const path = url.pathname.slice(1);
  if (bucket !== undefined && bucket !== 's3') return location(bucket, path, url);
  const slash = path.indexOf('/');
  return slash < 0 ? undefined : location(path.slice(0, slash), path.slice(slash + 1), url);
}

function location(bucket: string, encodedKey: string, url: URL): S3Location | undefined {
  let key: string;
  try {
    key = decodeURIComponent(encodedKey);
  } catch {
    // A half escape (`%zz`) names no object: the caller answers that the address is wrong.
    return undefined;
  }
  const versionId = url.searchParams.get('versionId') ?? undefined;
  if (!/^[a-z0-9][a-z0-9._-]{1,62}$/i.test(bucket) || key === '') return undefined;
  return { bucket, key, ...(versionId !== undefined && { versionId }) };
}
