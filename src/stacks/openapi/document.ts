import type { Access, Blueprint } from '../../blueprint/blueprint.ts';
import type { JsonSchema } from '../request-schema.ts';
import { entityScopeOf } from '../scope.ts';
import { problemResponses, problemSchema, problemsOf } from './answers.ts';
import { endpointOperation } from './endpoint-operation.ts';
import { entityOperations } from './entity-operations.ts';
import { entitySchemas } from './entity-schemas.ts';
import { fileApiOperations, fileApiSchemas } from './file-operations.ts';
import { memberApiOperations, memberSchemas } from './member-operations.ts';
import type { ApiOperation } from './operation.ts';

/** https://spec.openapis.org/oas/v3.1.1 */
export type OpenApiDocument = {
  openapi: '3.1.1';
  info: { title: string; version: string; description?: string };
  servers: { url: string; description?: string }[];
  paths: { [path: string]: { [method: string]: JsonSchema } };
  components: JsonSchema;
};

const security = 'idToken';

/**
 * The API of a Blueprint as OpenAPI 3.1, for readers, client generators and tests. Made from the same schemas as what
 * the gateway and the functions check. Undefined where the Blueprint has no API.
 *
 * @param server the address of the API; one that is relative counts from where the document is read
 */
export function openapiDocument(blueprint: Blueprint, server: string): OpenApiDocument | undefined {
  const { api, project } = blueprint;
  if (api === undefined) return undefined;
  const operations = apiOperations(blueprint);
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    const item = Object.hasOwn(paths, operation.path) ? (paths[operation.path] ?? {}) : {};
    item[operation.method.toLowerCase()] = written(operation);
    paths[operation.path] = item;
  }
  const closed = operations.some(({ access }) => access.level !== 'public');
  return {
    openapi: '3.1.1',
    info: {
      title: project.name,
      version: '1',
      ...(project.description === undefined ? {} : { description: project.description }),
    },
    servers: [{ url: server }],
    paths,
    components: {
      schemas: schemasOf(blueprint),
      responses: problemResponses(),
      headers: {
        ETag: { description: 'The revision of the row, for If-Match and If-None-Match.', schema: { type: 'string' } },
      },
      ...(closed
        ? {
            securitySchemes: {
              [security]: {
                type: 'http',
                scheme: 'bearer',
                bearerFormat: 'JWT',
                description: 'The ID token of a user who is signed in to the user pool.',
              },
            },
          }
        : {}),
    },
  };
}

/** Every operation of the API, generated ones first, in the order of the Blueprint. */
export function apiOperations(blueprint: Blueprint): ApiOperation[] {
  const { api } = blueprint;
  if (api === undefined) return [];
  const scope = entityScopeOf(blueprint);
  const calls = new Map<string, number>();
  for (const { function: name } of api.endpoints) calls.set(name, (calls.get(name) ?? 0) + 1);
  return [
    ...api.resources.flatMap((resource) => {
      const entity = scope.entities.get(resource.entity);
      return entity === undefined ? [] : entityOperations(scope, entity, resource);
    }),
    ...memberApiOperations(blueprint),
    ...api.endpoints.map((endpoint) => endpointOperation(endpoint, (calls.get(endpoint.function) ?? 0) > 1)),
    ...fileApiOperations(blueprint),
    health,
  ];
}

const health: ApiOperation = {
  method: 'GET',
  path: '/health',
  id: 'health',
  summary: 'Whether the API runs',
  tag: 'health',
  access: { level: 'public' },
  success: {
    status: 200,
    description: 'It does.',
    schema: { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } },
  },
  problems: [],
};

function schemasOf(blueprint: Blueprint): Record<string, JsonSchema> {
  const { api, entities } = blueprint;
  const served = new Set(api?.resources.map(({ entity }) => entity));
  return Object.assign(
    { Problem: problemSchema },
    fileApiSchemas(blueprint),
    ...entities.filter(({ name }) => served.has(name)).map((entity) => entitySchemas(entity)),
    memberSchemas(blueprint),
  );
}

function written(operation: ApiOperation): JsonSchema {
  const { access, success } = operation;
  const parameters = [
    ...[...operation.path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(operation.parameters ?? []),
  ];
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: [operation.description, whoMayCall(access)].filter((text) => text !== undefined).join(' '),
    tags: [operation.tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.request === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: operation.request } } } }),
    responses: {
      [String(success.status)]: {
        description: success.description,
        ...(success.headers === undefined
          ? {}
          : {
              headers: Object.fromEntries(
                success.headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
              ),
            }),
        ...(success.schema === undefined ? {} : { content: { 'application/json': { schema: success.schema } } }),
      },
      ...problemsOf(operation),
    },
    ...(access.level === 'public' ? {} : { security: [{ [security]: [] }] }),
    ...(operation.deprecated === true ? { deprecated: true } : {}),
    ...(operation.sunset === undefined ? {} : { 'x-sunset': operation.sunset }),
  };
}

function whoMayCall(access: Access): string {
  switch (access.level) {
    case 'public':
      return 'For everyone.';
    case 'authenticated':
      return 'For everyone who is signed in.';
    case 'owner':
      return 'For the owner.';
    case 'role':
      return `For the role ${access.role}.`;
  }
}
