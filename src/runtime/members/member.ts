import { forbidden, notFound, type Problem, unauthenticated } from '../answer.ts';
import type { Call } from '../event.ts';
import type { Row } from '../row.ts';
import type { Step, TransactItem } from '../transaction.ts';
import type { World } from '../world.ts';
import { memberKey, readRow, roleOf, statusOf } from './rows.ts';
import type { MemberKeys, Team } from './team.ts';

/** A caller who belongs to the tenant that the path names. */
export interface Member {
  kind: 'member';
  tenant: string;
  user: string;
  row: Row;
  /** May change members. */
  leads: boolean;
}

/**
 * The caller as a member of the tenant in the path. The tenant comes from the token; that the caller is still a member,
 * and with which role, from the table, so that what was taken away is gone at once and not when the token expires.
 */
export async function memberOf(team: Team, call: Call, world: World): Promise<Member | Problem> {
  const { sub, tenant } = call.caller;
  if (sub === undefined) return unauthenticated();
  if (tenant === undefined) return forbidden(`Your account belongs to no ${team.tenant.entity} yet.`);
  if (call.path.get(team.tenant.key) !== tenant) return notFound(team.tenant.entity);
  const row = await readRow(team.keys, memberKey(team.keys, tenant, sub), world);
  const status = statusOf(row);
  if (row === undefined || (status !== 'active' && status !== 'removing')) return notFound(team.tenant.entity);
  return { kind: 'member', tenant, user: sub, row, leads: status === 'active' && roleOf(row) === team.leader };
}

/** The same, for what only those do who may change members. */
export async function leaderOf(team: Team, call: Call, world: World): Promise<Member | Problem> {
  const member = await memberOf(team, call, world);
  if (member.kind === 'problem') return member;
  return member.leads ? member : notLeading(team);
}

export function notLeading(team: Team): Problem {
  return forbidden(`This needs the role ${team.leader}.`);
}

/** That the caller may still change members, in the transaction that does. */
export function stillLeads<Meaning>(team: Team, caller: Member, world: World, meaning: Meaning): Step<Meaning> {
  return { item: leads(team.keys, team.leader, caller, world), meaning };
}

/** That a user is an active member with the role that may change members. */
export function leads(
  keys: MemberKeys,
  leader: string,
  { tenant, user }: { tenant: string; user: string },
  world: World,
): TransactItem {
  return {
    ConditionCheck: {
      TableName: world.table(keys.entity),
      Key: memberKey(keys, tenant, user),
      ConditionExpression: '#status = :active AND #role = :leader',
      ExpressionAttributeNames: { '#status': 'status', '#role': 'role' },
      ExpressionAttributeValues: { ':active': 'active', ':leader': leader },
    },
  };
}

/** The id of a member or an invitation in the path; undefined for what can be neither. */
export function namedIn(team: Team, call: Call): string | undefined {
  const id = call.path.get(team.keys.user);
  return id !== undefined && /^[A-Za-z0-9-]{1,128}$/.test(id) ? id : undefined;
}
