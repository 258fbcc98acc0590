import type { Entity } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';
import { runtimeArtifactKey } from './artifact-keys.ts';
import { userPoolParameter } from './cognito.ts';
import { tableParameter } from './dynamodb.ts';
import { modelOf } from './entity-model.ts';
import { functionResources } from './function-resources.ts';
import { operationAccess } from './iam.ts';
import { ref } from './layer.ts';
import { dissolvingGrants, foundingGrants } from './members/grants.ts';
import { teamOf } from './members/team.ts';
import { originsVariable, type ServedDocument, serviceVariable, tableVariable, userPoolVariable } from './model.ts';
import { handlerLabel, handlerStem, physicalName } from './names.ts';
import { openapiDocument } from './openapi/document.ts';
import { inputsOf, type Scope } from './scope.ts';
import type { Artifact } from './stack.ts';
import { stageName } from './stage-name.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { apiTimeout } from './timeout.ts';
import { remembering, type WrittenMembers, writeMembers } from './written.ts';

/** The functions that answer the generated operations of one entity. They run the same zip. */
export interface EntityHandlers {
  resources: WrittenMembers<TemplateResource>;
  artifact: Artifact;
  /** Entities whose tables they touch. */
  entities: Entity[];
  userPool: boolean;
}

/** `delete` is a reserved word of JavaScript, so its export is called remove. */
const exportNames: Record<Operation, string> = {
  list: 'list',
  create: 'create',
  get: 'get',
  update: 'update',
  delete: 'remove',
};

const remembered = remembering<EntityHandlers>();

export function entityHandlers(scope: Scope, entity: Entity): EntityHandlers {
  return remembered(entity, inputsOf(scope, entity), () => makeHandlers(scope, entity));
}

function makeHandlers(scope: Scope, entity: Entity): EntityHandlers {
  const model = modelOf(scope, entity);
  const modelText = JSON.stringify(model);
  const artifact: Artifact = {
    key: runtimeArtifactKey(scope.code.runtime, modelText),
    source: { kind: 'runtime', model: modelText },
  };
  const touched = new Set<Entity>();
  let userPool = false;
  const resources: Record<string, TemplateResource> = {};
  const resource = scope.resources.get(entity);
  for (const { operation } of resource?.operations ?? []) {
    const access = operationAccess(scope, entity, model, operation);
    const team = access.ofTenant === undefined ? undefined : teamOf(scope.blueprint);
    const more = team && (access.ofTenant === 'found' ? foundingGrants(team) : dissolvingGrants(team));
    const reached = team === undefined ? access.entities : [...access.entities, team.members];
    for (const other of reached) touched.add(other);
    userPool ||= team !== undefined;
    const label = handlerLabel(operation, entity);
    Object.assign(
      resources,
      functionResources(scope, {
        stem: handlerStem(operation, entity),
        name: physicalName(scope, label),
        label,
        source: resource?.implied ? 'tenancy' : `api.resources.${entity.name}`,
        handler: `index.${exportNames[operation]}`,
        memory: 256,
        timeout: apiTimeout,
        environment: {
          ...tables(reached),
          ...originsOf(scope),
          ...serviceOf(scope),
          ...(team === undefined ? {} : { [userPoolVariable]: ref(userPoolParameter) }),
        },
        grants: [...access.grants, ...(more ?? [])],
        artifact: artifact.key,
      }),
    );
  }
  return { resources: writeMembers(resources), artifact, entities: [...touched], userPool };
}

/** `TABLE_<ENTITY>` for each entity. */
export function tables(entities: readonly Entity[]): Record<string, TemplateValue> {
  return Object.fromEntries(entities.map((entity) => [tableVariable(entity.name), ref(tableParameter(entity))]));
}

/** `CORS_ORIGINS`, where the API is called from browsers: the function's own answers carry the header too. */
export function originsOf(scope: Scope): Record<string, TemplateValue> {
  const origins = scope.blueprint.api?.cors?.origins;
  return origins === undefined ? {} : { [originsVariable]: origins.join(',') };
}

/** `BACKDRIFT_SERVICE`, where a function counts its requests. */
export function serviceOf({ slug, environment }: Scope): Record<string, TemplateValue> {
  return { [serviceVariable]: `${slug}-${environment}` };
}

/** GET /health: says that the API and its functions run. It touches nothing and anyone may call it. */
export function healthHandler(scope: Scope): { resources: WrittenMembers<TemplateResource>; artifact: Artifact } {
  const model = '{}';
  const key = runtimeArtifactKey(scope.code.runtime, model);
  return {
    resources: writeMembers(
      functionResources(scope, {
        stem: healthStem,
        name: healthName(scope),
        label: healthLabel,
        source: 'api',
        handler: 'index.health',
        memory: 256,
        timeout: apiTimeout,
        environment: originsOf(scope),
        grants: [],
        artifact: key,
      }),
    ),
    artifact: { key, source: { kind: 'runtime', model } },
  };
}

/** GET /openapi.json: the description of the API, in the function's zip. Undefined where it is not served. */
export function openapiHandler(
  scope: Scope,
): { resources: WrittenMembers<TemplateResource>; artifact: Artifact } | undefined {
  const access = scope.blueprint.api?.openapi;
  const document = access === undefined ? undefined : openapiDocument(scope.blueprint, `/${stageName}`);
  if (access === undefined || document === undefined) return undefined;
  const served: ServedDocument = { access, openapi: document };
  const model = JSON.stringify(served);
  const key = runtimeArtifactKey(scope.code.runtime, model);
  return {
    resources: writeMembers(
      functionResources(scope, {
        stem: openapiStem,
        name: openapiName(scope),
        label: openapiLabel,
        source: 'api.openapi',
        handler: 'index.openapi',
        memory: 256,
        timeout: apiTimeout,
        environment: originsOf(scope),
        grants: [],
        artifact: key,
      }),
    ),
    artifact: { key, source: { kind: 'runtime', model } },
  };
}

export const openapiStem = 'Openapi';
const openapiLabel = 'openapi-handler';

export function openapiName(scope: Scope): string {
  return physicalName(scope, openapiLabel);
}

export const healthStem = 'Health';
export const healthLabel = 'health-handler';

export function healthName(scope: Scope): string {
  return physicalName(scope, healthLabel);
}
