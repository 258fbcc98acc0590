import type { Draft } from './draft.ts';
import { childOf, itemsOf, type SourceNode, textOf } from './source.ts';
import { memberEntityName, memberFields, tenantRoles } from './tenants.ts';

/**
 * The names that a Blueprint declares, read from the text as it stands: also from items that are half-typed or wrong.
 * What a reference may point to, and what completion offers.
 */
export interface Outline {
  /** By name, in the order of the text: the fields as written, automatic ones included. */
  entities: ReadonlyMap<string, readonly string[]>;
  functions: readonly string[];
  jobs: readonly string[];
  queues: readonly string[];
  storage: readonly string[];
  workflows: readonly string[];
  roles: readonly string[];
  environments: readonly string[];
  /** `auth` is written, whatever it holds. */
  hasAuth: boolean;
  /** `memberEntity`: the implied entity of a tenant's members, where the Blueprint has an API and sign-in. */
  tenancy: { mode: string; tenantEntity?: string; field?: string; memberEntity?: string };
}

/** An outline of nothing, for texts that cannot be read at all. */
export const emptyOutline: Outline = {
  entities: new Map(),
  functions: [],
  jobs: [],
  queues: [],
  storage: [],
  workflows: [],
  roles: [],
  environments: [],
  hasAuth: false,
  tenancy: { mode: 'single_tenant' },
};

export function outlineOf(tree: SourceNode, draft: Draft): Outline {
  const tenancyNode = childOf(tree, 'tenancy');
  const tenantEntity = textOf(childOf(tenancyNode, 'tenant_entity'));
  const field =
    textOf(childOf(tenancyNode, 'field')) ?? (tenantEntity === undefined ? undefined : `${tenantEntity}_id`);
  const environments = childOf(tree, 'environments');
  const entities = new Map<string, readonly string[]>();
  for (const { name, fieldNames, own } of draft.entities) {
    if (name === undefined || entities.has(name)) continue;
    entities.set(name, [...fieldNames, ...automaticFields(own)]);
  }
  const multi = textOf(childOf(tenancyNode, 'mode')) === 'multi_tenant';
  if (multi && tenantEntity !== undefined && !entities.has(tenantEntity)) {
    entities.set(tenantEntity, automaticFields(undefined));
  }
  const hasAuth = childOf(tree, 'auth') !== undefined;
  const hasMembers = multi && hasAuth && tenantEntity !== undefined && childOf(tree, 'api') !== undefined;
  const memberEntity = hasMembers ? memberEntityName(tenantEntity) : undefined;
  if (memberEntity !== undefined && field !== undefined && !entities.has(memberEntity)) {
    entities.set(memberEntity, [field, ...memberFields]);
  }
  const roles = itemsOf(childOf(childOf(tree, 'auth'), 'roles')).flatMap(({ node }) => textOf(node) ?? []);
  return {
    entities,
    functions: names(childOf(tree, 'functions')),
    jobs: names(childOf(tree, 'jobs')),
    queues: names(childOf(tree, 'queues')),
    storage: names(childOf(tree, 'storage')),
    workflows: names(childOf(tree, 'workflows')),
    roles: multi && hasAuth ? tenantRoles(roles) : roles,
    environments: environments?.kind === 'map' ? environments.entries.map(({ key }) => key) : [],
    hasAuth,
    tenancy: {
      mode: multi ? 'multi_tenant' : 'single_tenant',
      ...(tenantEntity !== undefined && { tenantEntity }),
      ...(field !== undefined && { field }),
      ...(memberEntity !== undefined && { memberEntity }),
    },
  };
}

/** The fields that every entity has without listing them. */
export function automaticFields(own: { timestamps: boolean; soft_delete: boolean } | undefined): string[] {
  return [
    'id',
    ...(own?.timestamps === false ? [] : ['created_at', 'updated_at']),
    ...(own?.soft_delete === true ? ['deleted_at'] : []),
  ];
}

function names(list: SourceNode | undefined): string[] {
  return itemsOf(list).flatMap(({ node }) => textOf(childOf(node, 'name')) ?? []);
}
