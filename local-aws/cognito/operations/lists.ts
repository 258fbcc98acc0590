import * as z from 'zod';
import { existing } from '../attributes.ts';
import { CognitoError, invalid } from '../cognito-error.ts';
import { type Operation, operation } from '../operation.ts';
import type { PoolSettings } from '../pool-settings.ts';
import type { CognitoState } from '../state.ts';
import { attributeList, type User, userView } from '../user.ts';

const Paged = z.looseObject({
  UserPoolId: z.string(),
  Limit: z.number().int().min(0).max(60).nullish(),
  NextToken: z.string().nullish(),
});

/** A page of a list; tokens are places in it. */
function page<Item>(items: readonly Item[], limit: number | null | undefined, token: string | null | undefined) {
  const from = token ? Number(Buffer.from(token, 'base64url').toString()) : 0;
  if (!Number.isInteger(from) || from < 0) throw invalid('Invalid pagination token.');
  const to = from + (limit || 60);
  const next = to < items.length ? Buffer.from(String(to)).toString('base64url') : undefined;
  return { items: items.slice(from, to), next };
}

const listUsers = operation(
  Paged.omit({ NextToken: true }).extend({
    PaginationToken: z.string().nullish(),
    Filter: z.string().nullish(),
    AttributesToGet: z.array(z.string()).nullish(),
  }),
  async ({ UserPoolId, Limit, PaginationToken, Filter, AttributesToGet }, state) => {
    const pool = await state.pools.pool(UserPoolId);
    const matches = filterOf(Filter ?? '');
    const { items, next } = page(state.directory(pool.id).all().filter(matches), Limit, PaginationToken);
    const shown = (user: User) =>
      AttributesToGet
        ? new Map([...user.attributes].filter(([name]) => AttributesToGet.includes(name)))
        : user.attributes;
    return {
      Users: items.map((user) => ({ ...userView(user), Attributes: attributeList(shown(user)) })),
      ...(next && { PaginationToken: next }),
    };
  },
);

const searchable = new Set([
  'username',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'cognito:user_status',
  'status',
  'sub',
]);

/** `email = "ann@example.org"`, `^=` for a beginning. */
function filterOf(filter: string): (user: User) => boolean {
  if (filter === '') return () => true;
  const [, name, operator, escaped] = /^\s*"?([\w:]+)"?\s*(=|\^=)\s*"(.*)"\s*$/s.exec(filter) ?? [];
  if (name === undefined || escaped === undefined) throw invalid('Error while parsing filter.');
  if (!searchable.has(name)) throw invalid(`Invalid search attribute: ${name}`);
  const value = escaped.replaceAll('\\"', '"').toLowerCase();
  return (user) => {
    const own =
      name === 'username'
        ? user.username
        : name === 'cognito:user_status'
          ? user.status
          : name === 'status'
            ? user.enabled
              ? 'Enabled'
              : 'Disabled'
            : (user.attributes.get(name) ?? '');
    return operator === '=' ? own.toLowerCase() === value : own.toLowerCase().startsWith(value);
  };
}

const Membership = z.looseObject({ UserPoolId: z.string(), Username: z.string(), GroupName: z.string() });

async function member(state: CognitoState, { UserPoolId, Username, GroupName }: z.infer<typeof Membership>) {
  const pool = await state.pools.pool(UserPoolId);
  await demandGroup(state, pool, GroupName);
  return existing(pool, state.directory(pool.id), Username);
}

async function demandGroup(state: CognitoState, pool: PoolSettings, name: string): Promise<void> {
  const groups = await state.pools.groups(pool);
  if (!groups.some(({ GroupName }) => GroupName === name))
    throw new CognitoError('ResourceNotFoundException', 'Group not found.');
}

const adminAddUserToGroup = operation(Membership, async (input, state) => {
  (await member(state, input)).groups.add(input.GroupName);
  return {};
});

const adminRemoveUserFromGroup = operation(Membership, async (input, state) => {
  (await member(state, input)).groups.delete(input.GroupName);
  return {};
});

const adminListGroupsForUser = operation(
  Paged.extend({ Username: z.string() }),
  async ({ UserPoolId, Username, Limit, NextToken }, state) => {
    const pool = await state.pools.pool(UserPoolId);
    const user = existing(pool, state.directory(pool.id), Username);
    const groups = (await state.pools.groups(pool)).filter(({ GroupName = '' }) => user.groups.has(GroupName));
    const { items, next } = page(groups, Limit, NextToken);
    return {
      Groups: items.map(({ CreationDate, LastModifiedDate, ...group }) => ({
        ...group,
        ...(CreationDate && { CreationDate: CreationDate.getTime() / 1000 }),
        ...(LastModifiedDate && { LastModifiedDate: LastModifiedDate.getTime() / 1000 }),
      })),
      ...(next && { NextToken: next }),
    };
  },
);

const listUsersInGroup = operation(
  Paged.extend({ GroupName: z.string() }),
  async ({ UserPoolId, GroupName, Limit, NextToken }, state) => {
    const pool = await state.pools.pool(UserPoolId);
    await demandGroup(state, pool, GroupName);
    const members = state
      .directory(pool.id)
      .all()
      .filter(({ groups }) => groups.has(GroupName));
    const { items, next } = page(members, Limit, NextToken);
    return {
      Users: items.map((user) => ({ ...userView(user), Attributes: attributeList(user.attributes) })),
      ...(next && { NextToken: next }),
    };
  },
);

export const listOperations: Record<string, Operation> = {
  ListUsers: listUsers,
  ListUsersInGroup: listUsersInGroup,
  AdminAddUserToGroup: adminAddUserToGroup,
  AdminRemoveUserFromGroup: adminRemoveUserFromGroup,
  AdminListGroupsForUser: adminListGroupsForUser,
};
