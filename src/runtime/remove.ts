import { type Answer, conflict, notFound } from './answer.ts';
import { deletedAt, type RuntimeEntity } from './entity.ts';
import { expression, guardTerms } from './expression.ts';
import { readKey } from './key.ts';
import type { Request } from './operations.ts';
import type { World } from './world.ts';

/** Deletes one row, or marks it as deleted where the entity says so, unless other rows refer to it. */
export async function remove(entity: RuntimeEntity, { call, guards }: Request, world: World): Promise<Answer> {
  const read = readKey(entity, call);
  if (read.kind === 'problem') return read;
  const referring = await firstReference(entity, read.key[entity.key.partition.name], world);
  if (referring !== undefined)
    return conflict(`A ${referring} refers to this ${entity.name}. Delete or change it first.`);

  const names = expression();
  const condition = [`attribute_exists(${names.name(entity.key.partition.name)})`, ...guardTerms(guards, names)];
  const request = {
    TableName: world.table(entity.name),
    Key: read.key,
    ConditionExpression: condition.join(' AND '),
  };
  try {
    if (entity.softDelete) {
      const change = `SET ${names.name(deletedAt)} = ${names.value(world.now().toISOString())}`;
      await world.documents.update({ ...request, UpdateExpression: change, ...names.tables() });
    } else {
      await world.documents.delete({ ...request, ...names.tables() });
    }
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return notFound(entity.name);
    throw error;
  }
}

/**
 * The name of an entity with a row that refers to this one. First form: `cascade` and `set_null` refuse as `restrict`
 * does, so that nothing is ever left pointing at a row that is gone.
 */
async function firstReference(entity: RuntimeEntity, id: unknown, world: World): Promise<string | undefined> {
  const found = await Promise.all(
    entity.referencedBy.map(async (reference) => {
      const names = expression();
      const page = await world.documents.query({
        TableName: world.table(reference.entity),
        IndexName: reference.index,
        KeyConditionExpression: `${names.name(reference.field)} = ${names.value(id)}`,
        ...names.tables(),
        Select: 'COUNT',
        Limit: 1,
      });
      return (page.Count ?? 0) > 0 ? reference.entity : undefined;
    }),
  );
  return found.find((name) => name !== undefined);
}
