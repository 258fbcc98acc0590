import { deletedAt } from './entity.ts';
import type { Guard } from './scope.ts';

/**
 * What must hold for a row of any entity to be there for callers: it is not marked as deleted, and not past its time.
 * DynamoDB removes expired rows within days, not at the second.
 */
export function visible(of: { soft_delete?: boolean | undefined; ttl?: string | undefined }, now: Date): Guard[] {
  return [
    ...(of.soft_delete ? [{ attribute: deletedAt, absent: true as const }] : []),
    ...(of.ttl === undefined ? [] : [{ attribute: of.ttl, after: Math.floor(now.getTime() / 1000) }]),
  ];
}
