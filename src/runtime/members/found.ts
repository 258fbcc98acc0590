import { type Answer, conflict, unauthenticated } from '../answer.ts';
import { withArticle } from '../article.ts';
import { create } from '../create.ts';
import type { RuntimeEntity } from '../entity.ts';
import type { Request } from '../operations.ts';
import { shownRow } from '../row.ts';
import type { World } from '../world.ts';
import { readRecord } from './rows.ts';
import { settle } from './settle.ts';
import { poolOf } from './user-pool.ts';
import { countLeaders, newMember, putMember, putRecord } from './writes.ts';

type Founding = NonNullable<RuntimeEntity['createsTenant']>;

/**
 * Creates a tenant and makes the caller its first member, in one transaction: of many calls at once by one user, one
 * creates. The user pool is told afterwards. Where that fails, the same call made again finishes the work and gives the
 * tenant that there is.
 */
export async function found(
  entity: RuntimeEntity,
  founding: Founding,
  request: Request,
  world: World,
): Promise<Answer> {
  const { caller } = request.call;
  const { sub: user, email } = caller;
  if (user === undefined) return unauthenticated();
  const has = conflict(
    `Your account belongs to ${withArticle(entity.name)} already. Refresh your tokens if they do not name it.`,
  );
  if (caller.tenant !== undefined) return has;

  const { members: keys, group: role } = founding;
  const answer = await create(entity, request, world, (row) => {
    const tenant = String(row[entity.key.partition.attribute]);
    const meaning = { kind: 'companion', refusal: has } as const;
    return [
      { item: putRecord(keys, tenant, user, world), meaning },
      {
        item: putMember(keys, newMember(keys, { tenant, user, email: email?.toLowerCase(), role }, world), world),
        meaning,
      },
      { item: countLeaders(keys, tenant, 1, world), meaning },
    ];
  });
  if (answer === has) return finish(entity, founding, user, world, has);
  if (answer.kind !== 'row') return answer;
  await tellPool(founding, user, world);
  return { ...answer, refreshTokens: true };
}

/** The caller has a tenant; whether an earlier call got as far as the user pool. */
async function finish(
  entity: RuntimeEntity,
  founding: Founding,
  user: string,
  world: World,
  has: Extract<Answer, { kind: 'problem' }>,
): Promise<Answer> {
  const known = await readRecord(founding.members, user, world);
  if (known === undefined || known.leaving || !known.unsettled) return has;
  const { Item: row } = await world.documents.get({
    TableName: world.table(entity.name),
    Key: { [entity.key.partition.attribute]: known.tenant },
    ConsistentRead: true,
  });
  if (row === undefined) return has;
  await tellPool(founding, user, world);
  return { kind: 'row', status: 200, body: shownRow(entity, row), refreshTokens: true };
}

/** A new member was in no group of a tenant, so there is none to take away. */
async function tellPool({ members }: Founding, user: string, world: World): Promise<void> {
  const pool = poolOf(world);
  await settle(members, user, world, async (standing) => {
    if (standing === undefined) return;
    await pool.setTenant(user, standing.tenant);
    await pool.join(user, standing.role);
  });
}
