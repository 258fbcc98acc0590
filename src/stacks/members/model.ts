import { memberEmailIndex } from '../../blueprint/tenants.ts';
import { keyAttributes, modelOf } from '../entity-model.ts';
import type { EntityModel, ListSort } from '../model.ts';
import { attributeNamed } from '../relations.ts';
import type { Scope } from '../scope.ts';
import type { Team } from './team.ts';

/** `model.json` of the functions that manage members: the entity of members, and what they belong to. */
export interface MembersModel extends EntityModel {
  members: {
    tenant: { entity: string; key: string; soft_delete?: true };
    roles: string[];
    /** The role that may change members. */
    leader: string;
    /** The index that finds rows by their address. */
    emailIndex: string;
  };
}

/** Members of one tenant are few: they come in the order of the key, and no request asks for another. */
function orderOf(members: Team['members']): ListSort {
  const { sort = 'user_id' } = members.key;
  return { attribute: attributeNamed(members, sort), field: sort, conditions: [] };
}

export function membersModel(scope: Scope, { tenant, members, roles, leader }: Team): MembersModel {
  return {
    ...modelOf(scope, members),
    lists: [{ partition: [{ attribute: members.key.partition, from: 'tenant' }], sort: orderOf(members) }],
    members: {
      tenant: {
        entity: tenant.name,
        key: keyAttributes(tenant).partition,
        ...(tenant.soft_delete ? { soft_delete: true as const } : {}),
      },
      roles: [...roles],
      leader,
      emailIndex: memberEmailIndex,
    },
  };
}
