import type { ListCondition } from '../stacks/model.ts';
import type { FieldError } from './answer.ts';
import { deletedAt, type FieldRule, type RuntimeEntity } from './entity.ts';
import type { Call } from './event.ts';
import { readCondition } from './list-condition.ts';

/** A value that can be part of a key of DynamoDB. A bigint is a number that only a user's function can have written. */
export type KeyValue = string | number | bigint;

/** What a request asks of list. */
export interface Question {
  /** Most rows of the page, 1 to 100. */
  limit: number;
  /** As it was given; whether it is one of this list is known later. */
  cursor?: string;
  sort?: { field: string; descending: boolean };
  conditions: ReadonlyMap<string, FieldCondition>;
}

/** What must hold for one field. */
export type FieldCondition =
  | { kind: 'equals'; value: KeyValue }
  | { kind: 'prefix'; value: string }
  | { kind: 'range'; lower?: Bound; upper?: Bound };

export interface Bound {
  value: KeyValue;
  inclusive: boolean;
}

const defaultLimit = 25;
const largestLimit = 100;

/**
 * Reads the query parameters of list: `limit`, `cursor`, `sort`, `field=value` and `field.gt=value`. A parameter that
 * list does not know, or knows twice, is refused: one that is silently ignored gives a wrong answer.
 */
export function readQuestion(entity: RuntimeEntity, call: Call): Question | { kind: 'errors'; errors: FieldError[] } {
  const errors: FieldError[] = call.repeated.map((name) => error(name, 'is given more than once'));
  const conditions = new Map<string, FieldCondition>();
  for (const [name, text] of call.query) {
    if (name === 'limit' || name === 'cursor' || name === 'sort') continue;
    const message = addCondition(entity, name, text, conditions);
    if (message !== undefined) errors.push(error(name, message));
  }
  const limit = readLimit(call.query.get('limit'));
  if (limit === undefined) errors.push(error('limit', `must be a whole number from 1 to ${largestLimit}`));
  const sort = readSort(entity, call.query.get('sort'));
  if (sort?.kind === 'error') errors.push(error('sort', sort.message));
  if (errors.length > 0 || limit === undefined) return { kind: 'errors', errors };
  const cursor = call.query.get('cursor');
  return {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(sort?.kind === 'sort' ? { sort: { field: sort.field, descending: sort.descending } } : {}),
    conditions,
  };
}

function error(name: string, message: string): FieldError {
  return { field: name.slice(0, 100), message };
}

function readLimit(text = String(defaultLimit)): number | undefined {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit < 1 || limit > largestLimit ? undefined : limit;
}

type ReadSort = { kind: 'sort'; field: string; descending: boolean } | { kind: 'error'; message: string };

function readSort(entity: RuntimeEntity, text: string | undefined): ReadSort | undefined {
  if (text === undefined) return undefined;
  const descending = text.startsWith('-');
  const field = descending ? text.slice(1) : text;
  const fields = new Set(entity.lists.flatMap(({ sort }) => (sort && sort.conditions.length > 0 ? [sort.field] : [])));
  if (fields.has(field)) return { kind: 'sort', field, descending };
  const known = [...fields].map((name) => `${name} or -${name}`).join(', ');
  return { kind: 'error', message: fields.size > 0 ? `must be ${known}` : 'cannot be asked of this list' };
}

const conditionNames: Readonly<Record<string, ListCondition>> = {
  eq: 'eq',
  gt: 'gt',
  gte: 'gte',
  lt: 'lt',
  lte: 'lte',
  begins_with: 'begins_with',
};

/** Adds what a parameter asks to the conditions; the end of a sentence about the parameter when it cannot be asked. */
function addCondition(
  entity: RuntimeEntity,
  name: string,
  text: string,
  conditions: Map<string, FieldCondition>,
): string | undefined {
  const [field = '', operator = 'eq', ...rest] = name.split('.');
  const rule = entity.fields.get(field);
  const condition = Object.hasOwn(conditionNames, operator) ? conditionNames[operator] : undefined;
  if (rule === undefined || isHidden(rule) || condition === undefined || rest.length > 0)
    return 'is not a parameter of this list';
  if (!isAnswered(entity, field, condition)) return 'cannot be asked: no index answers it';
  const read = readCondition(rule, condition, text);
  if (read.kind === 'wrong') return read.message;
  const both = together(conditions.get(field), read.condition);
  if (both === undefined) return `says the same as, or more than, another condition on ${field}: keep one of them`;
  conditions.set(field, both);
  return undefined;
}

function isHidden(rule: FieldRule): boolean {
  return rule.managed && rule.name === deletedAt;
}

/** Whether some path answers it; whether one answers the whole question is another matter. */
function isAnswered(entity: RuntimeEntity, field: string, condition: ListCondition): boolean {
  return entity.lists.some(
    ({ partition, sort }) =>
      (condition === 'eq' && partition.some((key) => key.from === 'request' && key.field === field)) ||
      (sort?.field === field && sort.conditions.includes(condition)),
  );
}

/** Two conditions on one field: a lower and an upper bound, and nothing else. */
function together(known: FieldCondition | undefined, more: FieldCondition): FieldCondition | undefined {
  if (known === undefined) return more;
  if (known.kind !== 'range' || more.kind !== 'range') return undefined;
  if ((known.lower && more.lower) || (known.upper && more.upper)) return undefined;
  const lower = known.lower ?? more.lower;
  const upper = known.upper ?? more.upper;
  return { kind: 'range', ...(lower ? { lower } : {}), ...(upper ? { upper } : {}) };
}
