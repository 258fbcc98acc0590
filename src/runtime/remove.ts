import { type Answer, conflict, notFound } from './answer.ts';
import { restrictedBy, settleDependents } from './dependents.ts';
import { deletedAt, type RuntimeEntity } from './entity.ts';
import { expression, guardTerms } from './expression.ts';
import { passes } from './guard.ts';
import { readKey } from './key.ts';
import type { Request } from './operations.ts';
import type { World } from './world.ts';

/** Deletes one row, or marks it as deleted where the entity says so; rows that refer to it come first. */
export async function remove(entity: RuntimeEntity, request: Request, world: World): Promise<Answer> {
  const read = readKey(entity, request.call);
  if (read.kind === 'problem') return read;
  const refusal = await makeWay(entity, read.key, request, world);
  if (refusal) return refusal;

  const names = expression();
  const exists = `attribute_exists(${names.name(entity.key.partition.attribute)})`;
  const target = {
    TableName: world.table(entity.name),
    Key: read.key,
    ConditionExpression: [exists, ...guardTerms(request.guards, names)].join(' AND '),
  };
  try {
    if (entity.softDelete) {
      const change = `SET ${names.name(deletedAt)} = ${names.value(world.now().toISOString())}`;
      await world.documents.update({ ...target, UpdateExpression: change, ...names.tables() });
    } else {
      await world.documents.delete({ ...target, ...names.tables() });
    }
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return notFound(entity.name);
    throw error;
  }
}

/** Sees to the rows that refer to this one; only after it is known that the caller may delete it. */
async function makeWay(
  entity: RuntimeEntity,
  key: Record<string, unknown>,
  { guards }: Request,
  world: World,
): Promise<Answer | undefined> {
  if (entity.referencedBy.length === 0) return undefined;
  const { Item: row } = await world.documents.get({
    TableName: world.table(entity.name),
    Key: key,
    ConsistentRead: true,
  });
  if (row === undefined || !passes(row, guards)) return notFound(entity.name);
  const id = key[entity.key.partition.attribute];
  const restricting = await restrictedBy(entity, id, world);
  if (restricting !== undefined)
    return conflict(`A ${restricting} refers to this ${entity.name}. Delete or change it first.`);
  await settleDependents(entity, id, world);
  return undefined;
}
