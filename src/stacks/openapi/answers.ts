import type { JsonSchema } from '../request-schema.ts';
import type { ApiOperation, ProblemStatus } from './operation.ts';
import { schemaRef } from './operation.ts';

/** The body of everything that is not a success. RFC 9457, https://www.rfc-editor.org/rfc/rfc9457 */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'What went wrong, and what to do about it (RFC 9457).',
  required: ['status', 'title', 'detail', 'request_id'],
  properties: {
    status: { type: 'integer', description: 'The HTTP status once more.' },
    title: { type: 'string', description: 'The kind of problem; the same for the same status.' },
    detail: { type: 'string', description: 'What to do, as a sentence.' },
    request_id: { type: 'string', description: 'Quote it when you report the problem: it is in the logs.' },
    errors: {
      type: 'array',
      description: 'With 400: what is wrong, field by field.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const responses = {
  NotModified: { status: 304, description: 'The row is still the one that If-None-Match names.' },
  BadRequest: { status: 400, description: 'The request is not valid; `errors` says which fields.' },
  Unauthenticated: {
    status: 401,
    description: 'Sign in first: the token is missing, expired or not of this user pool.',
  },
  Forbidden: { status: 403, description: 'The caller may not do this.' },
  NotFound: { status: 404, description: 'There is no such row, or the caller may not see it.' },
  Conflict: {
    status: 409,
    description: 'It contradicts what is stored: a value that must be unique, or a row that others refer to.',
  },
  PreconditionFailed: { status: 412, description: 'The row has changed since the revision that If-Match names.' },
  TooLarge: { status: 413, description: 'The row or the request is too large.' },
  UnsupportedMediaType: { status: 415, description: 'Send application/json.' },
  TooManyRequests: { status: 429, description: 'Too many requests. Try again after Retry-After seconds.' },
  InternalError: { status: 500, description: 'The request could not be completed.' },
  Busy: { status: 503, description: 'The backend is busy. Try again after Retry-After seconds.' },
} as const;

type ResponseName = keyof typeof responses;

const names = new Map<number, ResponseName>();
for (const [name, { status }] of Object.entries(responses)) if (isName(name)) names.set(status, name);

function isName(name: string): name is ResponseName {
  return Object.hasOwn(responses, name);
}

/** Every response that is no success, for `components.responses`. */
export function problemResponses(): JsonSchema {
  return Object.fromEntries(
    Object.entries(responses).map(([name, { status, description }]) => [
      name,
      status === 304
        ? { description }
        : { description, content: { 'application/problem+json': { schema: schemaRef('Problem') } } },
    ]),
  );
}

/** The problems of one operation, by status: its own, and those that each has. */
export function problemsOf({ access, problems }: Pick<ApiOperation, 'access' | 'problems'>): JsonSchema {
  const always: (ProblemStatus | 401 | 403 | 429 | 500 | 503)[] = [429, 500, 503];
  if (access.level !== 'public') always.push(401, 403);
  const statuses = [...new Set<number>([...problems, ...always])].sort((left, right) => left - right);
  return Object.fromEntries(
    statuses.flatMap((status) => {
      const name = names.get(status);
      return name === undefined ? [] : [[String(status), { $ref: `#/components/responses/${name}` }]];
    }),
  );
}
