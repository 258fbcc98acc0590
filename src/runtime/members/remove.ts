import { type Answer, notFound, type Problem } from '../answer.ts';
import { patiently } from '../contention.ts';
import type { Call } from '../event.ts';
import { type Step, type TransactItem, transact } from '../transaction.ts';
import type { World } from '../world.ts';
import { lastLeader } from './change.ts';
import { type Member, memberOf, namedIn, notLeading, stillLeads } from './member.ts';
import { memberKey, readRow, record, recordKey, roleOf, statusOf } from './rows.ts';
import { setGroups } from './settle.ts';
import type { Team } from './team.ts';
import { poolOf } from './user-pool.ts';
import { countLeaders, leaveRecord } from './writes.ts';

/**
 * Removes a member (or oneself), or takes an invitation back. The member stays in sight as `removing` until the user
 * pool knows, so that a call that broke off can be made again. An id token that was given before stays valid until it
 * expires; nothing here accepts it any more.
 */
export async function remove(team: Team, call: Call, world: World): Promise<Answer> {
  const caller = await memberOf(team, call, world);
  if (caller.kind === 'problem') return caller;
  const user = namedIn(team, call);
  if (user !== caller.user && !caller.leads) return notLeading(team);
  if (user === undefined) return notFound(team.entity.name);
  const begun = await patiently(world, () => begin(team, caller, user, world));
  if (begun.kind === 'problem') return begun;
  if (begun.kind === 'removing') await finish(team, caller.tenant, user, world);
  return { kind: 'done', ...(user === caller.user ? { refreshTokens: true } : {}) };
}

type Begun = { kind: 'removing' } | { kind: 'withdrawn' } | Problem;

/** Undefined when the row should be looked at again. */
async function begin(team: Team, caller: Member, user: string, world: World): Promise<Begun | undefined> {
  const { keys } = team;
  const { tenant } = caller;
  const key = memberKey(keys, tenant, user);
  const row = await readRow(keys, key, world);
  const role = roleOf(row);
  const status = statusOf(row);
  if (row === undefined || role === undefined) return notFound(team.entity.name);
  if (status === 'removing') return { kind: 'removing' };
  const steps: Step<'caller' | 'last' | 'again'>[] =
    user === caller.user ? [] : [stillLeads(team, caller, world, 'caller')];
  if (status === 'invited') {
    steps.push({ item: deleteIn(team, key, 'invited', world), meaning: 'again' });
  } else {
    steps.push(
      { item: markRemoving(team, key, role, world), meaning: 'again' },
      { item: leaveRecord(keys, tenant, user, world), meaning: 'again' },
    );
    if (role === team.leader) steps.push({ item: countLeaders(keys, tenant, -1, world), meaning: 'last' });
  }
  const written = await transact(world, steps);
  if (written.kind === 'done') return { kind: status === 'invited' ? 'withdrawn' : 'removing' };
  const meanings = written.kind === 'refused' ? written.meanings : [];
  if (meanings.includes('caller')) return notLeading(team);
  if (meanings.includes('again')) return undefined;
  return meanings.includes('last') ? lastLeader(team) : undefined;
}

/** The user pool first: while the row is there, the call can be made again. */
async function finish(team: Team, tenant: string, user: string, world: World): Promise<void> {
  const { keys } = team;
  const pool = poolOf(world);
  await setGroups(pool, team, user, undefined);
  await pool.setTenant(user, undefined);
  await pool.signOut(user);
  // Refused where another call was faster: then it is done.
  await transact(world, [
    { item: deleteIn(team, memberKey(keys, tenant, user), 'removing', world), meaning: 'gone' },
    {
      item: {
        Delete: {
          TableName: world.table(keys.entity),
          Key: recordKey(keys, user),
          ConditionExpression: '#tenant = :tenant AND #leaving = :leaving',
          ExpressionAttributeNames: { '#tenant': record.tenant, '#leaving': record.leaving },
          ExpressionAttributeValues: { ':tenant': tenant, ':leaving': true },
        },
      },
      meaning: 'gone',
    },
  ]);
}

function deleteIn({ keys }: Team, key: Record<string, string>, status: string, world: World): TransactItem {
  return {
    Delete: {
      TableName: world.table(keys.entity),
      Key: key,
      ConditionExpression: '#status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    },
  };
}

function markRemoving({ keys }: Team, key: Record<string, string>, role: string, world: World): TransactItem {
  return {
    Update: {
      TableName: world.table(keys.entity),
      Key: key,
      ConditionExpression: '#status = :active AND #role = :role',
      UpdateExpression: 'SET #status = :removing',
      ExpressionAttributeNames: { '#status': 'status', '#role': 'role' },
      ExpressionAttributeValues: { ':active': 'active', ':role': role, ':removing': 'removing' },
    },
  };
}
