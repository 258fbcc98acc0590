import { patiently, writeOne } from '../contention.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';
import { memberKey, readRecord, readRow, record, recordKey, roleOf, statusOf } from './rows.ts';
import type { MemberKeys, Team } from './team.ts';
import { poolOf, type UserPool } from './user-pool.ts';

/** What the user pool has to say of a user: a tenant and a role in it, or nothing. */
export type Standing = { tenant: string; role: string; row: Row } | undefined;

/**
 * Makes the user pool say of a user what the table says. The table is written first and says what is so; a call that
 * broke off in between is finished by the next one. Of two calls about the same user, each looks again after it told the
 * pool, so that the last word is the table's.
 */
export async function settle(
  keys: MemberKeys,
  user: string,
  world: World,
  tell: (standing: Standing) => Promise<void>,
): Promise<Standing> {
  const settled = await patiently(world, async () => {
    const known = await readRecord(keys, user, world);
    const standing =
      known === undefined || known.leaving ? undefined : await standingIn(keys, known.tenant, user, world);
    await tell(standing);
    const version = await settleRecord(keys, user, known?.version, world);
    return version ? { standing } : undefined;
  });
  return settled.standing;
}

async function standingIn(keys: MemberKeys, tenant: string, user: string, world: World): Promise<Standing> {
  const row = await readRow(keys, memberKey(keys, tenant, user), world);
  const role = roleOf(row);
  return row === undefined || role === undefined || statusOf(row) !== 'active' ? undefined : { tenant, role, row };
}

/** Whether nothing has changed since the record was read; then it is settled. */
async function settleRecord(
  keys: MemberKeys,
  user: string,
  version: string | undefined,
  world: World,
): Promise<boolean> {
  if (version === undefined) return (await readRecord(keys, user, world)) === undefined;
  const written = await writeOne(world, () =>
    world.documents.update({
      TableName: world.table(keys.entity),
      Key: recordKey(keys, user),
      ConditionExpression: '#version = :version',
      UpdateExpression: 'REMOVE #unsettled',
      ExpressionAttributeNames: { '#version': record.version, '#unsettled': record.unsettled },
      ExpressionAttributeValues: { ':version': version },
    }),
  );
  return written.kind === 'done';
}

/** Exactly the group of the role, of those that a tenant gives; what is taken away goes first. */
export async function setGroups(pool: UserPool, team: Team, user: string, role: string | undefined): Promise<void> {
  const groups = await pool.groupsOf(user);
  for (const group of groups) if (group !== role && team.roles.includes(group)) await pool.leave(user, group);
  if (role !== undefined && !groups.includes(role)) await pool.join(user, role);
}

/** Tenant and group. */
export async function tellAll(world: World, team: Team, user: string, standing: Standing): Promise<void> {
  const pool = poolOf(world);
  await setGroups(pool, team, user, standing?.role);
  await pool.setTenant(user, standing?.tenant);
}
