import { createHash } from 'node:crypto';
import * as z from 'zod';
import { text, textMap } from './property.ts';

/**
 * What an OpenAPI document says about a REST API, in API Gateway's own terms. API Gateway reads OpenAPI 3.0 and
 * Swagger 2.0 with its `x-amazon-apigateway-*` extensions; moto's import drops authorizers, validators, models,
 * parameters and gateway responses, so the document is read here and made piece by piece.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export interface ApiDefinition {
  title?: string;
  description?: string;
  binaryMediaTypes?: string[];
  policy?: unknown;
  apiKeySource?: 'HEADER' | 'AUTHORIZER';
  authorizers: AuthorizerDefinition[];
  models: { name: string; contentType: string; schema: string; description?: string }[];
  validators: { name: string; validateRequestBody: boolean; validateRequestParameters: boolean }[];
  gatewayResponses: {
    responseType: string;
    statusCode?: string;
    responseParameters: Record<string, string>;
    responseTemplates: Record<string, string>;
  }[];
  methods: MethodDefinition[];
}

export interface AuthorizerDefinition {
  name: string;
  type: 'COGNITO_USER_POOLS' | 'TOKEN' | 'REQUEST';
  identitySource: string;
  providerArns?: string[];
  authorizerUri?: string;
  authorizerCredentials?: string;
  resultTtlInSeconds?: number;
  identityValidationExpression?: string;
}

export interface MethodDefinition {
  path: string;
  /** `ANY` for x-amazon-apigateway-any-method. */
  httpMethod: string;
  operationName?: string;
  authorization:
    | { type: 'NONE' }
    | { type: 'AWS_IAM' }
    | { type: 'authorizer'; name: string; kind: AuthorizerDefinition['type']; scopes: string[] };
  apiKeyRequired: boolean;
  /** By validator name. */
  validator?: string;
  requestParameters: Record<string, boolean>;
  requestModels: Record<string, string>;
  responses: { statusCode: string; parameters: Record<string, boolean>; models: Record<string, string> }[];
  integration?: z.infer<typeof Integration>;
}

const Integration = z.looseObject({
  type: text.transform((type) => type.toUpperCase()),
  uri: text.optional(),
  httpMethod: text.optional(),
  credentials: text.optional(),
  passthroughBehavior: text.transform((behaviour) => behaviour.toUpperCase()).optional(),
  contentHandling: z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional(),
  connectionType: z.enum(['INTERNET', 'VPC_LINK']).optional(),
  timeoutInMillis: z.number().optional(),
  requestParameters: textMap.optional(),
  requestTemplates: textMap.optional(),
  responses: z
    .record(
      z.string(),
      z.looseObject({
        statusCode: text,
        responseParameters: textMap.optional(),
        responseTemplates: textMap.optional(),
        contentHandling: z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional(),
      }),
    )
    .optional(),
});

const Schema = z.record(z.string(), z.unknown());

const Parameter = z.looseObject({
  name: text.optional(),
  in: text.optional(),
  required: z.boolean().optional(),
  schema: Schema.optional(),
});

const Operation = z.looseObject({
  operationId: text.optional(),
  parameters: z.array(Parameter).optional(),
  requestBody: z
    .looseObject({
      content: z.record(z.string(), z.looseObject({ schema: Schema.optional() })).optional(),
    })
    .optional(),
  responses: z
    .record(
      z.string(),
      z.looseObject({
        headers: z.record(z.string(), z.unknown()).optional(),
        content: z.record(z.string(), z.looseObject({ schema: Schema.optional() })).optional(),
      }),
    )
    .optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  'x-amazon-apigateway-integration': Integration.optional(),
  'x-amazon-apigateway-request-validator': text.optional(),
  'x-amazon-apigateway-auth': z.looseObject({ type: text }).optional(),
});

const SecurityScheme = z.looseObject({
  type: text,
  name: text.optional(),
  in: text.optional(),
  'x-amazon-apigateway-authtype': text.optional(),
  'x-amazon-apigateway-authorizer': z
    .looseObject({
      type: text,
      providerARNs: z.array(text).optional(),
      authorizerUri: text.optional(),
      authorizerCredentials: text.optional(),
      authorizerResultTtlInSeconds: z.number().optional(),
      identitySource: text.optional(),
      identityValidationExpression: text.optional(),
    })
    .optional(),
});

