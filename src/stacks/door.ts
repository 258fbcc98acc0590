import type { Access, ApiEndpoint, ApiResource, Entity } from '../blueprint/blueprint.ts';
import type { DoorModel, DoorRoute } from './door-model.ts';
import { modelOf, sorted } from './entity-model.ts';
import { type Grant, tableArn } from './iam.ts';
import { itemPath } from './item-path.ts';
import type { EntityModel } from './model.ts';
import { type Scope, tenancyOf } from './scope.ts';
import type { CompileProblem } from './stack.ts';

/** What stands around a function behind the API: what it is told, and what it may do to look up rows. */
export interface Door {
  model: DoorModel;
  /** Entities whose tables it reads. */
  entities: Entity[];
  grants: Grant[];
  problems: CompileProblem[];
}

/** A schema that is nested deeper can be followed by nobody; nor can the body that it describes. */
const deepest = 64;

/** Absent where no endpoint calls the function. */
export function doorOf(scope: Scope, name: string): Door | undefined {
  const entities = new Set<Entity>();
  const routes: Record<string, DoorRoute> = {};
  const problems: CompileProblem[] = [];
  for (const [position, endpoint] of (scope.blueprint.api?.endpoints ?? []).entries()) {
    if (endpoint.function !== name) continue;
    problems.push(...depthProblems(endpoint, position));
    const named = rowOf(scope, endpoint);
    if (named !== undefined) entities.add(named.entity);
    routes[`${endpoint.method} ${endpoint.path}`] = routeOf(endpoint, named);
  }
  if (Object.keys(routes).length === 0) return undefined;
  return {
    model: { function: name, routes, entities: [...entities].map((entity) => doorEntity(scope, entity)) },
    entities: [...entities],
    grants: [...entities].map((entity) => ({ actions: ['dynamodb:GetItem'], resources: [tableArn(entity)] })),
    problems,
  };
}

function depthProblems(endpoint: ApiEndpoint, position: number): CompileProblem[] {
  return (['request', 'response'] as const).flatMap((part) =>
    isDeeper(endpoint[part], deepest)
      ? [
          {
            code: 'contract-too-deep',
            severity: 'error',
            message: `The ${part} of ${endpoint.method} ${endpoint.path} is nested deeper than ${deepest} levels.`,
            hint: 'Describe less of it, or use $defs and $ref.',
            path: ['api', 'endpoints', position, part],
          },
        ]
      : [],
  );
}

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((inside) => isDeeper(inside, most - 1));
}

interface NamedRow {
  entity: Entity;
  resource: ApiResource;
}

function routeOf(endpoint: ApiEndpoint, named: NamedRow | undefined): DoorRoute {
  const seenBy = named?.resource.operations.find(({ operation }) => operation === 'get')?.access;
  return {
    ...(named === undefined
      ? {}
      : { row: { entity: named.entity.name, ...(seenBy === undefined ? {} : { seen_by: plainAccess(seenBy) }) } }),
    ...contract('request', endpoint.request),
    ...contract('response', endpoint.response),
    ...(endpoint.deprecated ? { deprecated: true as const } : {}),
    ...(endpoint.sunset === undefined ? {} : { sunset: endpoint.sunset }),
  };
}

/** The same text for the same schema, whatever the order of its keys. */
function contract(part: 'request' | 'response', schema: ApiEndpoint['request']): Pick<DoorRoute, typeof part> {
  if (schema === undefined || isDeeper(schema, deepest)) return {};
  const keys = Object.keys(schema).sort();
  return { [part]: Object.fromEntries(keys.map((key) => [key, sorted(schema[key])])) };
}

/**
 * The row that a path leads to, where somebody has to look at it: its entity has tenants, or the endpoint is for the
 * owner. The path begins like the route of one row, `/v1/tasks/{id}` or `/v1/lines/{order}/{position}`.
 */
function rowOf(scope: Scope, endpoint: ApiEndpoint): NamedRow | undefined {
  for (const [entity, resource] of scope.resources) {
    const item = itemPath(resource, entity);
    if (endpoint.path !== item && !endpoint.path.startsWith(`${item}/`)) continue;
    const decides = tenancyOf(scope, entity) !== undefined || endpoint.access.level === 'owner';
    return decides ? { entity, resource } : undefined;
  }
  return undefined;
}

/** Rules for values are left out, apart from the key's: a change of them is none of this function's. */
function doorEntity(scope: Scope, entity: Entity): EntityModel {
  const whole = modelOf(scope, entity);
  const key = new Set([entity.key.partition, entity.key.sort]);
  const fields = whole.entity.fields.map((field) =>
    key.has(field.name)
      ? field
      : {
          name: field.name,
          type: field.type,
          required: false,
          unique: false,
          ...(field.renamed_from === undefined ? {} : { renamed_from: field.renamed_from }),
          managed: field.managed,
        },
  );
  return {
    entity: { ...whole.entity, fields, indexes: [] },
    operations: {},
    ...(whole.tenancy === undefined ? {} : { tenancy: whole.tenancy }),
    ...(whole.ttl === undefined ? {} : { ttl: whole.ttl }),
    referencedBy: [],
  };
}

export function plainAccess(access: Access): Access {
  return access.level === 'role' ? { level: access.level, role: access.role } : { level: access.level };
}
