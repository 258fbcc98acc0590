import type { ApiResource, Entity } from './blueprint.ts';
import { resolveEntity } from './resolve-entity.ts';
import { basePathOf } from './route-path.ts';
import type { EntityDocument } from './schema.ts';

/** What follows from `tenancy: { mode: multi_tenant }` without being written: the tenant, its routes, its members. */

/** Roles of a Blueprint with tenants that names none: somebody must be able to invite, and somebody to be invited. */
const impliedRoles = ['admin', 'member'];

/** The roles that users may have, where the Blueprint has tenants. */
export function tenantRoles(written: readonly string[]): string[] {
  return written.length === 0 ? [...impliedRoles] : [...written];
}

/** The role of who creates a tenant, and of who may change its members: `admin`, else the first one. */
export function leadingRole(roles: readonly string[]): string | undefined {
  return roles.includes('admin') ? 'admin' : roles[0];
}

/** The entity that says which user belongs to which tenant: `organization_member`. */
export function memberEntityName(tenantEntity: string): string {
  return `${tenantEntity}_member`;
}

/** Fields of the member entity besides the tenant's; the tenant field cannot have one of these names. */
export const memberFields = ['user_id', 'email', 'role', 'status', 'created_at', 'updated_at'] as const;

/** The index that finds the invitations of an address. */
export const memberEmailIndex = 'by_email';

const tenants = new Map<string, EntityDocument>();

/** What a tenant is when the Blueprint does not say: something with a name. */
export function impliedTenant(name: string): Entity {
  const document = remembered(tenants, name, () => ({
    ...globalEntity(name),
    fields: [{ name: 'name', type: 'string', required: true }],
  }));
  return resolveEntity(document, undefined, true);
}

/**
 * The routes of a tenant entity that `api.resources` does not list: whoever signs in may create a tenant, its members
 * read it, its admins change it.
 */
export function impliedTenantRoutes(name: string, roles: readonly string[]): ApiResource {
  const role = leadingRole(roles);
  return {
    entity: name,
    base_path: basePathOf({ entity: name }),
    operations: [
      { operation: 'create', access: { level: 'authenticated' } },
      { operation: 'get', access: { level: 'authenticated' } },
      ...(role === undefined ? [] : [{ operation: 'update', access: { level: 'role', role } } as const]),
    ],
    allow_scan: false,
    implied: true,
  };
}

const members = new Map<string, EntityDocument>();

/**
 * One row for each member and each open invitation of a tenant: key tenant and user. Global, because invitations are
 * found by address across tenants; its own routes keep the tenants apart.
 */
export function impliedMembers(tenantEntity: string, tenantField: string, roles: readonly string[]): Entity {
  const document = remembered(members, JSON.stringify([tenantEntity, tenantField, roles]), () => ({
    ...globalEntity(memberEntityName(tenantEntity)),
    fields: [
      { name: tenantField, type: 'string', primary: true },
      { name: 'user_id', type: 'string', primary: true, sort: true },
      { name: 'email', type: 'string', required: true, max_length: 254 },
      { name: 'role', type: 'enum', enum: [...roles], required: true },
      { name: 'status', type: 'enum', enum: ['invited', 'active', 'removing'], required: true },
    ],
    indexes: [{ name: memberEmailIndex, partition: 'email', sort: 'created_at' }],
  }));
  return resolveEntity(document, undefined, true);
}

function globalEntity(name: string): EntityDocument {
  return { name, tenancy: 'global', fields: [], indexes: [], timestamps: true, soft_delete: false };
}

/** The last one of its kind: while a Blueprint is edited, what it implies stays the same object. */
function remembered(known: Map<string, EntityDocument>, key: string, make: () => EntityDocument): EntityDocument {
  let document = known.get(key);
  if (document === undefined) {
    document = make();
    known.clear();
    known.set(key, document);
  }
  return document;
}