const schemes = z.record(z.string(), SecurityScheme);
const schemas = z.record(z.string(), Schema);

const Document = z.looseObject({
  info: z.looseObject({ title: text.optional(), description: text.optional() }).optional(),
  paths: z.record(z.string(), z.looseObject({ parameters: z.array(Parameter).optional() })).default({}),
  security: Operation.shape.security,
  components: z.looseObject({ securitySchemes: schemes.optional(), schemas: schemas.optional() }).optional(),
  securityDefinitions: schemes.optional(),
  definitions: schemas.optional(),
  'x-amazon-apigateway-binary-media-types': z.array(text).optional(),
  'x-amazon-apigateway-api-key-source': z.enum(['HEADER', 'AUTHORIZER']).optional(),
  'x-amazon-apigateway-policy': z.unknown().optional(),
  'x-amazon-apigateway-request-validator': text.optional(),
  'x-amazon-apigateway-request-validators': z
    .record(
      z.string(),
      z.looseObject({
        validateRequestBody: z.boolean().default(false),
        validateRequestParameters: z.boolean().default(false),
      }),
    )
    .default({}),
  'x-amazon-apigateway-gateway-responses': z
    .record(
      z.string(),
      z.looseObject({
        statusCode: text.optional(),
        responseParameters: textMap.default({}),
        responseTemplates: textMap.default({}),
      }),
    )
    .default({}),
});
type Document = z.infer<typeof Document>;

const httpMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const anyMethod = 'x-amazon-apigateway-any-method';

/** The definition in an OpenAPI or Swagger document. Throws zod's error where the document cannot be read. */
export function apiDefinition(openApi: unknown): ApiDefinition {
  const document = Document.parse(openApi);
  const models = new Models({ ...document.definitions, ...document.components?.schemas });
  const authorizers = authorizersOf({ ...document.securityDefinitions, ...document.components?.securitySchemes });
  const methods = Object.entries(document.paths).flatMap(([path, item]) =>
    [...httpMethods, anyMethod].flatMap((key) => {
      const operation = item[key];
      if (operation === undefined) return [];
      const httpMethod = key === anyMethod ? 'ANY' : key.toUpperCase();
      return [method(document, path, httpMethod, item.parameters ?? [], operation, authorizers, models)];
    }),
  );
  return {
    ...(document.info?.title !== undefined && { title: document.info.title }),
    ...(document.info?.description !== undefined && { description: document.info.description }),
    ...(document['x-amazon-apigateway-binary-media-types'] && {
      binaryMediaTypes: document['x-amazon-apigateway-binary-media-types'],
    }),
    ...(document['x-amazon-apigateway-api-key-source'] && {
      apiKeySource: document['x-amazon-apigateway-api-key-source'],
    }),
    policy: document['x-amazon-apigateway-policy'],
    authorizers: [...authorizers.values()],
    models: models.all(),
    validators: Object.entries(document['x-amazon-apigateway-request-validators']).map(([name, validator]) => ({
      name,
      validateRequestBody: validator.validateRequestBody,
      validateRequestParameters: validator.validateRequestParameters,
    })),
    gatewayResponses: Object.entries(document['x-amazon-apigateway-gateway-responses']).map(
      ([responseType, { statusCode, responseParameters, responseTemplates }]) => ({
        responseType,
        ...(statusCode !== undefined && { statusCode }),
        responseParameters,
        responseTemplates,
      }),
    ),
    methods,
  };
}

function authorizersOf(given: z.infer<typeof schemes>): Map<string, AuthorizerDefinition> {
  const found = new Map<string, AuthorizerDefinition>();
  for (const [name, scheme] of Object.entries(given)) {
    const authorizer = scheme['x-amazon-apigateway-authorizer'];
    if (!authorizer) continue;
    const type = authorizer.type.toUpperCase();
    const header = `method.request.header.${scheme.name ?? 'Authorization'}`;
    found.set(name, {
      name,
      type: type === 'COGNITO_USER_POOLS' || type === 'REQUEST' ? type : 'TOKEN',
      identitySource: authorizer.identitySource ?? header,
      ...(authorizer.providerARNs && { providerArns: authorizer.providerARNs }),
      ...(authorizer.authorizerUri && { authorizerUri: authorizer.authorizerUri }),
      ...(authorizer.authorizerCredentials && { authorizerCredentials: authorizer.authorizerCredentials }),
      ...(authorizer.authorizerResultTtlInSeconds !== undefined && {
        resultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
      }),
      ...(authorizer.identityValidationExpression && {
        identityValidationExpression: authorizer.identityValidationExpression,
      }),
    });
  }
  return found;
}

