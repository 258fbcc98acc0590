import { userPoolArnParameter } from './cognito.ts';
import { gatewayResponses, preflight } from './cors.ts';
import { gatewaySchema } from './gateway-schema.ts';
import { arn, ref, sub } from './layer.ts';
import type { Route } from './routes.ts';
import type { TemplateValue } from './template.ts';
import { joinMembers, type Written, type WrittenMembers, write, writeMembers, writeObject } from './written.ts';

const authorizer = 'CognitoAuthorizer';
const validator = 'body-only';

/** Paths and models of some routes, all methods of a path in one part. */
export interface PathPart {
  paths: WrittenMembers<TemplateValue>;
  schemas: WrittenMembers<TemplateValue>;
}

/** The OpenAPI description of routes, with what API Gateway needs to call their functions. */
export function pathPart(routes: readonly Route[], origins: readonly string[] | undefined): PathPart {
  const paths = new Map<string, Route[]>();
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  const described: Record<string, TemplateValue> = {};
  for (const [path, those] of paths) {
    const item: Record<string, TemplateValue> = {};
    for (const route of those) item[route.method.toLowerCase()] = methodOf(route);
    if (origins !== undefined) {
      item.options = preflight(
        origins,
        those.map((route) => route.method),
      );
    }
    described[path] = item;
  }
  const schemas: Record<string, TemplateValue> = {};
  for (const { body } of routes) {
    if (body !== undefined) schemas[body.model] = { type: 'object', ...gatewaySchema(body.schema) };
  }
  return { paths: writeMembers(described), schemas: writeMembers(schemas) };
}

function methodOf(route: Route): TemplateValue {
  const parameters = [...route.path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => ({
    name: name ?? '',
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.access.level === 'public' ? {} : { security: [{ [authorizer]: [] }] }),
    ...(route.body === undefined
      ? {}
      : {
          'x-amazon-apigateway-request-validator': validator,
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: `#/components/schemas/${route.body.model}` } } },
          },
        }),
    responses: { default: { description: 'Answered by the function' } },
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: sub(
        `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${arn('lambda', `function:${route.functionName}`)}/invocations`,
      ),
      passthroughBehavior: 'when_no_match',
      timeoutInMillis: 29_000,
    },
  };
}

/** The document that the RestApi is made from. */
export function openapiBody(
  title: string,
  parts: readonly PathPart[],
  options: { authorizer: boolean; origins?: readonly string[] },
): Written<{ [key: string]: TemplateValue }> {
  const schemas = joinMembers(parts.map((part) => part.schemas));
  const securitySchemes: TemplateValue = {
    [authorizer]: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: [ref(userPoolArnParameter)] },
    },
  };
  return writeObject({
    openapi: write('3.0.1'),
    info: write({ title, version: '1' }),
    paths: joinMembers(parts.map((part) => part.paths)),
    components: writeObject({
      ...(Object.keys(schemas.value).length === 0 ? {} : { schemas }),
      ...(options.authorizer ? { securitySchemes: write(securitySchemes) } : {}),
    }),
    'x-amazon-apigateway-request-validators': write({
      [validator]: { validateRequestBody: true, validateRequestParameters: false },
    }),
    'x-amazon-apigateway-gateway-responses': write(gatewayResponses(options.origins)),
  });
}
