import type { ReferencedBy } from '../stacks/model.ts';
import { expression } from './expression.ts';
import { type Guard, passes } from './guard.ts';
import { keyOf, type Place } from './removal.ts';
import type { Row } from './row.ts';
import { visible } from './visible.ts';
import type { World } from './world.ts';

/** A row of some entity that may have rows depending on it. */
export interface Referred {
  entity: string;
  /** What other rows name it by. */
  id: unknown;
  /** The tenant that it belongs to: only rows of the same tenant depend on it. */
  tenant?: string;
}

/**
 * Rows that refer to a row, some at a time, never none. Rows that are marked as deleted or past their time do not count.
 * @param atOnce rows that are looked at in one read
 */
export async function* rowsReferring(
  reference: ReferencedBy,
  to: Referred,
  world: World,
  atOnce = 100,
): AsyncGenerator<Row[]> {
  const { tenantField } = reference;
  // Not a filter of the query: DynamoDB refuses one on an attribute that is part of the index.
  const guards: Guard[] = [
    ...visible(reference, world.now()),
    ...(tenantField === undefined || to.tenant === undefined ? [] : [{ attribute: tenantField, equals: to.tenant }]),
  ];
  let from: Row | undefined;
  do {
    const page = await world.documents.query({
      ...referring(reference, to.id, world),
      ...(from ? { ExclusiveStartKey: from } : {}),
      Limit: atOnce,
    });
    const rows = (page.Items ?? []).filter((row) => passes(row, guards));
    if (rows.length > 0) yield rows;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

/** A dependent row as one that others may depend on in turn. */
export function asReferred({ entity, key, tenantField }: ReferencedBy, row: Row): Referred {
  const tenant = tenantField === undefined ? undefined : row[tenantField];
  return { entity, id: row[key?.partition ?? 'id'], ...(typeof tenant === 'string' ? { tenant } : {}) };
}

/** What tells a dependent row from every other row. */
export function identityOf({ entity, key }: ReferencedBy, row: Row): string {
  const values = Object.values(keyOf(key ?? { partition: 'id' }, row));
  return JSON.stringify([entity, ...values.map((value) => (typeof value === 'bigint' ? String(value) : value))]);
}

/** Where the rows of a reference are. */
export function placeOf({ entity, key, unique, tenantField, ttl }: ReferencedBy, world: World): Place {
  return {
    table: world.table(entity),
    claiming: {
      key: key ?? { partition: 'id' },
      unique: unique ?? [],
      ...(tenantField === undefined ? {} : { tenantField }),
      ...(ttl === undefined ? {} : { ttl }),
    },
  };
}

function referring(reference: ReferencedBy, id: unknown, world: World) {
  const names = expression();
  return {
    TableName: world.table(reference.entity),
    ...(reference.index === undefined ? {} : { IndexName: reference.index }),
    KeyConditionExpression: `${names.name(reference.field)} = ${names.value(id)}`,
    ...names.tables(),
  };
}
