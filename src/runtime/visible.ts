import { deletedAt } from './entity.ts';
import type { Guard } from './guard.ts';
import { reservedKeyPrefix } from './reserved.ts';

/** How an entity tells which items of its table are rows that are there. */
export interface Visibility {
  soft_delete?: boolean | undefined;
  /** The attribute with the epoch seconds after which a row counts as gone. */
  ttl?: string | undefined;
  /** The attribute of the partition key, where it is text: items of Backdrift's own stand among the rows. */
  textKey?: string | undefined;
}

/**
 * What must hold for an item of any entity's table to be there for callers: it is not marked as deleted, not past its
 * time, and a row at all. DynamoDB removes expired rows within days, not at the second.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export function visible({ soft_delete, ttl, textKey }: Visibility, now: Date): Guard[] {
  return [
    ...(soft_delete ? [{ attribute: deletedAt, absent: true as const }] : []),
    ...(ttl === undefined ? [] : [{ attribute: ttl, after: Math.floor(now.getTime() / 1000) }]),
    ...(textKey === undefined ? [] : [{ attribute: textKey, without: reservedKeyPrefix }]),
  ];
}
