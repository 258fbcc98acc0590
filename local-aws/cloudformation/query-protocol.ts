import * as z from 'zod';
import { validationError } from './service-error.ts';

/**
 * AWS's query protocol: a form-encoded request whose keys are paths (`Parameters.member.1.ParameterKey`), an answer in
 * XML. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export type QueryValue = string | QueryMap;
export interface QueryMap {
  [key: string]: QueryValue;
}

/** A request has a few hundred keys at most; the deepest path of the service has nine steps. */
const maximumKeys = 10_000;
const maximumDepth = 16;

/** Reads form-encoded text into nested maps, which have no prototype. A later key does not overwrite an earlier one. */
export function parseQuery(text: string): QueryMap {
  const root = emptyMap();
  let keys = 0;
  for (const [path, value] of new URLSearchParams(text)) {
    keys += 1;
    const steps = path.split('.');
    if (keys > maximumKeys || steps.length > maximumDepth) throw validationError('The request has too many members.');
    let map = root;
    for (const step of steps.slice(0, -1)) {
      const inner = map[step];
      // An empty list is sent as `Tags=`, and may be followed by its members.
      const next = typeof inner === 'object' ? inner : emptyMap();
      map[step] = next;
      map = next;
    }
    const last = steps.at(-1) ?? '';
    map[last] ??= value;
  }
  return root;
}

function emptyMap(): QueryMap {
  return Object.create(null);
}

/** A list: `{ member: { 1: …, 2: … } }`, or empty text for an empty one. */
export function members<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (value === '' ? [] : listItems(value)), z.array(item));
}

function listItems(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = 'member' in value ? value.member : value;
  if (typeof entries !== 'object' || entries === null) return value;
  return Object.entries(entries)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const whole = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

/** @throws ServiceError ValidationError naming the first member that is wrong, as the service does. */
export function parseInput<T extends z.ZodType>(schema: T, query: QueryMap): z.output<T> {
  const parsed = schema.safeParse({ ...query });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String);
  const name = path.map((step) => step.charAt(0).toLowerCase() + step.slice(1)).join('.');
  const given = path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    query,
  );
  const shown = typeof given === 'string' ? `'${given.slice(0, 200)}'` : 'null';
  const constraint = given === undefined ? 'Member must not be null' : issue?.message;
  throw validationError(
    `1 validation error detected: Value ${shown} at '${name}' failed to satisfy constraint: ${constraint}`,
  );
}

/** A stack's name, or its id where allowed. */
export const stackName = z
  .string()
  .max(128, 'Member must have length less than or equal to 128')
  .regex(/^[a-zA-Z][-a-zA-Z0-9]*$/, 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
export const stackNameOrId = z
  .string()
  .min(1, 'Member must have length greater than or equal to 1')
  .regex(
    /^([a-zA-Z][-a-zA-Z0-9]*)$|^(arn:\S+)$/,
    'Member must satisfy regular expression pattern: ([a-zA-Z][-a-zA-Z0-9]*)|(arn:\\b(aws|aws-us-gov|aws-cn)\\b:[-a-zA-Z0-9:/._+]*)',
  );
export const requestToken = z
  .string()
  .regex(/^[a-zA-Z0-9][-a-zA-Z0-9]*$/, 'Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*')
  .max(128, 'Member must have length less than or equal to 128');
