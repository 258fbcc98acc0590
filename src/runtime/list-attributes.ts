import type { RuntimeEntity } from './entity.ts';

/**
 * The attributes that put a row into the index behind list where none of its fields does. Written with every create and
 * update, so that a row that was stored without them (by a function, or before list was offered) is found once it changes.
 */
export function listAttributes(entity: RuntimeEntity): Record<string, string> {
  const keys = entity.lists.flatMap(({ partition }) => partition);
  return Object.fromEntries(keys.flatMap((key) => (key.from === 'constant' ? [[key.attribute, key.constant]] : [])));
}
