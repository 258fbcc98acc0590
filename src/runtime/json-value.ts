import { hasLoneSurrogate, isObject } from './json.ts';
import { isStorableNumber, unstorableNumber } from './storable-number.ts';

/** DynamoDB nests attributes 32 deep, the attribute itself included. */
const deepest = 30;

type Storable = { kind: 'storable'; value: unknown } | { kind: 'unstorable'; message: string };

/**
 * A JSON value in the form in which the SDK stores it as it is. Objects become Maps: the SDK tells types apart by
 * the name of their constructor, so that a caller's key `constructor` would change what is stored.
 */
export function jsonToStore(value: unknown, depth = 0): Storable {
  if (depth > deepest) return unstorable(`must not be nested deeper than ${deepest} levels`);
  if (typeof value === 'number')
    return isStorableNumber(value) ? storable(value) : unstorable(`holds a number that ${unstorableNumber(value)}`);
  if (typeof value === 'string')
    return hasLoneSurrogate(value) ? unstorable('must hold well-formed Unicode only') : storable(value);
  if (Array.isArray(value)) return listToStore(value, depth);
  if (isObject(value)) return objectToStore(value, depth);
  return storable(value);
}

/**
 * A stored value as callers see it, before or after it went through the database. What only a user's function can have
 * stored has a form too: a set is a list, binary is base64, a whole number that JSON readers would round is text.
 */
export function jsonFromStore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonFromStore);
  if (value instanceof Set) return [...value].map(jsonFromStore);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map || isObject(value)) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [String(key), jsonFromStore(item)]));
  }
  return value;
}

function listToStore(list: readonly unknown[], depth: number): Storable {
  const items: unknown[] = [];
  for (const item of list) {
    const stored = jsonToStore(item, depth + 1);
    if (stored.kind === 'unstorable') return stored;
    items.push(stored.value);
  }
  return storable(items);
}

function objectToStore(object: { readonly [key: string]: unknown }, depth: number): Storable {
  const map = new Map<string, unknown>();
  for (const [key, item] of Object.entries(object)) {
    if (key === '') return unstorable('must not hold an empty key');
    if (key === '__proto__') return unstorable('must not hold the key __proto__');
    if (hasLoneSurrogate(key)) return unstorable('must hold well-formed Unicode only');
    const stored = jsonToStore(item, depth + 1);
    if (stored.kind === 'unstorable') return stored;
    map.set(key, stored.value);
  }
  return storable(map);
}

function storable(value: unknown): Storable {
  return { kind: 'storable', value };
}

function unstorable(message: string): Storable {
  return { kind: 'unstorable', message };
}
