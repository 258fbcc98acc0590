import type * as ApiGateway from '@aws-sdk/client-api-gateway';
import * as z from 'zod';
import type { Aws } from './aws.ts';
import { orUndo } from './failure.ts';
import { flag, number, text, textMap, texts } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const Resource = z.looseObject({ RestApiId: text, ParentId: text, PathPart: text });

/** AWS::ApiGateway::Resource. Every property replaces. */
export function apiResource(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = Resource.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      const { id = '' } = await gateway.createResource({
        restApiId: wanted.RestApiId,
        parentId: wanted.ParentId,
        pathPart: wanted.PathPart,
      });
      return { physicalId: id, attributes: { ResourceId: id } };
    },
    delete: async (request) => {
      const { RestApiId } = Resource.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await gateway.getResource({ restApiId: RestApiId, resourceId: request.physicalId });
      await gateway.deleteResource({ restApiId: RestApiId, resourceId: request.physicalId });
    },
  };
}

const flags = z.record(z.string(), flag);

const Integration = z.looseObject({
  Type: z.custom<ApiGateway.IntegrationType>((value) => typeof value === 'string', 'a type is expected'),
  Uri: text.optional(),
  IntegrationHttpMethod: text.optional(),
  Credentials: text.optional(),
  PassthroughBehavior: text.optional(),
  ContentHandling: z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional(),
  ConnectionType: z.enum(['INTERNET', 'VPC_LINK']).optional(),
  ConnectionId: text.optional(),
  CacheKeyParameters: texts.optional(),
  CacheNamespace: text.optional(),
  TimeoutInMillis: number.optional(),
  RequestParameters: textMap.optional(),
  RequestTemplates: textMap.optional(),
  IntegrationResponses: z
    .array(
      z.looseObject({
        StatusCode: text,
        SelectionPattern: text.optional(),
        ContentHandling: z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional(),
        ResponseParameters: textMap.optional(),
        ResponseTemplates: textMap.optional(),
      }),
    )
    .optional(),
});

const Method = z.looseObject({
  RestApiId: text,
  ResourceId: text,
  HttpMethod: text,
  ApiKeyRequired: flag.optional(),
  AuthorizationScopes: texts.optional(),
  AuthorizationType: text.optional(),
  AuthorizerId: text.optional(),
  Integration: Integration.optional(),
  MethodResponses: z
    .array(
      z.looseObject({
        StatusCode: text,
        ResponseModels: textMap.optional(),
        ResponseParameters: flags.optional(),
      }),
    )
    .optional(),
  OperationName: text.optional(),
  RequestModels: textMap.optional(),
  RequestParameters: flags.optional(),
  RequestValidatorId: text.optional(),
});

/** AWS::ApiGateway::Method, with its integration and responses. */
export function apiMethod(aws: Aws): ResourceProvider {
  async function put(properties: unknown, region: string) {
    const wanted = Method.parse(properties);
    const key = { restApiId: wanted.RestApiId, resourceId: wanted.ResourceId, httpMethod: wanted.HttpMethod };
    const gateway = await aws.apiGateway(region);
    await gateway.putMethod({
      ...key,
      authorizationType: wanted.AuthorizationType ?? 'NONE',
      authorizerId: wanted.AuthorizerId,
      authorizationScopes: wanted.AuthorizationScopes,
      apiKeyRequired: wanted.ApiKeyRequired,
      operationName: wanted.OperationName,
      requestModels: wanted.RequestModels,
      requestParameters: wanted.RequestParameters,
      requestValidatorId: wanted.RequestValidatorId,
    });
    for (const response of wanted.MethodResponses ?? [])
      await gateway.putMethodResponse({
        ...key,
        statusCode: response.StatusCode,
        responseModels: response.ResponseModels,
        responseParameters: response.ResponseParameters,
      });
    const integration = wanted.Integration;
    if (integration) {
      await gateway.putIntegration({
        ...key,
        type: integration.Type,
        uri: integration.Uri,
        integrationHttpMethod: integration.IntegrationHttpMethod,
        credentials: integration.Credentials,
        passthroughBehavior: integration.PassthroughBehavior,
        contentHandling: integration.ContentHandling,
        connectionType: integration.ConnectionType,
        connectionId: integration.ConnectionId,
        cacheKeyParameters: integration.CacheKeyParameters,
        cacheNamespace: integration.CacheNamespace,
        timeoutInMillis: integration.TimeoutInMillis,
        requestParameters: integration.RequestParameters,
        requestTemplates: integration.RequestTemplates,
      });
      for (const response of integration.IntegrationResponses ?? [])
        await gateway.putIntegrationResponse({
          ...key,
          statusCode: response.StatusCode,
          selectionPattern: response.SelectionPattern,
          contentHandling: response.ContentHandling,
          responseParameters: response.ResponseParameters,
          responseTemplates: response.ResponseTemplates,
        });
    }
    return { physicalId: `${wanted.RestApiId}|${wanted.ResourceId}|${wanted.HttpMethod}`, attributes: {} };
  }

  async function remove(properties: unknown, region: string): Promise<void> {
    const { RestApiId, ResourceId, HttpMethod } = Method.parse(properties);
    const gateway = await aws.apiGateway(region);
    await gateway.deleteMethod({ restApiId: RestApiId, resourceId: ResourceId, httpMethod: HttpMethod });
  }

  return {
    create: (request) =>
      orUndo(
        () => put(request.properties, request.region),
        () => remove(request.properties, request.region),
      ),
    // PutMethod starts over, so that responses and settings that left the template are gone.
    update: (request) => put(request.properties, request.region),
    delete: (request) => remove(request.properties, request.region),
  };
}
