import type { RuntimeEntity } from './entity.ts';
import { deletedAt, updatedAt } from './entity.ts';
import { expression } from './expression.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

type Reference = RuntimeEntity['referencedBy'][number];

/** The name of an entity with a row that refers to this id and forbids its deletion. */
export async function restrictedBy(entity: RuntimeEntity, id: unknown, world: World): Promise<string | undefined> {
  const restricting = entity.referencedBy.filter((reference) => reference.on_delete === 'restrict');
  const found = await Promise.all(
    restricting.map(async (reference) => {
      for await (const _ of rowsReferring(reference, id, world)) return reference.entity;
      return undefined;
    }),
  );
  return found.find((name) => name !== undefined);
}

/**
 * Does to the rows that refer to this id what `on_delete` says: delete them (`cascade`) or take the reference away
 * (`set_null`). Before the row itself goes, so that a call that breaks off can be made again. Rows that refer to a
 * deleted dependent are not followed further.
 */
export async function settleDependents(entity: RuntimeEntity, id: unknown, world: World): Promise<void> {
  for (const reference of entity.referencedBy) {
    if (reference.on_delete === 'restrict') continue;
    for await (const rows of rowsReferring(reference, id, world))
      await Promise.all(rows.map((row) => settle(reference, row, id, world)));
  }
}

/** Rows that hold the id, some at a time, never none. Rows that are marked as deleted do not count. */
async function* rowsReferring(reference: Reference, id: unknown, world: World): AsyncGenerator<Row[]> {
  let from: Row | undefined;
  do {
    const page = await world.documents.query({
      ...referring(reference, id, world),
      ...(from ? { ExclusiveStartKey: from } : {}),
      Limit: 25,
    });
    if (page.Items && page.Items.length > 0) yield page.Items;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

function referring(reference: Reference, id: unknown, world: World) {
  const names = expression();
  return {
    TableName: world.table(reference.entity),
    ...(reference.index === undefined ? {} : { IndexName: reference.index }),
    KeyConditionExpression: `${names.name(reference.field)} = ${names.value(id)}`,
    ...(reference.soft_delete ? { FilterExpression: `attribute_not_exists(${names.name(deletedAt)})` } : {}),
    ...names.tables(),
  };
}

/** Under the condition that the row still refers to the id: another call may have been faster. */
async function settle(reference: Reference, row: Row, id: unknown, world: World): Promise<void> {
  const names = expression();
  const field = names.name(reference.field);
  const { partition, sort } = reference.key ?? { partition: 'id' };
  const request = {
    TableName: world.table(reference.entity),
    Key: { [partition]: row[partition], ...(sort === undefined ? {} : { [sort]: row[sort] }) },
    ConditionExpression: `${field} = ${names.value(id)}`,
  };
  const now = world.now().toISOString();
  try {
    if (reference.on_delete === 'set_null') {
      const change = Object.hasOwn(row, updatedAt) ? `SET ${names.name(updatedAt)} = ${names.value(now)} ` : '';
      await world.documents.update({ ...request, UpdateExpression: `${change}REMOVE ${field}`, ...names.tables() });
    } else if (reference.soft_delete) {
      const change = `SET ${names.name(deletedAt)} = ${names.value(now)}`;
      await world.documents.update({ ...request, UpdateExpression: change, ...names.tables() });
    } else {
      await world.documents.delete({ ...request, ...names.tables() });
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
  }
}
