import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Properties } from './provider.ts';

/**
 * Building blocks for the schemas of resource properties. Templates write numbers and booleans as strings too
 * (a parameter is always a string), and CloudFormation accepts both: so do these.
 */
export const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

export const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d+(\.\d+)?\s*$/, 'a number is expected')
    .transform(Number),
]);

export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', 'True', 'False']).transform((v) => /true/i.test(v)),
]);

export const texts = z.array(text);

export const textMap = z.record(z.string(), text);

/** CloudFormation's tag list. */
export const tags = z.array(z.object({ Key: text, Value: text }));
export type Tags = z.infer<typeof tags>;

/** Tags as the services take them that want a map. */
export function tagMap(list: Tags | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key, Value]));
}

/** A JSON document given as an object or as text (policies, OpenAPI bodies, JSON schemas), as text. */
export const document = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

/**
 * A structure that goes to the service as it stands, because the service takes the same shape and is the judge of it.
 * Only its being a structure is checked here.
 */
export function passed<Shape>() {
  return z.custom<Shape>((value) => typeof value === 'object' && value !== null, 'a structure is expected');
}

/** Whether one of the named properties differs between the two. */
export function changed(previous: Properties, next: Properties, ...names: string[]): boolean {
  return names.some((name) => !isDeepStrictEqual(previous[name], next[name]));
}

/** Entries of `next` that are new or differ, and keys of `previous` that are gone. */
export function difference<Value>(
  previous: Record<string, Value>,
  next: Record<string, Value>,
): { put: [string, Value][]; removed: string[] } {
  return {
    put: Object.entries(next).filter(([key, value]) => !isDeepStrictEqual(previous[key], value)),
    removed: Object.keys(previous).filter((key) => !Object.hasOwn(next, key)),
  };
}
