import type { ApiResource, Blueprint, Entity } from '../../blueprint/blueprint.ts';
import { leadingRole } from '../../blueprint/tenants.ts';

/** What has to do with the members of a tenant, where a Blueprint has tenants, sign-in and an API. */
export interface Team {
  tenant: Entity;
  /** The routes of the tenant entity; those of its members are below them. */
  resource: ApiResource;
  members: Entity;
  roles: readonly string[];
  /** The role that may change members. */
  leader: string;
}

export function teamOf({ tenancy, entities, api, auth }: Blueprint): Team | undefined {
  if (tenancy.mode !== 'multi_tenant' || tenancy.member_entity === undefined) return undefined;
  const tenant = entities.find(({ name }) => name === tenancy.tenant_entity);
  const members = entities.find(({ name }) => name === tenancy.member_entity);
  const resource = api?.resources.find(({ entity }) => entity === tenancy.tenant_entity);
  const roles = auth?.roles ?? [];
  const leader = leadingRole(roles);
  if (tenant === undefined || members === undefined || resource === undefined || leader === undefined) return undefined;
  return { tenant, resource, members, roles, leader };
}
