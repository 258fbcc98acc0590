import { memberEmailIndex } from '../../blueprint/tenants.ts';
import { keyAttributes, modelOf } from '../entity-model.ts';
import type { EntityModel } from '../model.ts';
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

export function membersModel(scope: Scope, { tenant, members, roles, leader }: Team): MembersModel {
  return {
    ...modelOf(scope, members),
    lists: [{ partition: [{ attribute: members.key.partition, from: 'tenant' }] }],
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
