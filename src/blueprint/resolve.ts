import { accessOf, defaultAccess, operationAccess } from './access.ts';
import type { Api, Blueprint, Environment } from './blueprint.ts';
import { basePathOf } from './checks/routes.ts';
import { slug } from './naming.ts';
import { resolveEntity } from './resolve-entity.ts';
import { type BlueprintDocument, type EntityDocument, operations, type ResourceDocument } from './schema.ts';

/**
 * Writes out what follows from a sound document: automatic fields, the implied tenant entity and field, default paths,
 * who may call what. The same entity of a document gives the same object again.
 */
export function resolve(document: BlueprintDocument): Blueprint {
  const { project, region, auth, frontend, cost, validation } = document;
  const tenancy = tenancyOf(document);
  const tenantField = tenancy.mode === 'multi_tenant' ? tenancy.field : undefined;
  const entities = document.entities.map((entity) => resolveEntity(entity, tenantField));
  if (tenancy.mode === 'multi_tenant' && !document.entities.some(({ name }) => name === tenancy.tenant_entity)) {
    entities.push(resolveEntity(impliedTenant(tenancy.tenant_entity), undefined));
  }
  const api = document.api === undefined ? undefined : apiOf(document.api, auth !== undefined);
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
    ...(cost && { cost }),
    validation: validation ?? { suppress: [] },
  };
}

function tenancyOf({ tenancy }: BlueprintDocument): Blueprint['tenancy'] {
  if (tenancy?.mode !== 'multi_tenant' || tenancy.tenant_entity === undefined) return { mode: 'single_tenant' };
  const { tenant_entity } = tenancy;
  return { mode: 'multi_tenant', tenant_entity, field: tenancy.field ?? `${tenant_entity}_id` };
}

const implied = new Map<string, EntityDocument>();

/** What a tenant is when the Blueprint does not say: something with a name. */
function impliedTenant(name: string): EntityDocument {
  let entity = implied.get(name);
  if (entity === undefined) {
    entity = {
      name,
      tenancy: 'global',
      fields: [{ name: 'name', type: 'string', required: true }],
      indexes: [],
      timestamps: true,
      soft_delete: false,
    };
    implied.clear();
    implied.set(name, entity);
  }
  return entity;
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

function apiOf(api: NonNullable<BlueprintDocument['api']>, hasAuth: boolean): Api {
  return {
    compatibility: api.compatibility,
    ...(api.cors && { cors: api.cors }),
    throttle: api.throttle,
    ...(api.openapi !== undefined && { openapi: accessOf(api.openapi) }),
    resources: api.resources.map((resource) => ({
      entity: resource.entity,
      base_path: basePathOf(resource),
      operations: operationsOf(resource, hasAuth),
      allow_scan: resource.allow_scan,
    })),
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
