import * as z from 'zod';
import type { ApiSnapshot } from './api-snapshots.ts';
import type { Route } from './route.ts';

export type Authorization =
  | { kind: 'allowed'; authorizer?: Record<string, unknown> }
  | { kind: 'unauthorized' }
  | { kind: 'missing-token' }
  /** Something that is not done here; the message goes to the log. */
  | { kind: 'unsupported'; message: string };

/**
 * Whether a request may pass. **Tokens are not verified**: signature, expiry, issuer and scopes are not looked at. A
 * route with an authorizer wants a bearer token that can be read, and its claims go to the function as they are.
 */
export function authorize(route: Route, snapshot: ApiSnapshot, headers: ReadonlyMap<string, string>): Authorization {
  const type = route.method.authorizationType ?? 'NONE';
  if (type === 'NONE') return { kind: 'allowed' };
  if (type === 'AWS_IAM') return headers.has('authorization') ? { kind: 'allowed' } : { kind: 'missing-token' };
  const authorizer = snapshot.authorizers.get(route.method.authorizerId ?? '');
  if (type !== 'COGNITO_USER_POOLS' && authorizer?.type !== 'COGNITO_USER_POOLS')
    return {
      kind: 'unsupported',
      message: `${route.method.httpMethod} ${route.resource.path} has a Lambda authorizer, which the local AWS does not run.`,
    };
  const header = /^method\.request\.header\.(.+)$/.exec(authorizer?.identitySource ?? '')?.[1] ?? 'Authorization';
  const token = headers.get(header.toLowerCase())?.replace(/^Bearer\s+/i, '');
  const claims = token === undefined ? undefined : unverifiedClaims(token);
  return claims ? { kind: 'allowed', authorizer: { claims } } : { kind: 'unauthorized' };
}

const Claims = z.record(z.string(), z.unknown());

/** The claims in a JWT's payload, in the form in which a REST API passes them on: every value a string. */
export function unverifiedClaims(token: string): Record<string, string> | undefined {
  const parts = token.trim().split('.');
  if (parts.length !== 3 || !parts[1]) return undefined;
  let payload: unknown;
  try {
    payload = JSON.parse(Buffer.from(parts[1], 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const claims = Claims.safeParse(payload);
  if (!claims.success) return undefined;
  return Object.fromEntries(Object.entries(claims.data).map(([name, value]) => [name, claimText(name, value)]));
}

/** Lists joined by commas, `exp` and `iat` as dates in words, the rest as it prints. */
function claimText(name: string, value: unknown): string {
  if (
    (name === 'exp' || name === 'iat') &&
    typeof value === 'number' &&
    Number.isFinite(new Date(value * 1000).getTime())
  )
    return dateInWords(new Date(value * 1000));
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** `Thu Oct 06 17:18:06 UTC 2026`, as Java prints a date. */
function dateInWords(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
