import { type Answer, conflict } from '../answer.ts';
import { createdAt, updatedAt } from '../entity.ts';
import type { Call } from '../event.ts';
import { revisionAttribute } from '../revision.ts';
import { shownRow } from '../row.ts';
import { transact } from '../transaction.ts';
import type { World } from '../world.ts';
import { readInvitation } from './body.ts';
import { rowsWithAddress } from './by-address.ts';
import { leaderOf, notLeading, stillLeads } from './member.ts';
import { invitationId, memberKey, readRow, statusOf } from './rows.ts';
import type { Team } from './team.ts';
import { poolOf } from './user-pool.ts';

/**
 * Invites an address. What happens, and what is answered, is the same whether it has an account, one in another tenant, or
 * none: the person accepts, or does not. To invite again changes the role and mails a temporary password again where
 * there is no account in use.
 */
export async function invite(team: Team, call: Call, world: World): Promise<Answer> {
  const caller = await leaderOf(team, call, world);
  if (caller.kind === 'problem') return caller;
  const asked = readInvitation(team, call);
  if (asked.kind === 'problem') return asked;
  const { email, role } = asked;
  const { tenant } = caller;
  const same = await rowsWithAddress(team, email, world);
  if (same.some((row) => row[team.keys.tenant] === tenant && statusOf(row) !== 'invited'))
    return conflict(`This address belongs to a member of your ${team.tenant.entity} already.`);

  const key = memberKey(team.keys, tenant, invitationId(tenant, email));
  const before = await readRow(team.keys, key, world);
  const now = world.now().toISOString();
  const row = {
    ...key,
    email,
    role,
    status: 'invited',
    [createdAt]: before?.[createdAt] ?? now,
    [updatedAt]: now,
    [revisionAttribute]: world.newId(),
  };
  const changing = Object.entries(row).filter(([name]) => !(name in key));
  const written = await transact(world, [
    stillLeads(team, caller, world, 'caller'),
    {
      item: {
        Update: {
          TableName: world.table(team.keys.entity),
          Key: key,
          UpdateExpression: `SET ${changing.map((_, position) => `#n${position} = :v${position}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(changing.map(([name], position) => [`#n${position}`, name])),
          ExpressionAttributeValues: Object.fromEntries(
            changing.map(([, value], position) => [`:v${position}`, value]),
          ),
        },
      },
      meaning: 'invitation',
    },
  ]);
  if (written.kind !== 'done') return notLeading(team);
  await poolOf(world).invite(email);
  return { kind: 'row', status: before === undefined ? 201 : 200, body: shownRow(team.entity, row) };
}
