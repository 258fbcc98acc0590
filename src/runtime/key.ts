import { badRequest, notFound, type Problem } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import type { Call } from './event.ts';
import { readKeyText } from './field-value.ts';

export type ReadKey = { kind: 'key'; key: Record<string, unknown> } | Problem;

/**
 * The key of the row that a path names: the partition key from `{id}` (or a parameter with the field's own name), the
 * sort key, where the entity has one, from the query parameter with its name: `GET /v1/lines/o-7?position=3`.
 */
export function readKey(entity: RuntimeEntity, call: Call): ReadKey {
  const { partition, sort } = entity.key;
  const id = call.path.get('id') ?? call.path.get(partition.name);
  if (id === undefined) return notFound(entity.name);
  const first = readKeyText(partition, id);
  if (!first.valid) return notFound(entity.name);
  if (!sort) return { kind: 'key', key: { [partition.attribute]: first.value } };
  const text = call.query.get(sort.name);
  if (text === undefined) return badRequest(`Name the row with the query parameter ${sort.name} as well.`);
  const second = readKeyText(sort, text);
  if (!second.valid) return notFound(entity.name);
  return { kind: 'key', key: { [partition.attribute]: first.value, [sort.attribute]: second.value } };
}
