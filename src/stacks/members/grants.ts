import { memberEmailIndex } from '../../blueprint/tenants.ts';
import { userPoolParameter } from '../cognito.ts';
import { type Grant, indexArn, poolArn, tableArn } from '../iam.ts';
import type { MemberVerb } from './operations.ts';
import type { Team } from './team.ts';

/** Calls of the user pool by which a user gets into a tenant, gets another role, and leaves. */
const pool = {
  find: 'cognito-idp:AdminGetUser',
  make: 'cognito-idp:AdminCreateUser',
  groups: 'cognito-idp:AdminListGroupsForUser',
  join: 'cognito-idp:AdminAddUserToGroup',
  leave: 'cognito-idp:AdminRemoveUserFromGroup',
  mark: 'cognito-idp:AdminUpdateUserAttributes',
  signOut: 'cognito-idp:AdminUserGlobalSignOut',
} as const;

interface Rights {
  /** On the table of members. */
  table: string[];
  /** It finds rows by address. */
  byEmail?: true;
  /** On the table of tenants. */
  tenant?: string[];
  pool: string[];
}

/** Exactly what the runtime does for each operation. */
const rights: Readonly<Record<MemberVerb, Rights>> = {
  list: { table: ['GetItem', 'Query'], pool: [] },
  invite: { table: ['GetItem', 'ConditionCheckItem', 'UpdateItem'], byEmail: true, pool: [pool.find, pool.make] },
  accept: {
    table: ['GetItem', 'ConditionCheckItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    tenant: ['ConditionCheckItem'],
    pool: [pool.find, pool.groups, pool.join, pool.leave, pool.mark],
  },
  change: { table: ['GetItem', 'ConditionCheckItem', 'UpdateItem'], pool: [pool.groups, pool.join, pool.leave] },
  remove: {
    table: ['GetItem', 'ConditionCheckItem', 'UpdateItem', 'DeleteItem'],
    pool: [pool.groups, pool.leave, pool.mark, pool.signOut],
  },
  invitations: { table: [], byEmail: true, pool: [pool.find] },
};

export function memberGrants({ members, tenant }: Team, verb: MemberVerb): Grant[] {
  const { table, byEmail, tenant: ofTenant, pool: calls } = rights[verb];
  const onTable = (actions: readonly string[]) => actions.map((action) => `dynamodb:${action}`);
  return [
    { actions: onTable(table), resources: [tableArn(members)] },
    ...(byEmail ? [{ actions: onTable(['Query']), resources: [indexArn(members, memberEmailIndex)] }] : []),
    ...(ofTenant === undefined ? [] : [{ actions: onTable(ofTenant), resources: [tableArn(tenant)] }]),
    { actions: calls, resources: [poolArn(userPoolParameter)] },
  ];
}

export function touchesTenant(verb: MemberVerb): boolean {
  return rights[verb].tenant !== undefined;
}

/** It has something to do with the user pool. */
export function touchesPool(verb: MemberVerb): boolean {
  return rights[verb].pool.length > 0;
}

/** What creating a tenant adds to the rights of creating a row: its first member, and the same in the user pool. */
export function foundingGrants({ members, tenant }: Team): Grant[] {
  return [
    { actions: ['dynamodb:GetItem'], resources: [tableArn(tenant)] },
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [tableArn(members)] },
    { actions: [pool.join, pool.mark], resources: [poolArn(userPoolParameter)] },
  ];
}

/** What deleting a tenant adds to the rights of deleting a row: its last member and its invitations. */
export function dissolvingGrants({ members }: Team): Grant[] {
  const actions = ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'Query', 'UpdateItem'];
  return [
    { actions: actions.map((action) => `dynamodb:${action}`), resources: [tableArn(members)] },
    { actions: [pool.leave, pool.mark], resources: [poolArn(userPoolParameter)] },
  ];
}
