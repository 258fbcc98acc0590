import { type Answer, badRequest, invalid, notFound } from './answer.ts';
import { readBody } from './body.ts';
import { type FieldRule, type RuntimeEntity, updatedAt } from './entity.ts';
import { type Expression, expression, guardTerms } from './expression.ts';
import { readKey } from './key.ts';
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
  const exists = `attribute_exists(${names.name(entity.key.partition.name)})`;
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
  fields: Extract<ReadFields, { kind: 'fields' }>,
  names: Expression,
  world: World,
): string {
  const sets = [...fields.set].map(([rule, value]) => `${names.name(rule.name)} = ${names.value(value)}`);
  if (entity.timestamps) sets.push(`${names.name(updatedAt)} = ${names.value(world.now().toISOString())}`);
  const removes = [
    ...fields.clear.flatMap((rule) => [rule.name, ...oldName(entity, rule)]),
    ...[...fields.set.keys()].flatMap((rule) => oldName(entity, rule)),
  ].map((attribute) => names.name(attribute));
  return [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ].join(' ');
}

/** Where the value stood before the field was renamed, unless another field has taken that name since. */
function oldName(entity: RuntimeEntity, rule: FieldRule): string[] {
  return rule.renamed_from === undefined || entity.fields.has(rule.renamed_from) ? [] : [rule.renamed_from];
}
