import { type Answer, conflict, forbidden, notFound, type Problem, unauthenticated } from '../answer.ts';
import { writeOne } from '../contention.ts';
import type { RuntimeEntity } from '../entity.ts';
import type { Request } from '../operations.ts';
import { remove } from '../remove.ts';
import type { Row } from '../row.ts';
import { type Step, transact } from '../transaction.ts';
import type { World } from '../world.ts';
import { leads } from './member.ts';
import { leaderCount, leadersKey, memberKey, readRow, recordKey, statusOf } from './rows.ts';
import type { MemberKeys } from './team.ts';
import { poolOf } from './user-pool.ts';
import { closing } from './writes.ts';

type Founding = NonNullable<RuntimeEntity['createsTenant']>;

/**
 * Deletes a tenant: by its only member, who may change members, so that nobody is left behind in a tenant that is gone.
 * First it is closed, so that nobody can join any more; then the row goes, then invitations and the member. A call that
 * broke off can be made again.
 */
export async function dissolve(
  entity: RuntimeEntity,
  founding: Founding,
  request: Request,
  world: World,
): Promise<Answer> {
  const { sub: user, tenant } = request.call.caller;
  if (user === undefined) return unauthenticated();
  if (tenant === undefined || request.call.path.get(entity.key.partition.name) !== tenant) return notFound(entity.name);
  const { members: keys, group: leader } = founding;
  const refusal = await close(entity, founding, tenant, user, world);
  if (refusal) return refusal;
  const rows = await rowsOf(keys, tenant, world);
  const others = rows.some((row) => row[keys.user] !== user && statusOf(row) !== 'invited');
  const answer = others ? otherMembers(entity) : await remove(entity, request, world);
  // A row that is gone already was deleted by a call that broke off afterwards.
  if (answer.kind === 'problem' && answer.status !== 404) {
    await reopen(keys, tenant, world);
    return answer;
  }

  for (const row of rows)
    if (row[keys.user] !== user)
      await world.documents.delete({ TableName: world.table(keys.entity), Key: keyOf(keys, row) });
  const pool = poolOf(world);
  await pool.leave(user, leader);
  await pool.setTenant(user, undefined);
  const last = [memberKey(keys, tenant, user), recordKey(keys, user), leadersKey(keys, tenant)];
  await transact(
    world,
    last.map((key) => ({ item: { Delete: { TableName: world.table(keys.entity), Key: key } }, meaning: 'gone' })),
  );
  return { kind: 'done', refreshTokens: true };
}

function otherMembers(entity: RuntimeEntity): Problem {
  return conflict(`This ${entity.name} has other members. Remove them first.`);
}

/** Nobody can join from here on. Refused where the caller is not the only one who may change members. */
async function close(
  entity: RuntimeEntity,
  { members: keys, group: leader }: Founding,
  tenant: string,
  user: string,
  world: World,
): Promise<Problem | undefined> {
  const steps: Step<'caller' | 'others'>[] = [
    { item: leads(keys, leader, { tenant, user }, world), meaning: 'caller' },
    {
      item: {
        Update: {
          TableName: world.table(keys.entity),
          Key: leadersKey(keys, tenant),
          ConditionExpression: '#count = :one',
          UpdateExpression: 'SET #closing = :true',
          ExpressionAttributeNames: { '#count': leaderCount, '#closing': closing },
          ExpressionAttributeValues: { ':one': 1, ':true': true },
        },
      },
      meaning: 'others',
    },
  ];
  const written = await transact(world, steps);
  if (written.kind === 'done') return undefined;
  if (written.kind === 'refused' && !written.meanings.includes('caller')) return otherMembers(entity);
  const row = await readRow(keys, memberKey(keys, tenant, user), world);
  return row === undefined ? notFound(entity.name) : forbidden(`This needs the role ${leader}.`);
}

async function reopen(keys: MemberKeys, tenant: string, world: World): Promise<void> {
  await writeOne(world, () =>
    world.documents.update({
      TableName: world.table(keys.entity),
      Key: leadersKey(keys, tenant),
      UpdateExpression: 'REMOVE #closing',
      ExpressionAttributeNames: { '#closing': closing },
    }),
  );
}

/** Every member and invitation of a tenant. */
async function rowsOf(keys: MemberKeys, tenant: string, world: World): Promise<Row[]> {
  const rows: Row[] = [];
  let from: Row | undefined;
  do {
    const page = await world.documents.query({
      TableName: world.table(keys.entity),
      ConsistentRead: true,
      KeyConditionExpression: '#tenant = :tenant',
      ExpressionAttributeNames: { '#tenant': keys.tenant },
      ExpressionAttributeValues: { ':tenant': tenant },
      ...(from ? { ExclusiveStartKey: from } : {}),
    });
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
}

function keyOf(keys: MemberKeys, row: Row): Row {
  return { [keys.tenant]: row[keys.tenant], [keys.user]: row[keys.user] };
}
