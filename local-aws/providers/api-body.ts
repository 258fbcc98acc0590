import type { APIGateway, IntegrationType } from '@aws-sdk/client-api-gateway';
import pLimit, { type LimitFunction } from 'p-limit';
import * as z from 'zod';
import type { ApiDefinition, MethodDefinition } from './api-definition.ts';
import { ProviderError } from './provider.ts';

/** Calls to the service under way at a time: enough to keep it busy, few enough not to flood its socket queue. */
const concurrency = 6;

/** The parts of an API that its methods refer to, by name. */
interface Parts {
  authorizers: Map<string, string>;
  validators: Map<string, string>;
}

/** Makes everything that the definition describes in an API that has none of it. */
export async function makeApi(gateway: APIGateway, restApiId: string, definition: ApiDefinition): Promise<void> {
  const limit = pLimit(concurrency);
  const [parts, resources] = await Promise.all([
    makeParts(gateway, restApiId, definition, limit),
    makeResources(gateway, restApiId, definition.methods),
  ]);
  await Promise.all(
    definition.methods.map((method) =>
      limit(async () => {
        const resourceId = resources.get(normal(method.path));
        if (resourceId) await makeMethod(gateway, restApiId, resourceId, method, parts);
      }),
    ),
  );
}

/** Takes away everything that an import made (or anybody else): what `overwrite` does on AWS. */
export async function clearApi(gateway: APIGateway, restApiId: string): Promise<void> {
  const { items: resources = [] } = await gateway.getResources({ restApiId, limit: 500, embed: ['methods'] });
  const deepestFirst = resources.toSorted((a, b) => depth(b.path) - depth(a.path));
  for (const { id, parentId, resourceMethods } of deepestFirst) {
    if (parentId) await gateway.deleteResource({ restApiId, resourceId: id });
    else
      for (const httpMethod of Object.keys(resourceMethods ?? {}))
        await gateway.deleteMethod({ restApiId, resourceId: id, httpMethod });
  }
  for (const { id } of (await gateway.getAuthorizers({ restApiId })).items ?? [])
    await gateway.deleteAuthorizer({ restApiId, authorizerId: id });
  for (const { id } of (await gateway.getRequestValidators({ restApiId })).items ?? [])
    await gateway.deleteRequestValidator({ restApiId, requestValidatorId: id });
  for (const { name } of (await gateway.getModels({ restApiId })).items ?? [])
    await gateway.deleteModel({ restApiId, modelName: name });
  for (const { responseType } of (await gateway.getGatewayResponses({ restApiId })).items ?? [])
    await gateway.deleteGatewayResponse({ restApiId, responseType });
}

function depth(path: string | undefined): number {
  return (path ?? '').split('/').filter(Boolean).length;
}

