import { notFound, type Problem } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import type { Call } from './event.ts';
import { readKeyText } from './field-value.ts';

export type ReadKey = { kind: 'key'; key: Record<string, unknown> } | Problem;

/**
 * The key of the row that a path names: `/v1/tasks/{id}`, and with a sort key `/v1/lines/{order}/{position}`. The
 * parameters carry the names of the fields.
 */
export function readKey(entity: RuntimeEntity, call: Call): ReadKey {
  const rules = entity.key.sort ? [entity.key.partition, entity.key.sort] : [entity.key.partition];
  const key: Record<string, unknown> = {};
  for (const rule of rules) {
    const text = call.path.get(rule.name);
    const read = text === undefined ? undefined : readKeyText(rule, text);
    if (!read?.valid) return notFound(entity.name);
    key[rule.attribute] = read.value;
  }
  return { kind: 'key', key };
}
