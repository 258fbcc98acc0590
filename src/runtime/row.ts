import type { FieldError } from './answer.ts';
import { deletedAt, type FieldRule, type RuntimeEntity } from './entity.ts';
import { type Checked, checkValue } from './field-value.ts';
import { type JsonObject, own } from './json.ts';
import { jsonFromStore } from './json-value.ts';

/** Attributes of one row as they are stored. */
export type Row = { [attribute: string]: unknown };

export type ReadFields =
  | { kind: 'fields'; set: Map<FieldRule, unknown> /** Explicitly null. */; clear: FieldRule[] }
  | { kind: 'errors'; errors: FieldError[] };

/** Reads the body of a create: required fields, defaults, every value in its stored form. */
export function readNewRow(entity: RuntimeEntity, body: JsonObject): ReadFields {
  const errors = unwritable(entity, body, () => undefined);
  const set = new Map<FieldRule, unknown>();
  for (const rule of entity.fields.values()) {
    if (rule.managed) continue;
    const given = Object.hasOwn(body, rule.name) ? body[rule.name] : rule.default;
    if (given === undefined || given === null) {
      if (rule.required || isKey(entity, rule)) errors.push({ field: rule.name, message: 'is required' });
      continue;
    }
    collect(rule, checkValue(rule, given), set, errors);
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'fields', set, clear: [] };
}

/** Reads the body of an update: only what it names changes, null takes a value away. */
export function readChanges(entity: RuntimeEntity, body: JsonObject): ReadFields {
  const errors = unwritable(entity, body, (rule) =>
    isKey(entity, rule) ? 'cannot be changed: it is the key of the row' : undefined,
  );
  const set = new Map<FieldRule, unknown>();
  const clear: FieldRule[] = [];
  for (const rule of entity.fields.values()) {
    if (rule.managed || isKey(entity, rule) || !Object.hasOwn(body, rule.name)) continue;
    const given = body[rule.name];
    if (given !== null) collect(rule, checkValue(rule, given), set, errors);
    else if (rule.required) errors.push({ field: rule.name, message: 'is required' });
    else clear.push(rule);
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'fields', set, clear };
}

/** A row as callers see it: every field of the entity, null where nothing is stored, and nothing else. */
export function shownRow(entity: RuntimeEntity, row: Row): { [field: string]: unknown } {
  const shown: [string, unknown][] = [];
  for (const rule of entity.fields.values()) {
    if (rule.managed && rule.name === deletedAt) continue;
    shown.push([rule.name, jsonFromStore(own(row, rule.attribute)) ?? null]);
  }
  return Object.fromEntries(shown);
}

export function isKey(entity: RuntimeEntity, rule: FieldRule): boolean {
  return rule === entity.key.partition || rule === entity.key.sort;
}

function unwritable(
  entity: RuntimeEntity,
  body: JsonObject,
  objection: (rule: FieldRule) => string | undefined,
): FieldError[] {
  return Object.keys(body).flatMap((name) => {
    const rule = entity.fields.get(name);
    if (!rule || (rule.managed && rule.name === deletedAt))
      return [{ field: name.slice(0, 100), message: `is not a field of ${entity.name}` }];
    const message = rule.managed ? 'is set by the backend' : objection(rule);
    return message === undefined ? [] : [{ field: name, message }];
  });
}

function collect(rule: FieldRule, checked: Checked, set: Map<FieldRule, unknown>, errors: FieldError[]): void {
  if (checked.valid) set.set(rule, checked.value);
  else errors.push({ field: rule.name, message: checked.message });
}
