import { type FieldRule, keyBytes } from './entity.ts';
import { hasLoneSurrogate, parseJson } from './json.ts';
import { isStorableNumber } from './storable-number.ts';

/** An attribute of a cursor: its name, and the field behind it where there is one. */
export interface CursorPart {
  attribute: string;
  rule?: FieldRule;
}

/**
 * Where the next page begins, as an opaque text: the key of the last row, without the partition value of the query.
 * That one is put back from the caller's own query, so that no cursor leads into another tenant's or user's rows.
 */
export function encodeCursor(parts: readonly CursorPart[], last: { readonly [attribute: string]: unknown }): string {
  return Buffer.from(JSON.stringify(parts.map(({ attribute }) => last[attribute] ?? null))).toString('base64url');
}

/** The values of a cursor by attribute; undefined when the text is no cursor of this list. */
export function decodeCursor(parts: readonly CursorPart[], cursor: string): Record<string, unknown> | undefined {
  if (!/^[A-Za-z0-9_-]{1,12000}$/.test(cursor)) return undefined;
  const values = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Array.isArray(values) || values.length !== parts.length) return undefined;
  const key: [string, unknown][] = [];
  for (const [position, { attribute, rule }] of parts.entries()) {
    const value: unknown = values[position];
    if (!isKeyValue(value, rule)) return undefined;
    key.push([attribute, value]);
  }
  return Object.fromEntries(key);
}

function isKeyValue(value: unknown, rule: FieldRule | undefined): boolean {
  if (isNumeric(rule)) return typeof value === 'number' && isStorableNumber(value);
  if (typeof value !== 'string' || value === '' || hasLoneSurrogate(value)) return false;
  return Buffer.byteLength(value) <= keyBytes[rule?.keyPart ?? 'partition'];
}

function isNumeric(rule: FieldRule | undefined): boolean {
  return rule !== undefined && (rule.type === 'number' || rule.type === 'integer');
}
