import { deletedAt, type FieldRule, type RuntimeEntity } from './entity.ts';
import type { Guard } from './guard.ts';
import { reservedKeyPrefix } from './reserved.ts';

/** What decides whether an item of a table is a row that is there, for its own entity and for those that refer to it. */
export interface HidingFacts {
  soft_delete?: boolean | undefined;
  /** The attribute with the epoch seconds after which a row is gone. */
  ttl?: string | undefined;
  /** The attribute of the partition key, where keys are text: items of Backdrift's own are among the rows. */
  textKey?: string | undefined;
}

/**
 * What hides an item from everybody: it is softly deleted, it has expired, or it is none of the entity's rows. DynamoDB
 * removes expired items within days, so the clock decides.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export function hiding({ soft_delete, ttl, textKey }: HidingFacts, now: Date): Guard[] {
  return [
    ...(soft_delete ? [{ attribute: deletedAt, absent: true as const }] : []),
    ...(ttl === undefined ? [] : [{ attribute: ttl, after: Math.floor(now.getTime() / 1000) }]),
    ...(textKey === undefined ? [] : [{ attribute: textKey, without: reservedKeyPrefix }]),
  ];
}

/** What hides items among the rows of a handler's own entity. */
export function hidingIn({ softDelete, ttl, key: { partition } }: RuntimeEntity, now: Date): Guard[] {
  const textKey = isText(partition) ? partition.attribute : undefined;
  return hiding({ soft_delete: softDelete, ttl: ttl?.attribute, textKey }, now);
}

export function isText({ type }: FieldRule): boolean {
  return type !== 'number' && type !== 'integer';
}
