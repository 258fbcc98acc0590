import type { IncomingMessage, ServerResponse } from 'node:http';
import { objectArn, s3Location } from './demands/s3.ts';
import { type PostForm, postedKey } from './post-policy.ts';
import { elements } from './refusal.ts';
import { credential, type SignedRequest } from './signed-request.ts';

/** A form that was read whole, with the file that it brings. */
export interface PostUpload {
  readonly form: PostForm;
  readonly file: Uint8Array;
  readonly signed: Omit<SignedRequest, 'style' | 'signedHeaders'>;
}

/** A form posted to a bucket, as browsers do; the path of a bucket has no second step. */
export function isPostUpload(request: Pick<IncomingMessage, 'headers' | 'method'>, path: string): boolean {
  return (
    request.method === 'POST' &&
    (request.headers['content-type'] ?? '').startsWith('multipart/form-data') &&
    s3Location(request.headers.host, path).key === ''
  );
}

/** Undefined where the body is no such form. Fields after the file do not count, as with S3. */
export async function readPostUpload(
  headers: IncomingMessage['headers'],
  path: string,
  body: Buffer,
): Promise<PostUpload | undefined> {
  let data: FormData;
  try {
    data = await new Response(body, { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
  } catch {
    // The boundary is not there, or a part is cut short.
    return undefined;
  }
  const fields = new Map<string, string>();
  for (const [name, value] of data) {
    if (name.toLowerCase() !== 'file') {
      if (typeof value === 'string') fields.set(name.toLowerCase(), value);
      continue;
    }
    const file = typeof value === 'string' ? Buffer.from(value) : new Uint8Array(await value.arrayBuffer());
    const fileName = typeof value === 'string' ? '' : value.name.replace(/^.*[/\\]/, '');
    const { bucket } = s3Location(headers.host, path);
    const signed = {
      ...credential(fields.get('x-amz-credential') ?? ''),
      signature: fields.get('x-amz-signature') ?? '',
      time: fields.get('x-amz-date') ?? '',
      sessionToken: fields.get('x-amz-security-token'),
    };
    return { form: { bucket, fields, fileName, fileSize: file.length }, file, signed };
  }
  return undefined;
}

/** Headers of an object that a form may set by fields of the same name. */
const objectHeaders =
  /^(?:cache-control|content-(?:disposition|encoding|type)|expires|x-amz-(?:meta-.+|storage-class|website-redirect-location|tagging))$/;

/**
 * Stores the file and answers as S3 does. moto takes such forms too, but keeps neither their content type nor their other
 * headers, so the object is put.
 * @param put Sends `PUT <path>` to moto.
 */
export async function storeUpload(
  { form, file }: PostUpload,
  response: ServerResponse,
  put: (path: string, headers: Record<string, string>, body: Uint8Array) => Promise<Response>,
): Promise<void> {
  const location = { bucket: form.bucket, key: postedKey(form) };
  const path = `/${[location.bucket, ...location.key.split('/')].map(encodeURIComponent).join('/')}`;
  const headers = Object.fromEntries([...form.fields].filter(([name]) => objectHeaders.test(name)));
  const stored = await put(path, { 'content-type': 'binary/octet-stream', ...headers }, file);
  if (!stored.ok) {
    response.writeHead(stored.status, { 'content-type': 'application/xml' }).end(await stored.text());
    return;
  }
  const etag = stored.headers.get('etag') ?? '';
  const address = form.fields.get('success_action_redirect') ?? form.fields.get('redirect') ?? '';
  const common = { etag, location: path };
  if (URL.canParse(address)) {
    const target = new URL(address);
    for (const [name, value] of Object.entries({ ...location, etag })) target.searchParams.set(name, value);
    response.writeHead(303, { ...common, location: target.href }).end();
    return;
  }
  const wanted = form.fields.get('success_action_status');
  if (wanted === '201') {
    const parts = elements({ Location: path, Bucket: location.bucket, Key: location.key, ETag: etag });
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${parts}</PostResponse>`;
    response.writeHead(201, { ...common, 'content-type': 'application/xml' }).end(xml);
    return;
  }
  response.writeHead(wanted === '200' ? 200 : 204, common).end();
}

export function uploadTarget({ form }: PostUpload): string {
  return objectArn({ bucket: form.bucket, key: postedKey(form) });
}