/** `/tasks/` and `/tasks` are one resource. */
function normal(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

async function makeParts(
  gateway: APIGateway,
  restApiId: string,
  definition: ApiDefinition,
  limit: LimitFunction,
): Promise<Parts> {
  const parts: Parts = { authorizers: new Map(), validators: new Map() };
  for (const authorizer of definition.authorizers) {
    const { id } = await gateway.createAuthorizer({
      restApiId,
      name: authorizer.name,
      type: authorizer.type,
      identitySource: authorizer.identitySource,
      providerARNs: authorizer.providerArns,
      authorizerUri: authorizer.authorizerUri,
      authorizerCredentials: authorizer.authorizerCredentials,
      authorizerResultTtlInSeconds: authorizer.resultTtlInSeconds,
      identityValidationExpression: authorizer.identityValidationExpression,
    });
    if (id) parts.authorizers.set(authorizer.name, id);
  }
  for (const validator of definition.validators) {
    const { id } = await gateway.createRequestValidator({ restApiId, ...validator });
    if (id) parts.validators.set(validator.name, id);
  }
  await Promise.all(definition.models.map((model) => limit(() => gateway.createModel({ restApiId, ...model }))));
  for (const { responseType, ...response } of definition.gatewayResponses)
    await gateway.putGatewayResponse({ restApiId, responseType: gatewayResponseType(responseType), ...response });
  return parts;
}

type GatewayResponseType = Parameters<APIGateway['putGatewayResponse']>[0]['responseType'];

/** Which types there are is the service's to judge. */
export function gatewayResponseType(name: string): GatewayResponseType {
  return z.custom<GatewayResponseType>((value) => typeof value === 'string').parse(name);
}

/** The id of every path's resource, the ones in between included. */
async function makeResources(
  gateway: APIGateway,
  restApiId: string,
  methods: readonly MethodDefinition[],
): Promise<Map<string, string>> {
  const { items = [] } = await gateway.getResources({ restApiId, limit: 500 });
  const ids = new Map(items.flatMap(({ id, path }) => (id && path ? [[path, id] as const] : [])));
  const missing = new Set(methods.flatMap(({ path }) => withAncestors(path)).filter((path) => !ids.has(path)));
  const limit = pLimit(concurrency);
  // Level by level: a resource can only be made below one that is there.
  for (let level = 1; [...missing].some((path) => depth(path) >= level); level++)
    await Promise.all(
      [...missing]
        .filter((path) => depth(path) === level)
        .map((path) =>
          limit(async () => {
            const cut = path.lastIndexOf('/');
            const parentId = ids.get(path.slice(0, cut) || '/');
            const { id } = await gateway.createResource({ restApiId, parentId, pathPart: path.slice(cut + 1) });
            if (id) ids.set(path, id);
          }),
        ),
    );
  return ids;
}

/** `/v1/tasks` is below `/v1`. */
function withAncestors(path: string): string[] {
  const names = path.split('/').filter(Boolean);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

async function makeMethod(
  gateway: APIGateway,
  restApiId: string,
  resourceId: string,
  method: MethodDefinition,
  parts: Parts,
): Promise<void> {
  const { authorization, integration } = method;
  const key = { restApiId, resourceId, httpMethod: method.httpMethod };
  const validator = method.validator && parts.validators.get(method.validator);
  if (method.validator && !validator)
    throw new ProviderError(
      `Unable to put method '${method.httpMethod}' on resource at path '${method.path}': ` +
        `Validator '${method.validator}' not found`,
      'InvalidRequest',
    );
  await gateway.putMethod({
    ...key,
    authorizationType: authorizationType(authorization),
    authorizerId: authorization.type === 'authorizer' ? parts.authorizers.get(authorization.name) : undefined,
    authorizationScopes:
      authorization.type === 'authorizer' && authorization.scopes.length > 0 ? authorization.scopes : undefined,
    apiKeyRequired: method.apiKeyRequired,
    operationName: method.operationName,
    requestValidatorId: validator,
    requestParameters: method.requestParameters,
    requestModels: method.requestModels,
  });
  if (!integration)
    throw new ProviderError(
      `Unable to put integration on '${method.httpMethod}' for resource at path '${method.path}': no integration is defined`,
      'InvalidRequest',
    );
  for (const response of method.responses)
    await gateway.putMethodResponse({
      ...key,
      statusCode: response.statusCode,
      responseParameters: response.parameters,
      responseModels: response.models,
    });
  await gateway.putIntegration({
    ...key,
    type: z.custom<IntegrationType>((value) => typeof value === 'string').parse(integration.type),
    uri: integration.uri,
    integrationHttpMethod: integration.httpMethod,
    credentials: integration.credentials,
    passthroughBehavior: integration.passthroughBehavior,
    contentHandling: integration.contentHandling,
    connectionType: integration.connectionType,
    timeoutInMillis: integration.timeoutInMillis,
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
  });
  for (const [pattern, response] of Object.entries(integration.responses ?? {}))
    await gateway.putIntegrationResponse({
      ...key,
      statusCode: response.statusCode,
      selectionPattern: pattern === 'default' ? undefined : pattern,
      responseParameters: response.responseParameters,
      responseTemplates: response.responseTemplates,
      contentHandling: response.contentHandling,
    });
}

function authorizationType(authorization: MethodDefinition['authorization']): string {
  if (authorization.type !== 'authorizer') return authorization.type;
  return authorization.kind === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM';
}
