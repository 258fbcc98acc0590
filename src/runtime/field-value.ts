import { type FieldRule, keyBytes } from './entity.ts';
import { hasLoneSurrogate } from './json.ts';
import { jsonToStore } from './json-value.ts';
import { isDay, normalizedMoment } from './moment.ts';
import { reservedKeyPrefix } from './reserved.ts';
import { isStorableNumber, unstorableNumber } from './storable-number.ts';

/** A value that may be stored, or what is wrong with it, as the end of a sentence about the field. */
export type Checked = { valid: true; value: unknown } | { valid: false; message: string };

/** Checks a caller's value (never null or undefined) against its field and gives it the form in which it is stored. */
export function checkValue(rule: FieldRule, value: unknown): Checked {
  switch (rule.type) {
    case 'string':
      return checkText(rule, value);
    case 'enum':
      return typeof value === 'string' && (rule.enum ?? []).includes(value)
        ? valid(value)
        : wrong(`must be one of ${(rule.enum ?? []).join(', ')}`);
    case 'boolean':
      return typeof value === 'boolean' ? valid(value) : wrong('must be true or false');
    case 'integer':
    case 'number':
      return checkNumber(rule, value);
    case 'date':
      return typeof value === 'string' && isDay(value) ? valid(value) : wrong('must be a day such as 2026-03-31');
    case 'datetime':
      return checkMoment(value);
    case 'json':
      return checkJson(value);
  }
}

/** Reads a key value from a path or query text. */
export function readKeyText(rule: FieldRule, text: string): Checked {
  if (rule.type !== 'number' && rule.type !== 'integer') return checkValue(rule, text);
  return /^-?\d{1,40}(\.\d{1,40})?$/.test(text) ? checkValue(rule, Number(text)) : wrong('must be a number');
}

function checkText(rule: FieldRule, value: unknown): Checked {
  if (typeof value !== 'string') return wrong('must be text');
  if (hasLoneSurrogate(value)) return wrong('must be well-formed Unicode');
  const length = characters(value);
  if (rule.min_length !== undefined && length < rule.min_length)
    return wrong(`must have at least ${count(rule.min_length)}`);
  if (rule.max_length !== undefined && length > rule.max_length)
    return wrong(`must have at most ${count(rule.max_length)}`);
  if (rule.matches && !rule.matches.test(value)) return wrong(`must match the pattern ${rule.pattern}`);
  if (rule.keyPart !== undefined) {
    if (value === '') return wrong('must not be empty');
    if (value.startsWith(reservedKeyPrefix)) return wrong(`must not begin with ${reservedKeyPrefix}`);
    const most = keyBytes[rule.keyPart];
    if (Buffer.byteLength(value) > most) return wrong(`must have at most ${most} bytes`);
  }
  return valid(value);
}

/** Numbers that DynamoDB stores and JavaScript reads back unchanged. */
function checkNumber(rule: FieldRule, value: unknown): Checked {
  if (typeof value !== 'number') return wrong(rule.type === 'integer' ? 'must be a whole number' : 'must be a number');
  if (!isStorableNumber(value)) return wrong(unstorableNumber(value));
  if (rule.type === 'integer' && !Number.isInteger(value)) return wrong('must be a whole number');
  if (rule.min !== undefined && value < rule.min) return wrong(`must be at least ${rule.min}`);
  if (rule.max !== undefined && value > rule.max) return wrong(`must be at most ${rule.max}`);
  return valid(value === 0 ? 0 : value);
}

function checkMoment(value: unknown): Checked {
  const moment = typeof value === 'string' ? normalizedMoment(value) : undefined;
  if (moment === undefined) return wrong('must be a date and time such as 2026-03-31T08:30:00Z');
  return valid(moment);
}

function checkJson(value: unknown): Checked {
  const stored = jsonToStore(value);
  return stored.kind === 'storable' ? valid(stored.value) : wrong(stored.message);
}

function characters(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

function count(length: number): string {
  return length === 1 ? '1 character' : `${length} characters`;
}

function valid(value: unknown): Checked {
  return { valid: true, value };
}

function wrong(message: string): Checked {
  return { valid: false, message };
}
