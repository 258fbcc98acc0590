import { type Answer, conflict, invalid } from './answer.ts';
import { readBody } from './body.ts';
import { createdAt, type RuntimeEntity, updatedAt } from './entity.ts';
import { expiryTwin } from './expiry.ts';
import { listAttributes } from './list-attributes.ts';
import type { Request } from './operations.ts';
import { missingReferences } from './references.ts';
import { type Row, readNewRow, shownRow } from './row.ts';
import type { World } from './world.ts';

/** Stores a new row: id, times, owner and tenant are ours, the rest is the caller's or a default. */
export async function create(entity: RuntimeEntity, { call, owned }: Request, world: World): Promise<Answer> {
  const read = readBody(call);
  if (read.kind === 'problem') return read;
  const fields = readNewRow(entity, read.body);
  if (fields.kind === 'errors') return invalid(fields.errors);
  const missing = await missingReferences(entity, fields.set, call.caller, world);
  if (missing.length > 0) return invalid(missing);

  const row: Row = Object.fromEntries([...fields.set].map(([rule, value]) => [rule.attribute, value]));
  Object.assign(row, expiryTwin(entity, fields.set), automaticAttributes(entity, world), owned);
  const { partition } = entity.key;
  if (partition.managed) row[partition.attribute] = world.newId();
  try {
    await world.documents.put({
      TableName: world.table(entity.name),
      Item: row,
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': partition.attribute },
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
      return conflict(`There is a ${entity.name} with this ${partition.name} already.`);
    throw error;
  }
  return { kind: 'row', status: 201, body: shownRow(entity, row) };
}

/** Times, and the attribute that puts the row into the index behind list where no field does. */
function automaticAttributes(entity: RuntimeEntity, world: World): Row {
  const now = world.now().toISOString();
  return { ...(entity.timestamps ? { [createdAt]: now, [updatedAt]: now } : {}), ...listAttributes(entity) };
}
