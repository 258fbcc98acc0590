import type { Entity, Field } from '../blueprint/blueprint.ts';
import { listPathsOf } from './list-paths.ts';
import type { ListCondition, ListPath } from './model.ts';
import type { JsonSchema } from './request-schema.ts';
import type { EntityScope } from './scope.ts';

/** A query parameter of a list, as OpenAPI describes it. None is required. */
export interface ListParameter {
  name: string;
  in: 'query';
  description: string;
  schema: JsonSchema;
}

/** What the list of an entity may be asked. */
export interface ListDescription {
  parameters: ListParameter[];
  /** Which parameters go together, one way in each sentence, and the order of the rows. */
  ways: string[];
}

/** Most rows on a page, and how many there are where the caller does not say. */
export const listLimit = { most: 100, usual: 25 } as const;

/** The query parameters of `GET` on an entity's base path; undefined where list is not offered. */
export function listParameters(scope: EntityScope, entity: Entity): ListDescription | undefined {
  const { lists, scan } = listPathsOf(scope, entity);
  if (lists === undefined) return undefined;
  const sorts = [...new Set(lists.flatMap((path) => (canOrder(path) ? [path.sort.field] : [])))];
  return {
    parameters: [
      {
        name: 'limit',
        in: 'query',
        description: 'Most rows on the page. A page may hold fewer and still have a next one.',
        schema: { type: 'integer', minimum: 1, maximum: listLimit.most, default: listLimit.usual },
      },
      {
        name: 'cursor',
        in: 'query',
        description:
          'next_cursor of the page before, with the same other parameters. Null there means that no row follows.',
        schema: { type: 'string' },
      },
      ...(sorts.length === 0 ? [] : [sortParameter(sorts)]),
      ...entity.fields.flatMap((field) => fieldParameters(field, lists)),
    ],
    ways: [...(scan === true ? ['Nothing: all rows, in no particular order.'] : []), ...lists.map(wayOf)],
  };
}

function sortParameter(fields: readonly string[]): ListParameter {
  return {
    name: 'sort',
    in: 'query',
    description: 'The field that orders the rows, with - before it for the largest or newest first.',
    schema: { type: 'string', enum: fields.flatMap((field) => [field, `-${field}`]) },
  };
}

function fieldParameters(field: Field, lists: readonly ListPath[]): ListParameter[] {
  const asked = new Set<ListCondition>();
  for (const { partition, sort } of lists) {
    if (partition.some((key) => key.from === 'request' && key.field === field.name)) asked.add('eq');
    if (sort?.field === field.name) for (const condition of sort.conditions) asked.add(condition);
  }
  return [...asked].map((condition) => ({
    name: parameterName(field.name, condition),
    in: 'query',
    description: `Rows whose ${field.name} ${words[condition]}.`,
    schema: condition === 'begins_with' ? { type: 'string', minLength: 1 } : schemaOf(field),
  }));
}

const words: Record<ListCondition, string> = {
  eq: 'is this',
  gt: 'is above this',
  gte: 'is this or above',
  lt: 'is below this',
  lte: 'is this or below',
  begins_with: 'begins with this',
};

/** A field that is called like a parameter of every list has `.eq` after its name. */
function parameterName(field: string, condition: ListCondition): string {
  const taken = ['limit', 'cursor', 'sort'].includes(field);
  return condition === 'eq' && !taken ? field : `${field}.${condition}`;
}

function schemaOf(field: Field): JsonSchema {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return { type: field.type };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'datetime':
      return { type: 'string', format: 'date-time' };
    case 'enum':
      return { type: 'string', enum: [...(field.enum ?? [])] };
    case 'string':
      return { type: 'string', minLength: 1 };
    case 'json':
      return {};
  }
}

type Ordered = ListPath & { sort: NonNullable<ListPath['sort']> };

/** Requests may name the field of its order. */
function canOrder(path: ListPath): path is Ordered {
  return path.sort !== undefined && path.sort.conditions.length > 0;
}

function wayOf(path: ListPath): string {
  const selecting = path.partition.flatMap((key) => (key.from === 'request' ? [parameterName(key.field, 'eq')] : []));
  const subject = selecting.length === 0 ? 'All rows' : `By ${selecting.join(' and ')}`;
  if (!canOrder(path)) return `${subject}, in no particular order.`;
  const { field, optional } = path.sort;
  if (optional !== true) return `${subject}, in order of ${field}; sort and conditions may name ${field}.`;
  return `${subject} with sort by ${field} or a condition on it: those that have ${field}, in its order.`;
}
