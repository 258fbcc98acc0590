import type { FieldRule, RuntimeEntity } from './entity.ts';

/**
 * DynamoDB expires rows by a number of seconds since 1970, and a datetime is stored as text: the numeric twin of a
 * value that is being written, by attribute.
 */
export function expiryTwin(entity: RuntimeEntity, values: ReadonlyMap<FieldRule, unknown>): Record<string, number> {
  const moment = entity.expiry && values.get(entity.expiry.rule);
  if (!entity.expiry || typeof moment !== 'string') return {};
  return { [entity.expiry.attribute]: Math.floor(Date.parse(moment) / 1000) };
}
