import type { Access, ApiEndpoint, ApiResource, Entity } from '../blueprint/blueprint.ts';
import type { BlueprintPath } from '../blueprint/problem.ts';
import type { Operation } from '../blueprint/schema.ts';
import { healthName, healthStem, openapiName, openapiStem } from './handlers.ts';
import { itemPath } from './item-path.ts';
import { handlerLabel, handlerStem, pascal, physicalName, sha256 } from './names.ts';
import type { Scope } from './scope.ts';
import { userFunctionName } from './user-functions.ts';

export type HttpMethod = ApiEndpoint['method'];

/** A method of the API and what answers it. */
export interface Route {
  method: HttpMethod;
  /** `/v1/tasks/{id}` */
  path: string;
  access: Access;
  /** The explicit name of the function. */
  functionName: string;
  /** The stem of the logical id of the permission to call it. */
  stem: string;
  label: string;
  source: string;
  /** The body must be a JSON object, whatever else the function asks of it. */
  body?: 'object';
  /** Where the route stands in the Blueprint. */
  at: BlueprintPath;
}

/** The HTTP method of each generated operation. */
export const methods: Record<Operation, HttpMethod> = {
  list: 'GET',
  create: 'POST',
  get: 'GET',
  // A part of the fields is enough, so it is a PATCH.
  update: 'PATCH',
  delete: 'DELETE',
};

/** `/v1/tasks` for list and create; the key's fields follow as parameters for the others: `/v1/tasks/{id}`. */
export function operationPath(resource: ApiResource, entity: Entity, operation: Operation): string {
  return operation === 'list' || operation === 'create' ? resource.base_path : itemPath(resource, entity);
}

/** The generated routes of an entity. */
export function entityRoutes(scope: Scope, entity: Entity, resource: ApiResource, position: number): Route[] {
  return resource.operations.map(({ operation, access }) => {
    const label = handlerLabel(operation, entity);
    return {
      method: methods[operation],
      path: operationPath(resource, entity, operation),
      access,
      functionName: physicalName(scope, label),
      stem: handlerStem(operation, entity),
      label,
      source: resource.implied ? 'tenancy' : `api.resources.${entity.name}`,
      ...(operation === 'create' || operation === 'update' ? { body: 'object' as const } : {}),
      at: resource.implied ? ['tenancy'] : ['api', 'resources', position],
    };
  });
}

/** A hand-written endpoint. */
export function endpointRoute(scope: Scope, endpoint: ApiEndpoint, position: number): Route {
  const { method, path, request } = endpoint;
  // Two endpoints may have one function: the hash tells their permissions apart.
  const stem = `Endpoint${pascal(endpoint.function)}${sha256(`${method} ${path}`).slice(0, 8)}`;
  return {
    method,
    path,
    access: endpoint.access,
    functionName: userFunctionName(scope, endpoint.function),
    stem,
    label: `${method.toLowerCase()} ${path}`,
    source: `api.endpoints.${endpoint.function}`,
    ...(request?.type === 'object' && method !== 'GET' && method !== 'DELETE' ? { body: 'object' as const } : {}),
    at: ['api', 'endpoints', position],
  };
}

/** GET /openapi.json, where the Blueprint asks for it. */
export function openapiRoute(scope: Scope, access: Access): Route {
  return {
    method: 'GET',
    path: '/openapi.json',
    access,
    functionName: openapiName(scope),
    stem: openapiStem,
    label: 'get /openapi.json',
    source: 'api.openapi',
    at: ['api', 'openapi'],
  };
}

/** GET /health is always there, and public: whoever watches the API has no token. */
export function healthRoute(scope: Scope): Route {
  return {
    method: 'GET',
    path: '/health',
    access: { level: 'public' },
    functionName: healthName(scope),
    stem: healthStem,
    label: 'get /health',
    source: 'api',
    at: ['api'],
  };
}
