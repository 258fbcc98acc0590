import type * as ApiGateway from '@aws-sdk/client-api-gateway';
import * as z from 'zod';
import { gatewayResponseType } from './api-body.ts';
import type { Aws } from './aws.ts';
import { changed, document, flag, number, text, textMap, texts } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const Authorizer = z.looseObject({
  RestApiId: text,
  Name: text,
  Type: z.enum(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS']),
  AuthType: text.optional(),
  AuthorizerCredentials: text.optional(),
  AuthorizerResultTtlInSeconds: number.optional(),
  AuthorizerUri: text.optional(),
  IdentitySource: text.optional(),
  IdentityValidationExpression: text.optional(),
  ProviderARNs: texts.optional(),
});
type Authorizer = z.infer<typeof Authorizer>;

/** Property by property, where its patch goes. */
const authorizerPaths = {
  Name: '/name',
  Type: '/type',
  AuthType: '/authType',
  AuthorizerCredentials: '/authorizerCredentials',
  AuthorizerResultTtlInSeconds: '/authorizerResultTtlInSeconds',
  AuthorizerUri: '/authorizerUri',
  IdentitySource: '/identitySource',
  IdentityValidationExpression: '/identityValidationExpression',
} as const;

/** AWS::ApiGateway::Authorizer. */
export function authorizer(aws: Aws): ResourceProvider {
  function patches(previous: Authorizer, next: Authorizer): ApiGateway.PatchOperation[] {
    const names = Object.keys(authorizerPaths) as (keyof typeof authorizerPaths)[];
    return names
      .filter((name) => changed(previous, next, name))
      .map((name) => ({ op: 'replace' as const, path: authorizerPaths[name], value: String(next[name] ?? '') }));
  }
  return {
    create: async (request) => {
      const wanted = Authorizer.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      const { id = '' } = await gateway.createAuthorizer({
        restApiId: wanted.RestApiId,
        name: wanted.Name,
        type: wanted.Type,
        authType: wanted.AuthType,
        authorizerCredentials: wanted.AuthorizerCredentials,
        authorizerResultTtlInSeconds: wanted.AuthorizerResultTtlInSeconds,
        authorizerUri: wanted.AuthorizerUri,
        identitySource: wanted.IdentitySource,
        identityValidationExpression: wanted.IdentityValidationExpression,
        providerARNs: wanted.ProviderARNs,
      });
      return { physicalId: id, attributes: { AuthorizerId: id } };
    },
    update: async (request) => {
      const next = Authorizer.parse(request.properties);
      const patchOperations = patches(Authorizer.parse(request.previous), next);
      const gateway = await aws.apiGateway(request.region);
      if (patchOperations.length > 0)
        await gateway.updateAuthorizer({
          restApiId: next.RestApiId,
          authorizerId: request.physicalId,
          patchOperations,
        });
      return { physicalId: request.physicalId, attributes: { AuthorizerId: request.physicalId } };
    },
    delete: async (request) => {
      const { RestApiId } = Authorizer.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await gateway.getAuthorizer({ restApiId: RestApiId, authorizerId: request.physicalId });
      await gateway.deleteAuthorizer({ restApiId: RestApiId, authorizerId: request.physicalId });
    },
    /** On AWS the user pools change in place; moto cannot change them, so a new authorizer takes the old one's place. */
    replaces: (previous, next) => changed(previous, next, 'ProviderARNs'),
  };
}

const Model = z.looseObject({
  RestApiId: text,
  Name: text.optional(),
  ContentType: text.optional(),
  Description: text.optional(),
  Schema: document.optional(),
});

/** AWS::ApiGateway::Model. moto cannot edit a model: it is made anew under its name. */
export function model(aws: Aws): ResourceProvider {
  async function put(name: string, properties: unknown, region: string) {
    const wanted = Model.parse(properties);
    const gateway = await aws.apiGateway(region);
    await gateway.createModel({
      restApiId: wanted.RestApiId,
      name,
      contentType: wanted.ContentType ?? 'application/json',
      description: wanted.Description,
      schema: wanted.Schema ?? '{}',
    });
    return { physicalId: name, attributes: {} };
  }
  return {
    create: (request) => {
      // A model's name is letters and digits only.
      const name = Model.parse(request.properties).Name ?? request.generatedName(128).replace(/[^A-Za-z0-9]/g, '');
      return put(name, request.properties, request.region);
    },
    update: (request) => put(request.physicalId, request.properties, request.region),
    delete: async (request) => {
      const { RestApiId } = Model.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      await gateway.deleteModel({ restApiId: RestApiId, modelName: request.physicalId });
    },
  };
}

const RequestValidator = z.looseObject({
  RestApiId: text,
  Name: text.optional(),
  ValidateRequestBody: flag.optional(),
  ValidateRequestParameters: flag.optional(),
});

/** AWS::ApiGateway::RequestValidator. */
export function requestValidator(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = RequestValidator.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      const { id = '' } = await gateway.createRequestValidator({
        restApiId: wanted.RestApiId,
        name: wanted.Name ?? request.generatedName(128),
        validateRequestBody: wanted.ValidateRequestBody ?? false,
        validateRequestParameters: wanted.ValidateRequestParameters ?? false,
      });
      return { physicalId: id, attributes: { RequestValidatorId: id } };
    },
    update: async (request) => {
      const next = RequestValidator.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      await gateway.updateRequestValidator({
        restApiId: next.RestApiId,
        requestValidatorId: request.physicalId,
        patchOperations: [
          { op: 'replace', path: '/validateRequestBody', value: String(next.ValidateRequestBody ?? false) },
          { op: 'replace', path: '/validateRequestParameters', value: String(next.ValidateRequestParameters ?? false) },
        ],
      });
      return { physicalId: request.physicalId, attributes: { RequestValidatorId: request.physicalId } };
    },
    delete: async (request) => {
      const { RestApiId } = RequestValidator.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there, and calls asking for it a bad request.
      const { items = [] } = await gateway.getRequestValidators({ restApiId: RestApiId, limit: 500 });
      if (!items.some(({ id }) => id === request.physicalId)) return;
      await gateway.deleteRequestValidator({ restApiId: RestApiId, requestValidatorId: request.physicalId });
    },
  };
}

const GatewayResponse = z.looseObject({
  RestApiId: text,
  ResponseType: text,
  StatusCode: text.optional(),
  ResponseParameters: textMap.optional(),
  ResponseTemplates: textMap.optional(),
});

/** AWS::ApiGateway::GatewayResponse. */
export function gatewayResponse(aws: Aws): ResourceProvider {
  async function put(properties: unknown, region: string) {
    const wanted = GatewayResponse.parse(properties);
    const gateway = await aws.apiGateway(region);
    await gateway.putGatewayResponse({
      restApiId: wanted.RestApiId,
      responseType: gatewayResponseType(wanted.ResponseType),
      statusCode: wanted.StatusCode,
      responseParameters: wanted.ResponseParameters,
      responseTemplates: wanted.ResponseTemplates,
    });
    const id = `${wanted.RestApiId}|${wanted.ResponseType}`;
    return { physicalId: id, attributes: { Id: id } };
  }
  return {
    create: (request) => put(request.properties, request.region),
    update: (request) => put(request.properties, request.region),
    delete: async (request) => {
      const { RestApiId, ResponseType } = GatewayResponse.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      await gateway.deleteGatewayResponse({ restApiId: RestApiId, responseType: gatewayResponseType(ResponseType) });
    },
  };
}