function method(
  document: Document,
  path: string,
  httpMethod: string,
  shared: z.infer<typeof Parameter>[],
  given: unknown,
  authorizers: Map<string, AuthorizerDefinition>,
  models: Models,
): MethodDefinition {
  const operation = Operation.parse(given);
  const requestParameters: Record<string, boolean> = {};
  const requestModels: Record<string, string> = {};
  for (const parameter of [...shared, ...(operation.parameters ?? [])]) {
    const place = { path: 'path', query: 'querystring', header: 'header' }[parameter.in ?? ''];
    if (place && parameter.name)
      requestParameters[`method.request.${place}.${parameter.name}`] = parameter.required ?? false;
    // Swagger 2.0 describes the body as a parameter.
    else if (parameter.in === 'body' && parameter.schema)
      requestModels['application/json'] = models.nameOf(parameter.schema);
  }
  for (const [contentType, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
    if (schema) requestModels[contentType] = models.nameOf(schema);

  const security = operation.security ?? document.security ?? [];
  const schemesUsed = security.flatMap((entry) => Object.entries(entry));
  const known = { ...document.securityDefinitions, ...document.components?.securitySchemes };
  const secured = schemesUsed.find(([name]) => authorizers.has(name));
  const authorizer = secured && authorizers.get(secured[0]);
  const iam =
    operation['x-amazon-apigateway-auth']?.type.toUpperCase() === 'AWS_IAM' ||
    schemesUsed.some(([name]) => known[name]?.['x-amazon-apigateway-authtype']?.toLowerCase() === 'awssigv4');
  const validator =
    operation['x-amazon-apigateway-request-validator'] ?? document['x-amazon-apigateway-request-validator'];
  const integration = operation['x-amazon-apigateway-integration'];
  return {
    path,
    httpMethod,
    ...(operation.operationId && { operationName: operation.operationId }),
    authorization: authorizer
      ? { type: 'authorizer', name: authorizer.name, kind: authorizer.type, scopes: secured[1] }
      : { type: iam ? 'AWS_IAM' : 'NONE' },
    apiKeyRequired: schemesUsed.some(
      ([name]) => known[name]?.type === 'apiKey' && known[name]?.name?.toLowerCase() === 'x-api-key',
    ),
    ...(validator && { validator }),
    requestParameters,
    requestModels,
    responses: Object.entries(operation.responses ?? {})
      .filter(([statusCode]) => /^\d{3}$/.test(statusCode))
      .map(([statusCode, response]) => ({
        statusCode,
        parameters: Object.fromEntries(
          Object.keys(response.headers ?? {}).map((header) => [`method.response.header.${header}`, false]),
        ),
        models: Object.fromEntries(
          Object.entries(response.content ?? {}).flatMap(([contentType, { schema }]) =>
            schema ? [[contentType, models.nameOf(schema)] as const] : [],
          ),
        ),
      })),
    ...(integration && { integration }),
  };
}

/** The models of a document: the named schemas, and those written in place, which get a name by their content. */
class Models {
  readonly #named: Map<string, string>;

  constructor(named: Record<string, unknown>) {
    this.#named = new Map(Object.entries(named).map(([name, schema]) => [name, JSON.stringify(schema)]));
  }

  nameOf(schema: Record<string, unknown>): string {
    const reference = schema.$ref;
    if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1);
    const body = JSON.stringify(schema);
    const name = `MODEL${createHash('sha256').update(body).digest('hex').slice(0, 6)}`;
    this.#named.set(name, body);
    return name;
  }

  all(): ApiDefinition['models'] {
    return [...this.#named].map(([name, schema]) => ({ name, contentType: 'application/json', schema }));
  }
}
