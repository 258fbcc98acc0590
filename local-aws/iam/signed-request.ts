import type { IncomingMessage } from 'node:http';
import { queryOf } from '../aws-request.ts';

/** What a request says of its signature, in the header or in a presigned address. */
export interface SignedRequest {
  readonly style: 'header' | 'presigned';
  readonly accessKeyId: string;
  /** `20260101` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260101T120000Z` */
  readonly time: string;
  readonly sessionToken: string | undefined;
}

/** Undefined where the request is not signed in this way; what is missing of the signature is ''. */
export function signedRequest(request: Pick<IncomingMessage, 'headers' | 'url'>): SignedRequest | undefined {
  const { headers } = request;
  const header = headers.authorization;
  if (header !== undefined) {
    if (!header.startsWith('AWS4-HMAC-SHA256')) return undefined;
    const part = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? '';
    return {
      style: 'header',
      ...credential(part('Credential')),
      signedHeaders: part('SignedHeaders').split(';'),
      signature: part('Signature'),
      time: text(headers['x-amz-date']) ?? '',
      sessionToken: text(headers['x-amz-security-token']),
    };
  }
  const query = queryOf(request);
  const given = query.get('X-Amz-Credential');
  if (given === null) return undefined;
  return {
    style: 'presigned',
    ...credential(given),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    time: query.get('X-Amz-Date') ?? '',
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
  };
}

/** `<key>/<date>/<region>/<service>/aws4_request`. Key ids of our own hold no slash. */
export function credential(given: string): Pick<SignedRequest, 'accessKeyId' | 'date' | 'region' | 'service'> {
  const [accessKeyId = '', date = '', region = '', service = ''] = given.split('/');
  return { accessKeyId, date, region, service };
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** `20260101T120000Z` in milliseconds; NaN where it is not such a time. */
export function signingTime(time: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  return year === undefined ? Number.NaN : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
