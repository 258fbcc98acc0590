import type { ApiResource, Blueprint, Entity } from '../blueprint/blueprint.ts';
import type { Region } from '../blueprint/schema.ts';
import { notifies } from './alarm-names.ts';
import { teamOf } from './members/team.ts';
import type { NameScope } from './names.ts';
import { cascadesFrom, type Relations, relationsOf } from './relations.ts';
import type { CodeVersions } from './stack.ts';

/** What a Blueprint says of its entities, made ready to be looked up: the same in every environment. */
export interface EntityScope {
  blueprint: Blueprint;
  entities: Map<string, Entity>;
  relations: Map<Entity, Relations>;
  /** The generated routes of an entity. */
  resources: Map<Entity, ApiResource>;
}

/** What every layer knows while one Blueprint is compiled for one environment. */
export interface Scope extends NameScope, EntityScope {
  region: Region;
  /** Logs are kept 14 days, 30 in a protected environment. */
  logRetentionDays: number;
  code: CodeVersions;
  /** Everything outside the entities that the compiled form of an entity depends on, as one comparable text. */
  key: string;
}

export function entityScopeOf(blueprint: Blueprint): EntityScope {
  const entities = new Map(blueprint.entities.map((entity) => [entity.name, entity]));
  const resources = new Map<Entity, ApiResource>();
  for (const resource of blueprint.api?.resources ?? []) {
    const entity = entities.get(resource.entity);
    if (entity !== undefined && !resources.has(entity)) resources.set(entity, resource);
  }
  return { blueprint, entities, relations: relationsOf(blueprint.entities), resources };
}

/** Absent when the Blueprint has no such environment. `local` is always there. */
export function scopeOf(blueprint: Blueprint, environment: string, code: CodeVersions): Scope | undefined {
  const declared = Object.hasOwn(blueprint.environments, environment) ? blueprint.environments[environment] : undefined;
  if (declared === undefined && environment !== 'local') return undefined;
  const logRetentionDays = declared?.protected === true ? 30 : 14;
  return {
    ...entityScopeOf(blueprint),
    slug: blueprint.project.slug,
    environment,
    region: declared?.region ?? blueprint.region,
    logRetentionDays,
    code,
    key: JSON.stringify([
      blueprint.project.slug,
      environment,
      logRetentionDays,
      code.runtime,
      blueprint.auth?.roles,
      blueprint.auth !== undefined,
      tenancyKey(blueprint),
      blueprint.api?.cors?.origins,
      notifies(blueprint),
    ]),
  };
}

/** Whether members can be managed is part of it: the handlers of the tenant depend on entities and routes of others. */
function tenancyKey(blueprint: Blueprint): (string | boolean)[] {
  const { tenancy } = blueprint;
  if (tenancy.mode !== 'multi_tenant') return [];
  return [tenancy.tenant_entity, tenancy.field, tenancy.member_entity ?? '', teamOf(blueprint) !== undefined];
}

/** The routes of an entity as one comparable text; '' without routes. */
export function routesKey(resource: ApiResource | undefined): string {
  if (resource === undefined) return '';
  const operations = resource.operations.map(
    ({ operation, access }) => `${operation}=${access.level}${access.level === 'role' ? `:${access.role}` : ''}`,
  );
  return `${resource.base_path} ${resource.allow_scan} ${operations.join(' ')}`;
}

/**
 * What the compiled form of an entity depends on: its surroundings, its routes, and the entities at both ends of its
 * references (their keys and indexes are in its model), over several references where a cascade goes on; of the tenant
 * entity, the entity of members.
 */
export function inputsOf(scope: Scope, entity: Entity): unknown[] {
  const { outgoing, incoming } = scope.relations.get(entity) ?? { outgoing: [], incoming: [] };
  return [
    scope.key,
    routesKey(scope.resources.get(entity)),
    ...outgoing.map((reference) => reference.to),
    null,
    ...incoming.map((reference) => reference.from),
    null,
    membersBelow(scope, entity),
    ...cascadesFrom(scope.relations, entity).flatMap((reached) => [
      null,
      reached,
      ...(scope.relations.get(reached)?.incoming ?? []).map((reference) => reference.from),
    ]),
  ];
}

/** Who creates a row of the tenant entity becomes its first member. */
function membersBelow({ blueprint, entities }: Scope, { name }: Entity): Entity | undefined {
  const { tenancy } = blueprint;
  if (tenancy.mode !== 'multi_tenant' || name !== tenancy.tenant_entity) return undefined;
  return entities.get(tenancy.member_entity ?? '');
}

/** How the rows of an entity are kept apart by tenant. */
export interface EntityTenancy {
  /** The field whose value is the tenant's id. */
  field: string;
  /** `row`: each row belongs to a tenant. `self`: each row is a tenant, and the field is its key. */
  kind: 'row' | 'self';
}

export function tenancyOf(scope: EntityScope, entity: Entity): EntityTenancy | undefined {
  const { tenancy } = scope.blueprint;
  if (tenancy.mode !== 'multi_tenant') return undefined;
  if (entity.name === tenancy.tenant_entity) return { field: entity.key.partition, kind: 'self' };
  return entity.tenancy === 'tenant' ? { field: tenancy.field, kind: 'row' } : undefined;
}
