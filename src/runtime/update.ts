import { type Answer, badRequest, invalid, notFound } from './answer.ts';
import { readBody } from './body.ts';
import { type RuntimeEntity, updatedAt } from './entity.ts';
import { expiryTwin } from './expiry.ts';
import { type Expression, expression, guardTerms } from './expression.ts';
import { readKey } from './key.ts';
import { listAttributes } from './list-attributes.ts';
import type { Request } from './operations.ts';
import { missingReferences } from './references.ts';
import { type ReadFields, readChanges, shownRow } from './row.ts';
import type { World } from './world.ts';

/** Changes the fields that the body names and leaves the others as they are (PATCH). One conditional write. */
export async function update(entity: RuntimeEntity, { call, guards }: Request, world: World): Promise<Answer> {
  const key = readKey(entity, call);
  if (key.kind === 'problem') return key;
  const read = readBody(call);
  if (read.kind === 'problem') return read;
  if (Object.keys(read.body).length === 0) return badRequest('Name at least one field to change.');
  const fields = readChanges(entity, read.body);
  if (fields.kind === 'errors') return invalid(fields.errors);
  const missing = await missingReferences(entity, fields.set, call.caller, world);
  if (missing.length > 0) return invalid(missing);

  const names = expression();
  const exists = `attribute_exists(${names.name(entity.key.partition.attribute)})`;
  try {
    const { Attributes: row } = await world.documents.update({
      TableName: world.table(entity.name),
      Key: key.key,
      ConditionExpression: [exists, ...guardTerms(guards, names)].join(' AND '),
      UpdateExpression: changeExpression(entity, fields, names, world),
      ...names.tables(),
      ReturnValues: 'ALL_NEW',
    });
    return { kind: 'row', status: 200, body: shownRow(entity, row ?? {}) };
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return notFound(entity.name);
    throw error;
  }
}

function changeExpression(
  entity: RuntimeEntity,
  { set, clear }: Extract<ReadFields, { kind: 'fields' }>,
  names: Expression,
  world: World,
): string {
  const values: [string, unknown][] = [...set].map(([rule, value]) => [rule.attribute, value]);
  values.push(...Object.entries(expiryTwin(entity, set)));
  values.push(...Object.entries(listAttributes(entity)));
  if (entity.timestamps) values.push([updatedAt, world.now().toISOString()]);
  const gone = clear.map((rule) => rule.attribute);
  if (entity.expiry && clear.includes(entity.expiry.rule)) gone.push(entity.expiry.attribute);
  const sets = values.map(([attribute, value]) => `${names.name(attribute)} = ${names.value(value)}`);
  const removes = gone.map((attribute) => names.name(attribute));
  return [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ].join(' ');
}
