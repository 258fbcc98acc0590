/** A JSON value, as templates and resolved properties hold. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an object's own, never one that it inherits (`constructor`, `toString`). */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A scalar as CloudFormation writes it into text; undefined for lists, maps and null. */
export function scalarText(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/**
 * Equality as a template's reader sees it: the order of keys does not matter, and `5` and `"5"` are one value, because
 * CloudFormation hands scalars to resource handlers in the type of the handler's schema.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  if (typeof a === 'object' && typeof b === 'object') {
    if (a === null || b === null) return false;
    const left = new Map<string, unknown>(Object.entries(a));
    const right = new Map<string, unknown>(Object.entries(b));
    if (left.size !== right.size) return false;
    for (const [key, value] of left) if (!right.has(key) || !sameValue(value, right.get(key))) return false;
    return true;
  }
  if (typeof a === 'object' || typeof b === 'object' || a === undefined || b === undefined) return false;
  return String(a) === String(b);
}

/** Every value found at a path of property names; `*` goes through all items of a list or map. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  // A registry path goes straight through a list: `Items.Name` means the name of every item.
  if (Array.isArray(value) && name !== '*') return value.flatMap((item) => valuesAt(item, path));
  const entries = new Map<string, unknown>(Object.entries(value));
  if (name === '*') return [...entries.values()].flatMap((item) => valuesAt(item, rest));
  return entries.has(name) ? valuesAt(entries.get(name), rest) : [];
}
