import { accessOf, defaultAccess, operationAccess } from './access.ts';
import type { Api, ApiResource, Blueprint, Environment } from './blueprint.ts';
import { slug } from './naming.ts';
import { resolveEntity } from './resolve-entity.ts';
import { basePathOf } from './route-path.ts';
import { type BlueprintDocument, operations, type ResourceDocument } from './schema.ts';
import { impliedMembers, impliedTenant, impliedTenantRoutes, memberEntityName, tenantRoles } from './tenants.ts';

/**
 * Writes out what follows from a sound document: automatic fields, the implied tenant entity and field, default paths,
 * who may call what. The same entity of a document gives the same object again.
 */
export function resolve(document: BlueprintDocument): Blueprint {
  const { project, region, frontend, monitoring, cost, validation } = document;
  const auth = authOf(document);
  const tenancy = tenancyOf(document);
  const tenantField = tenancy.mode === 'multi_tenant' ? tenancy.field : undefined;
  const entities = document.entities.map((entity) => resolveEntity(entity, tenantField));
  const implied: ApiResource[] = [];
  if (tenancy.mode === 'multi_tenant') {
    const { tenant_entity, field, member_entity } = tenancy;
    if (!document.entities.some(({ name }) => name === tenant_entity)) entities.push(impliedTenant(tenant_entity));
    if (member_entity !== undefined) entities.push(impliedMembers(tenant_entity, field, auth?.roles ?? []));
    if (member_entity !== undefined && !document.api?.resources.some(({ entity }) => entity === tenant_entity))
      implied.push(impliedTenantRoutes(tenant_entity, auth?.roles ?? []));
  }
  const api = document.api === undefined ? undefined : apiOf(document.api, auth !== undefined, implied);
  return {
    project: {
      name: project.name,
      slug: slug(project.name),
      ...(project.description !== undefined && { description: project.description }),
    },
    region,
    environments: environmentsOf(document),
    ...(auth && { auth }),
    tenancy,
    entities,
    ...(api && { api }),
    functions: document.functions,
    jobs: document.jobs,
    queues: document.queues,
    storage: document.storage,
    workflows: document.workflows,
    ...(frontend && { frontend }),
    monitoring: monitoring ?? { email: [], dashboard: true },
    ...(cost && { cost }),
    validation: validation ?? { suppress: [] },
  };
}

function authOf({ auth, tenancy }: BlueprintDocument): Blueprint['auth'] {
  return auth && tenancy?.mode === 'multi_tenant' ? { ...auth, roles: tenantRoles(auth.roles) } : auth;
}

/** Members are managed through the API, by people who sign in: without either there are none. */
function tenancyOf({ tenancy, api, auth }: BlueprintDocument): Blueprint['tenancy'] {
  if (tenancy?.mode !== 'multi_tenant' || tenancy.tenant_entity === undefined) return { mode: 'single_tenant' };
  const { tenant_entity } = tenancy;
  return {
    mode: 'multi_tenant',
    tenant_entity,
    field: tenancy.field ?? `${tenant_entity}_id`,
    ...(api && auth && { member_entity: memberEntityName(tenant_entity) }),
  };
}

/** The environments as written; where there is none, dev. */
function environmentsOf({ region, environments }: BlueprintDocument): Record<string, Environment> {
  const written = Object.keys(environments).length === 0 ? { dev: { protected: false } } : environments;
  return Object.fromEntries(
    Object.entries(written).map(([name, environment]) => [
      name,
      {
        region: environment.region ?? region,
        ...(environment.account !== undefined && { account: environment.account }),
        protected: environment.protected,
      },
    ]),
  );
}

function apiOf(api: NonNullable<BlueprintDocument['api']>, hasAuth: boolean, implied: ApiResource[]): Api {
  return {
    compatibility: api.compatibility,
    ...(api.cors && { cors: api.cors }),
    throttle: api.throttle,
    ...(api.openapi !== undefined && { openapi: accessOf(api.openapi) }),
    resources: [
      ...api.resources.map((resource) => ({
        entity: resource.entity,
        base_path: basePathOf(resource),
        operations: operationsOf(resource, hasAuth),
        allow_scan: resource.allow_scan,
      })),
      ...implied,
    ],
    endpoints: api.endpoints.map(
      ({ method, path, function: handler, auth, request, response, deprecated, sunset, description }) => ({
        method,
        path,
        function: handler,
        access: accessOf(auth ?? defaultAccess(hasAuth)),
        ...(request && { request }),
        ...(response && { response }),
        deprecated: deprecated ?? false,
        ...(sunset !== undefined && { sunset }),
        ...(description !== undefined && { description }),
      }),
    ),
  };
}

/** In the order of the language, each once. */
function operationsOf(resource: ResourceDocument, hasAuth: boolean): Api['resources'][number]['operations'] {
  return operations
    .filter((operation) => resource.operations.includes(operation))
    .map((operation) => ({ operation, access: accessOf(operationAccess(resource, operation, hasAuth)) }));
}
