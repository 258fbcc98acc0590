import { type Answer, conflict, notFound, type Problem } from '../answer.ts';
import { patiently } from '../contention.ts';
import { updatedAt } from '../entity.ts';
import type { Call } from '../event.ts';
import { revisionAttribute } from '../revision.ts';
import { type Row, shownRow } from '../row.ts';
import { type Step, type TransactItem, transact } from '../transaction.ts';
import type { World } from '../world.ts';
import { readNewRole } from './body.ts';
import { leaderOf, type Member, namedIn, notLeading, stillLeads } from './member.ts';
import { memberKey, readRow, roleOf, statusOf } from './rows.ts';
import { setGroups, settle } from './settle.ts';
import type { Team } from './team.ts';
import { poolOf } from './user-pool.ts';
import { countLeaders, touchRecord } from './writes.ts';

/** Gives a member, or an invitation, another role. There is always somebody left who may change members. */
export async function change(team: Team, call: Call, world: World): Promise<Answer> {
  const caller = await leaderOf(team, call, world);
  if (caller.kind === 'problem') return caller;
  const user = namedIn(team, call);
  if (user === undefined) return notFound(team.entity.name);
  const asked = readNewRole(team, call);
  if (asked.kind === 'problem') return asked;
  const changed = await patiently(world, () => changeRow(team, caller, user, asked.role, world));
  if (changed.kind === 'problem') return changed;
  if (statusOf(changed.row) === 'active') {
    const pool = poolOf(world);
    await settle(team.keys, user, world, (now) => setGroups(pool, team, user, now?.role));
  }
  const own = user === caller.user;
  return {
    kind: 'row',
    status: 200,
    body: shownRow(team.entity, changed.row),
    ...(own ? { refreshTokens: true } : {}),
  };
}

type Changed = { kind: 'changed'; row: Row } | Problem;

/** Undefined when the row should be looked at again. */
async function changeRow(
  team: Team,
  caller: Member,
  user: string,
  role: string,
  world: World,
): Promise<Changed | undefined> {
  const { keys } = team;
  const row = await readRow(keys, memberKey(keys, caller.tenant, user), world);
  const status = statusOf(row);
  const before = roleOf(row);
  if (row === undefined || before === undefined || status === 'removing') return notFound(team.entity.name);
  if (before === role) return { kind: 'changed', row };
  const next = { ...row, role, [updatedAt]: world.now().toISOString(), [revisionAttribute]: world.newId() };
  const steps: Step<'caller' | 'last' | 'again'>[] = [
    { item: updateRow(team, row, next, world), meaning: 'again' },
    ...(user === caller.user ? [] : [stillLeads(team, caller, world, 'caller' as const)]),
  ];
  if (status === 'active') {
    steps.push({ item: touchRecord(keys, caller.tenant, user, world), meaning: 'again' });
    if (role === team.leader) steps.push({ item: countLeaders(keys, caller.tenant, 1, world), meaning: 'again' });
    if (before === team.leader) steps.push({ item: countLeaders(keys, caller.tenant, -1, world), meaning: 'last' });
  }
  const written = await transact(world, steps);
  if (written.kind === 'done') return { kind: 'changed', row: next };
  const meanings = written.kind === 'refused' ? written.meanings : [];
  if (meanings.includes('caller')) return notLeading(team);
  if (meanings.includes('again')) return undefined;
  return meanings.includes('last') ? lastLeader(team) : undefined;
}

export function lastLeader(team: Team): Problem {
  return conflict(`This is the last ${team.leader}. Give somebody else this role first.`);
}

function updateRow({ keys }: Team, row: Row, next: Row, world: World): TransactItem {
  return {
    Update: {
      TableName: world.table(keys.entity),
      Key: { [keys.tenant]: row[keys.tenant], [keys.user]: row[keys.user] },
      ConditionExpression: '#status = :status AND #role = :before',
      UpdateExpression: 'SET #role = :role, #updated = :updated, #revision = :revision',
      ExpressionAttributeNames: {
        '#status': 'status',
        '#role': 'role',
        '#updated': updatedAt,
        '#revision': revisionAttribute,
      },
      ExpressionAttributeValues: {
        ':status': row.status,
        ':before': row.role,
        ':role': next.role,
        ':updated': next[updatedAt],
        ':revision': next[revisionAttribute],
      },
    },
  };
}
