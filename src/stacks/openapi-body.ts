import { userPoolArnParameter } from './cognito.ts';
import { preflight, singleOrigin } from './cors.ts';
import { gatewayResponses } from './gateway-responses.ts';
import { arn, ref, sub } from './layer.ts';
import type { Route } from './routes.ts';
import type { TemplateValue } from './template.ts';
import { joinMembers, type Written, type WrittenMembers, write, writeMembers, writeObject } from './written.ts';

const authorizer = 'CognitoAuthorizer';
const validator = 'body-only';

/**
 * All that API Gateway checks of a body is that it is a JSON object; the functions check the rest. They say field by field what
 * is wrong, which the gateway cannot; they know all of JSON Schema, of which it knows a part of draft 4; and an API may have
 * 60 models, which thirty entities would use up. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const jsonObject = 'JsonObject';

/** Paths of some routes, all methods of a path in one part. */
export interface PathPart {
  paths: WrittenMembers<TemplateValue>;
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
  return { paths: writeMembers(described) };
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
            content: { 'application/json': { schema: { $ref: `#/components/schemas/${jsonObject}` } } },
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
      schemas: write({ [jsonObject]: { type: 'object' } }),
      ...(options.authorizer ? { securitySchemes: write(securitySchemes) } : {}),
    }),
    'x-amazon-apigateway-request-validators': write({
      [validator]: { validateRequestBody: true, validateRequestParameters: false },
    }),
    'x-amazon-apigateway-gateway-responses': write(
      gatewayResponses(options.origins && (singleOrigin(options.origins) ?? '*')),
    ),
  });
}
