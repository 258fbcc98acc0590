import type { IncomingMessage } from 'node:http';
import { credentialScope, pathOf, queryOf } from './aws-request.ts';

/** Counts the requests that clients make, by `service.Action`. What providers ask of moto is not counted. */
export interface CallCounts {
  count(request: IncomingMessage, form?: string): void;
  /** By name, in alphabetical order. */
  counts(): Record<string, number>;
  clear(): void;
}

export function createCallCounts(): CallCounts {
  const seen = new Map<string, number>();
  return {
    count(request, form) {
      const name = callName(request, form);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    },
    counts: () => Object.fromEntries([...seen].sort(([a], [b]) => (a < b ? -1 : 1))),
    clear: () => seen.clear(),
  };
}

/**
 * `dynamodb.CreateTable` where the protocol names the action (a header, a form, the SDK's `x-id`); for the other REST
 * services method and path with the ids left out: `lambda.POST /functions/{}/invocations`.
 */
export function callName(request: Pick<IncomingMessage, 'headers' | 'url' | 'method'>, form?: string): string {
  const service = credentialScope(request)?.service ?? 'unsigned';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return `${service}.${target.split('.').at(-1)}`;
  const action = new URLSearchParams(form ?? '').get('Action') ?? queryOf(request).get('Action');
  if (action) return `${service}.${action.slice(0, 80)}`;
  const operation = queryOf(request).get('x-id');
  if (operation) return `${service}.${operation.slice(0, 80)}`;
  if (service === 's3') return `s3.${request.method} ${/^\/?[^/]*\/?$/.test(pathOf(request)) ? 'bucket' : 'object'}`;
  const steps = pathOf(request)
    .split('/')
    .filter((step) => step !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(step));
  // REST paths alternate between a collection and the id of one of its members.
  return `${service}.${request.method} /${steps.map((step, i) => (i % 2 === 0 ? step : '{}')).join('/')}`;
}
