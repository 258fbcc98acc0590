import type { ApiSnapshot } from './api-snapshots.ts';
import type { Route } from './route.ts';
import type { TokenVerifier } from './token-verifier.ts';

export type Authorization =
  | { kind: 'allowed'; authorizer?: Record<string, unknown> }
  /** The message is the service's own where it is another than `Unauthorized`. */
  | { kind: 'unauthorized'; message?: string }
  | { kind: 'missing-token' }
  /** Something that is not done here; the message goes to the log. */
  | { kind: 'unsupported'; message: string };

/**
 * Whether a request may pass a method's authorizer. A Cognito authorizer wants an ID token, or, where the method names
 * scopes, an access token with one of them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
export async function authorize(
  route: Route,
  snapshot: ApiSnapshot,
  headers: ReadonlyMap<string, string>,
  tokens: TokenVerifier,
): Promise<Authorization> {
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
  const token = headers
    .get(header.toLowerCase())
    ?.trim()
    .replace(/^Bearer +/i, '');
  if (!token || !hasForm(token, authorizer?.identityValidationExpression)) return { kind: 'unauthorized' };
  const scopes = route.method.authorizationScopes ?? [];
  const verdict = await tokens.verify(token, authorizer?.providerARNs ?? [], scopes.length > 0 ? 'access' : 'id');
  if (verdict.kind === 'expired') return { kind: 'unauthorized', message: 'The incoming token has expired' };
  if (verdict.kind === 'invalid') return { kind: 'unauthorized' };
  if (scopes.length > 0 && !scopesOf(verdict.claims).some((scope) => scopes.includes(scope)))
    return { kind: 'unauthorized' };
  return { kind: 'allowed', authorizer: { claims: claimTexts(verdict.claims) } };
}

function hasForm(token: string, expression: string | undefined): boolean {
  if (!expression) return true;
  try {
    return new RegExp(`^(?:${expression})$`).test(token);
  } catch {
    // An expression that is none lets nothing through.
    return false;
  }
}

function scopesOf(claims: Record<string, unknown>): string[] {
  return typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
}

/** Claims in the form in which a REST API passes them on: every value a string. */
export function claimTexts(claims: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(name, value)]));
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
