import { createHash } from 'node:crypto';
import { own, ownText } from '../json.ts';
import { reservedKeyPrefix } from '../reserved.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';
import type { MemberKeys } from './team.ts';

/**
 * The table of members holds, by partition and sort key:
 * - `tenant`, `user`: a member (`active`, or `removing` while the user pool is being told);
 * - `tenant`, `invited-…`: an invitation; the key is made of the address, so that nobody is invited twice, and says
 *   nothing of whether the address has an account;
 * - `_backdrift#user#…`: the tenant of a user, one at most. It is what the user pool has to say of the user, too:
 *   `_unsettled` until that is so, `_leaving` from when the user is removed;
 * - `_backdrift#leaders#…`: how many of a tenant's active members may change members; never none.
 */
export type Key = Record<string, string>;

/** The attributes of our own rows. */
export const record = {
  tenant: '_tenant',
  version: '_version',
  unsettled: '_unsettled',
  leaving: '_leaving',
} as const;
export const leaderCount = '_count';

export function memberKey(keys: MemberKeys, tenant: string, user: string): Key {
  return { [keys.tenant]: tenant, [keys.user]: user };
}

export function recordKey(keys: MemberKeys, user: string): Key {
  return memberKey(keys, `${reservedKeyPrefix}user#${user}`, '_');
}

export function leadersKey(keys: MemberKeys, tenant: string): Key {
  return memberKey(keys, `${reservedKeyPrefix}leaders#${tenant}`, '_');
}

/** What stands for the user in the key of an invitation. */
export function invitationId(tenant: string, address: string): string {
  return `invited-${createHash('sha256').update(`${tenant}\n${address}`).digest('hex').slice(0, 40)}`;
}

/** A row of the table, as it stands after every write before. */
export async function readRow(keys: MemberKeys, key: Key, world: World): Promise<Row | undefined> {
  const found = await world.documents.get({ TableName: world.table(keys.entity), Key: key, ConsistentRead: true });
  return found.Item;
}

export interface UserRecord {
  tenant: string;
  version: string;
  unsettled: boolean;
  leaving: boolean;
}

/** The tenant of a user; undefined for one who has none. */
export async function readRecord(keys: MemberKeys, user: string, world: World): Promise<UserRecord | undefined> {
  const row = await readRow(keys, recordKey(keys, user), world);
  const tenant = ownText(row, record.tenant);
  if (tenant === undefined) return undefined;
  return {
    tenant,
    version: ownText(row, record.version) ?? '',
    unsettled: own(row, record.unsettled) === true,
    leaving: own(row, record.leaving) === true,
  };
}

export function statusOf(row: Row | undefined): string | undefined {
  return ownText(row, 'status');
}

export function roleOf(row: Row | undefined): string | undefined {
  return ownText(row, 'role');
}
