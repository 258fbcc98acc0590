import type { Answer } from './answer.ts';

/** What API Gateway expects of a Lambda function behind a proxy integration. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * `x-token-refresh: required`: the tokens that the caller holds name a tenant or role that is not so any more. Until they
 * are refreshed the API goes by what they say.
 */
export const refreshHeader = 'x-token-refresh';

/**
 * Turns an answer into HTTP.
 * @param origins web origins that may read it from a browser; `*` for every one
 */
export function respond(
  answer: Answer,
  request: { requestId: string; origin?: string },
  origins: readonly string[],
): HttpResponse {
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': request.requestId,
    ...corsHeaders(request.origin, origins),
  };
  switch (answer.kind) {
    case 'done':
      if (answer.refreshTokens) headers[refreshHeader] = 'required';
      return { statusCode: 204, headers, body: '' };
    case 'row':
      if (answer.etag !== undefined) headers.etag = answer.etag;
      if (answer.refreshTokens) headers[refreshHeader] = 'required';
      return json(answer.status, headers, answer.body);
    case 'not-modified':
      return { statusCode: 304, headers: { ...headers, etag: answer.etag }, body: '' };
    case 'page':
      return json(200, headers, { items: answer.items, next_cursor: answer.nextCursor });
    case 'problem': {
      const { kind: _, ...problem } = answer;
      if (problem.status === 503) headers['retry-after'] = '1';
      return json(problem.status, headers, { ...problem, request_id: request.requestId }, 'application/problem+json');
    }
  }
}

function json(
  statusCode: number,
  headers: Record<string, string>,
  body: object,
  type = 'application/json',
): HttpResponse {
  return { statusCode, headers: { ...headers, 'content-type': type }, body: JSON.stringify(body) };
}

/** What lets a browser's page of another origin read an answer. */
export function corsHeaders(origin: string | undefined, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const expose = { 'access-control-expose-headers': 'ETag, Retry-After, X-Request-Id, X-Token-Refresh' };
  if (origins.includes('*')) return { 'access-control-allow-origin': '*', ...expose };
  if (origin !== undefined && origins.includes(origin))
    return { 'access-control-allow-origin': origin, vary: 'Origin', ...expose };
  return { vary: 'Origin' };
}
