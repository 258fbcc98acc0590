import type { IncomingMessage } from 'node:http';

/** The region of a request that says none. */
export const defaultRegion = 'us-east-1';

/** What an AWS request says of itself in its signature: `Credential=<key>/<date>/<region>/<service>/aws4_request`. */
export interface CredentialScope {
  readonly region: string;
  readonly service: string;
}

/** From the Authorization header, or from a presigned address. Undefined when the request is not signed. */
export function credentialScope(request: Pick<IncomingMessage, 'headers' | 'url'>): CredentialScope | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const credential = header ?? queryOf(request).get('X-Amz-Credential') ?? undefined;
  const parts = credential?.split('/') ?? [];
  // Counted from the end: a key id may hold a slash.
  const [region, service] = parts.slice(-3, -1);
  return region && service && parts.at(-1) === 'aws4_request' ? { region, service } : undefined;
}

export function pathOf(request: Pick<IncomingMessage, 'url'>): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

export function queryOf(request: Pick<IncomingMessage, 'url'>): URLSearchParams {
  const mark = (request.url ?? '').indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : request.url?.slice(mark + 1));
}
