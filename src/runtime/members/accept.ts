import { type Answer, conflict, notFound, unauthenticated } from '../answer.ts';
import { withArticle } from '../article.ts';
import { patiently } from '../contention.ts';
import { deletedAt } from '../entity.ts';
import type { Call } from '../event.ts';
import { shownRow } from '../row.ts';
import { type Step, transact } from '../transaction.ts';
import type { World } from '../world.ts';
import { normalizedAddress } from './address.ts';
import { invitationId, memberKey, readRecord, readRow, roleOf, statusOf } from './rows.ts';
import { settle, tellAll } from './settle.ts';
import type { Team } from './team.ts';
import { poolOf } from './user-pool.ts';
import { countLeaders, isOpen, newMember, putMember, putRecord } from './writes.ts';

/**
 * Accepts the invitation to the tenant in the path. It is the caller's when it was made to the address that the user
 * pool has verified for the account; whoever was not invited learns nothing of the tenant.
 */
export async function accept(team: Team, call: Call, world: World): Promise<Answer> {
  const { sub } = call.caller;
  if (sub === undefined) return unauthenticated();
  const tenant = call.path.get(team.tenant.key) ?? '';
  const refusal = await patiently(world, () => join(team, tenant, sub, world));
  if (refusal.kind === 'problem') return refusal;
  const standing = await settle(team.keys, sub, world, (now) => tellAll(world, team, sub, now));
  if (standing?.tenant !== tenant) return notInvited(team);
  return { kind: 'row', status: 200, body: shownRow(team.entity, standing.row), refreshTokens: true };
}

type Joined = { kind: 'joined' } | Extract<Answer, { kind: 'problem' }>;

/** In one transaction: the invitation becomes a member. Undefined when it should be looked at again. */
async function join(team: Team, tenant: string, user: string, world: World): Promise<Joined | undefined> {
  const { keys } = team;
  const [account, known] = await Promise.all([poolOf(world).find(user), readRecord(keys, user, world)]);
  // The same call again, after one that broke off.
  if (known?.tenant === tenant && !known.leaving) return { kind: 'joined' };
  const email = account?.verifiedEmail === undefined ? undefined : normalizedAddress(account.verifiedEmail);
  if (email === undefined || tenant === '' || Buffer.byteLength(tenant) > 1024) return notInvited(team);
  const key = memberKey(keys, tenant, invitationId(tenant, email));
  const invitation = await readRow(keys, key, world);
  const role = roleOf(invitation);
  if (role === undefined || statusOf(invitation) !== 'invited' || invitation?.email !== email) return notInvited(team);
  if (known !== undefined || account?.tenant !== undefined)
    return conflict(`Your account belongs to another ${team.tenant.entity}. Leave it first.`);
  if (!team.roles.includes(role)) return conflict(`There is no role ${role} any more. Ask to be invited again.`);

  const member = newMember(keys, { tenant, user, email, role }, world);
  const steps: Step<'tenant' | 'again'>[] = [
    { item: tenantExists(team, tenant, world), meaning: 'tenant' },
    {
      item: {
        Delete: {
          TableName: world.table(keys.entity),
          Key: key,
          ConditionExpression: '#status = :invited AND #role = :role',
          ExpressionAttributeNames: { '#status': 'status', '#role': 'role' },
          ExpressionAttributeValues: { ':invited': 'invited', ':role': role },
        },
      },
      meaning: 'again',
    },
    { item: putMember(keys, member, world), meaning: 'again' },
    { item: putRecord(keys, tenant, user, world), meaning: 'again' },
    {
      item: role === team.leader ? countLeaders(keys, tenant, 1, world) : isOpen(keys, tenant, world),
      meaning: 'tenant',
    },
  ];
  const written = await transact(world, steps);
  if (written.kind === 'done') return { kind: 'joined' };
  return written.kind === 'refused' && written.meanings.includes('tenant') ? notInvited(team) : undefined;
}

function tenantExists(
  { tenant: { entity, key, softDelete } }: Team,
  tenant: string,
  world: World,
): Step<never>['item'] {
  const names = { '#key': key, ...(softDelete ? { '#deleted': deletedAt } : {}) };
  return {
    ConditionCheck: {
      TableName: world.table(entity),
      Key: { [key]: tenant },
      ConditionExpression: `attribute_exists(#key)${softDelete ? ' AND attribute_not_exists(#deleted)' : ''}`,
      ExpressionAttributeNames: names,
    },
  };
}

function notInvited(team: Team) {
  return notFound(`invitation to ${withArticle(team.tenant.entity)}`);
}
