import { createdAt, updatedAt } from '../entity.ts';
import { revisionAttribute } from '../revision.ts';
import type { Row } from '../row.ts';
import type { TransactItem } from '../transaction.ts';
import type { World } from '../world.ts';
import { leaderCount, leadersKey, memberKey, record, recordKey } from './rows.ts';
import type { MemberKeys } from './team.ts';

/** A new member as the table holds it. */
export function newMember(
  keys: MemberKeys,
  { tenant, user, email, role }: { tenant: string; user: string; email: string | undefined; role: string },
  world: World,
): Row {
  const now = world.now().toISOString();
  return {
    ...memberKey(keys, tenant, user),
    ...(email === undefined ? {} : { email }),
    role,
    status: 'active',
    [createdAt]: now,
    [updatedAt]: now,
    [revisionAttribute]: world.newId(),
  };
}

/** Puts the member's row where none is. */
export function putMember(keys: MemberKeys, row: Row, world: World): TransactItem {
  return {
    Put: {
      TableName: world.table(keys.entity),
      Item: row,
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': keys.tenant },
    },
  };
}

/** Says that the user has a tenant; refused for one who has one. The user pool is to be told. */
export function putRecord(keys: MemberKeys, tenant: string, user: string, world: World): TransactItem {
  return {
    Put: {
      TableName: world.table(keys.entity),
      Item: {
        ...recordKey(keys, user),
        [record.tenant]: tenant,
        [record.version]: world.newId(),
        [record.unsettled]: true,
      },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': keys.tenant },
    },
  };
}

/** Set while a tenant is being deleted: nobody joins any more. */
export const closing = '_closing';

/** One more who may change members, or one less as long as one is left. */
export function countLeaders(keys: MemberKeys, tenant: string, change: 1 | -1, world: World): TransactItem {
  return {
    Update: {
      TableName: world.table(keys.entity),
      Key: leadersKey(keys, tenant),
      UpdateExpression: 'ADD #count :change',
      ConditionExpression: change === 1 ? 'attribute_not_exists(#closing)' : '#count > :one',
      ExpressionAttributeNames: { '#count': leaderCount, ...(change === 1 ? { '#closing': closing } : {}) },
      ExpressionAttributeValues: { ':change': change, ...(change === 1 ? {} : { ':one': 1 }) },
    },
  };
}

/** That the tenant is not being deleted. */
export function isOpen(keys: MemberKeys, tenant: string, world: World): TransactItem {
  return {
    ConditionCheck: {
      TableName: world.table(keys.entity),
      Key: leadersKey(keys, tenant),
      ConditionExpression: 'attribute_not_exists(#closing)',
      ExpressionAttributeNames: { '#closing': closing },
    },
  };
}

/** Says that something about the user has changed which the user pool is to be told. */
export function touchRecord(keys: MemberKeys, tenant: string, user: string, world: World): TransactItem {
  return updateRecord(keys, { tenant, user, change: '' }, world);
}

/** Says that the user is leaving: from here on there is no way back but a new invitation. */
export function leaveRecord(keys: MemberKeys, tenant: string, user: string, world: World): TransactItem {
  return updateRecord(keys, { tenant, user, change: ', #leaving = :true' }, world);
}

/** Also where there is no record: a function of the user's may have written the member. */
function updateRecord(
  keys: MemberKeys,
  { tenant, user, change }: { tenant: string; user: string; change: '' | ', #leaving = :true' },
  world: World,
): TransactItem {
  return {
    Update: {
      TableName: world.table(keys.entity),
      Key: recordKey(keys, user),
      ConditionExpression: 'attribute_not_exists(#tenant) OR #tenant = :tenant',
      UpdateExpression: `SET #tenant = :tenant, #version = :version, #unsettled = :true${change}`,
      ExpressionAttributeNames: {
        '#tenant': record.tenant,
        '#version': record.version,
        '#unsettled': record.unsettled,
        ...(change === '' ? {} : { '#leaving': record.leaving }),
      },
      ExpressionAttributeValues: { ':tenant': tenant, ':version': world.newId(), ':true': true },
    },
  };
}
