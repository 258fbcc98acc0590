import { deletedAt, type FieldRule } from './entity.ts';
import type { Guard } from './guard.ts';
import { reservedKeyPrefix } from './reserved.ts';

/** What decides whether an item of a table is a row that is there, for its own entity and for those that refer to it. */
export interface HidingFacts {
  softDelete: boolean;
  /** The attribute with the epoch seconds after which a row is gone. */
  ttl?: string;
  /** The attribute of the partition key, where keys are text: items of Backdrift's own are among the rows. */
  textKey?: string;
}

/**
 * What hides an item from everybody: it is softly deleted, it has expired, or it is none of the entity's rows. DynamoDB
 * removes expired items within days, so the clock decides.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export function hiding({ softDelete, ttl, textKey }: HidingFacts, now: Date): Guard[] {
  return [
    ...(softDelete ? [{ attribute: deletedAt, absent: true as const }] : []),
    ...(ttl === undefined ? [] : [{ attribute: ttl, after: Math.floor(now.getTime() / 1000) }]),
    ...(textKey === undefined ? [] : [{ attribute: textKey, without: reservedKeyPrefix }]),
  ];
}

export function isText({ type }: FieldRule): boolean {
  return type !== 'number' && type !== 'integer';
}
