import { prepareEntity, type RuntimeEntity } from '../entity.ts';
import { own, ownText } from '../json.ts';
import { Misconfigured } from '../misconfigured.ts';

/** What the functions that manage members know: made ready once from `model.json`. */
export interface Team {
  /** The entity of members. */
  entity: RuntimeEntity;
  tenant: { entity: string; key: string; softDelete: boolean };
  roles: readonly string[];
  /** The role that may change members. */
  leader: string;
  emailIndex: string;
  keys: MemberKeys;
}

/** The attributes of the key of the table of members. */
export interface MemberKeys {
  entity: string;
  tenant: string;
  user: string;
}

/** Makes the model ready. Throws when it is not one: the zip was not made by Backdrift. */
export function prepareTeam(value: unknown): Team {
  const entity = prepareEntity(value);
  const members = own(value, 'members');
  const tenant = own(members, 'tenant');
  const tenantEntity = ownText(tenant, 'entity');
  const key = ownText(tenant, 'key');
  const roles = own(members, 'roles');
  const leader = ownText(members, 'leader');
  const emailIndex = ownText(members, 'emailIndex');
  const { partition, sort } = entity.key;
  if (!tenantEntity || !key || !leader || !emailIndex || !sort || !Array.isArray(roles))
    throw new Misconfigured('model.json is not the model of members');
  return {
    entity,
    tenant: { entity: tenantEntity, key, softDelete: own(tenant, 'soft_delete') === true },
    roles: roles.filter((role) => typeof role === 'string'),
    leader,
    emailIndex,
    keys: { entity: entity.name, tenant: partition.attribute, user: sort.attribute },
  };
}
