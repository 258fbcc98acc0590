import type { Bench } from './bench.ts';

/** An OpenAPI document's operation that calls a function. */
export function calls(functionName: string, more: object = {}): Record<string, unknown> {
  const arn = `arn:aws:lambda:us-east-2:123456789012:function:${functionName}`;
  return {
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: `arn:aws:apigateway:us-east-2:lambda:path/2015-03-31/functions/${arn}/invocations`,
    },
    responses: { default: { description: 'from the function' } },
    ...more,
  };
}

/** The OpenAPI security scheme of a Cognito authorizer. */
export function cognitoScheme(userPoolIds: readonly string[], more: object = {}): Record<string, unknown> {
  return {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'cognito_user_pools',
    'x-amazon-apigateway-authorizer': {
      type: 'cognito_user_pools',
      providerARNs: userPoolIds.map((id) => `arn:aws:cognito-idp:us-east-2:123456789012:userpool/${id}`),
      ...more,
    },
  };
}

/** Deploys a function of this source. */
export async function deployFunction(bench: Bench, name: string, source: string): Promise<void> {
  await bench.create('AWS::IAM::Role', { RoleName: `${name}-role`, AssumeRolePolicyDocument: {} });
  await bench.create('AWS::Lambda::Function', {
    FunctionName: name,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: `arn:aws:iam::123456789012:role/${name}-role`,
    Timeout: 10,
    Code: { ZipFile: source },
  });
}

/** Deploys an API with a stage `live`, and gives its address. */
export async function deployApi(bench: Bench, document: object, stage: object = {}): Promise<string> {
  const body = { openapi: '3.0.1', info: { title: 'test', version: '1' }, ...document };
  const { physicalId: RestApiId } = await bench.create('AWS::ApiGateway::RestApi', { Name: 'test', Body: body });
  const { physicalId: DeploymentId } = await bench.create('AWS::ApiGateway::Deployment', { RestApiId });
  await bench.create('AWS::ApiGateway::Stage', { RestApiId, StageName: 'live', DeploymentId, ...stage });
  return `${bench.url}/_api/${RestApiId}/live`;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json(): unknown;
}

export async function call(address: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(address, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
}
