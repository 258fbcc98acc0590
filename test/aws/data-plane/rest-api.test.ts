import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { preflight as compiledPreflight } from '../../../src/stacks/cors.ts';
import { type Bench, type Resource, refusal, startBench } from '../support/bench.ts';
import { join, type Pool } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';

const echo = `exports.handler = async (event) => {
  const how = event.queryStringParameters?.how;
  if (how === 'throw') throw new Error('boom');
  if (how === 'malformed') return { status: 200 };
  if (how === 'text') return 'just text';
  if (how === 'cookies') return { statusCode: 201, headers: { 'X-One': 1, 'Set-Cookie': 'lost=1' }, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] } };
  if (how === 'image') return { statusCode: 200, headers: { 'Content-Type': 'image/png' }, body: 'iVBORw==', isBase64Encoded: true };
  if (how === 'slow') await new Promise((resolve) => setTimeout(resolve, 1500));
  return { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ event, v: process.env.V }) };
};`;

describe('a deployed REST API answers', () => {
  let bench: Bench;
  let echoFunction: Resource;
  let api: Resource;
  let stage: Resource;
  let address: string;
  let pool: Pool;

  const poolArn = () => `arn:aws:cognito-idp:us-east-2:123456789012:userpool/${pool.userPoolId}`;
  const invocation = (name: string) =>
    `arn:aws:apigateway:us-east-2:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-2:123456789012:function:${name}/invocations`;
  const proxy = (name: string, more: object = {}) => ({
    'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: invocation(name), ...more },
    responses: { default: { description: 'from the function' } },
  });
  const preflight = {
    responses: {
      204: { description: 'CORS', headers: { 'Access-Control-Allow-Origin': { schema: { type: 'string' } } } },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode": 204}' },
      responses: {
        default: {
          statusCode: '204',
          responseParameters: {
            'method.response.header.Access-Control-Allow-Origin': "'https://app.example'",
            'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
          },
        },
      },
    },
  };
  /** With two origins, as it is compiled. */
  const choosingPreflight = compiledPreflight(['https://app.example', 'https://admin.example'], ['GET']);
  const body = (more: object = {}) => ({
    openapi: '3.0.1',
    info: { title: 'tasks', version: '1' },
    'x-amazon-apigateway-binary-media-types': ['image/png'],
    'x-amazon-apigateway-request-validators': { all: { validateRequestBody: true, validateRequestParameters: true } },
    'x-amazon-apigateway-gateway-responses': {
      DEFAULT_4XX: { responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" } },
      MISSING_AUTHENTICATION_TOKEN: {
        statusCode: '404',
        responseTemplates: { 'application/json': '{"code":"no-route","said":$context.error.messageString}' },
      },
    },
    components: {
      schemas: { Task: { type: 'object', required: ['title'] } },
      securitySchemes: {
        Pool: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'cognito_user_pools',
          'x-amazon-apigateway-authorizer': {
            type: 'cognito_user_pools',
            providerARNs: [poolArn()],
          },
        },
      },
    },
    paths: {
      '/v1/tasks': {
        get: proxy('echo'),
        post: {
          ...proxy('echo'),
          'x-amazon-apigateway-request-validator': 'all',
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Task' } } } },
        },
        options: preflight,
      },
      '/v1/tasks/{id}': { get: proxy('echo'), parameters: [{ name: 'id', in: 'path', required: true }] },
      '/v1/origins': { options: choosingPreflight },
      '/v1/tasks/special': { get: proxy('echo') },
      '/v1/mine': { get: { ...proxy('echo'), security: [{ Pool: [] }] } },
      '/v1/slow': { get: proxy('echo', { timeoutInMillis: 300 }) },
      '/v1/gone': { get: proxy('nobody') },
      '/v1/limited': { get: proxy('limited') },
      '/files/{path+}': { 'x-amazon-apigateway-any-method': proxy('echo') },
      ...more,
    },
  });

  before(async function () {
    bench = await startBench(this);
    pool = await deployPool(bench, { groups: ['admin', 'member'] });
    await bench.create('AWS::IAM::Role', { RoleName: 'any', AssumeRolePolicyDocument: {} });
    const common = { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::123456789012:role/any' };
    echoFunction = await bench.create('AWS::Lambda::Function', {
      ...common,
      FunctionName: 'echo',
      Timeout: 10,
      Code: { ZipFile: echo },
      Environment: { Variables: { V: '1' } },
    });
    await bench.create('AWS::Lambda::Function', {
      ...common,
      FunctionName: 'limited',
      Timeout: 1,
      Code: { ZipFile: 'exports.handler = async () => { for (;;) {} };' },
    });
    api = await bench.create('AWS::ApiGateway::RestApi', {
      Body: body(),
      Name: 'tasks',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    const deployment = await bench.create('AWS::ApiGateway::Deployment', { RestApiId: api.physicalId });
    stage = await bench.create('AWS::ApiGateway::Stage', {
      RestApiId: api.physicalId,
      StageName: 'live',
      DeploymentId: deployment.physicalId,
      Variables: { color: 'green' },
    });
    address = `${bench.url}/_api/${api.physicalId}/live`;
  });
  after(() => bench?.stop());

  async function call(path: string, init: RequestInit = {}) {
    const answer = await fetch(`${address}${path}`, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
  }

  it('with the function behind the route', async () => {
    const answer = await call('/v1/tasks/a%20b?tag=x&tag=y&flag&q=%C3%BC', {
      headers: { 'X-Custom': 'yes', 'user-agent': 'test/1' },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.match(answer.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
    const { event } = answer.json();
    assert.equal(event.resource, '/v1/tasks/{id}');
    assert.equal(event.path, '/v1/tasks/a%20b');
    assert.equal(event.httpMethod, 'GET');
    assert.deepEqual(event.pathParameters, { id: 'a%20b' });
    assert.deepEqual(event.queryStringParameters, { tag: 'y', flag: '', q: 'ü' });
    assert.deepEqual(event.multiValueQueryStringParameters, { tag: ['x', 'y'], flag: [''], q: ['ü'] });
    assert.deepEqual(event.stageVariables, { color: 'green' });
    assert.equal(event.headers['X-Custom'], 'yes');
    assert.deepEqual(event.multiValueHeaders['X-Custom'], ['yes']);
    assert.equal(event.body, null);
    assert.equal(event.requestContext.stage, 'live');
    assert.equal(event.requestContext.apiId, api.physicalId);
    assert.equal(event.requestContext.path, '/live/v1/tasks/a%20b');
    assert.equal(event.requestContext.resourcePath, '/v1/tasks/{id}');
    assert.equal(event.requestContext.accountId, '123456789012');
    assert.equal(event.requestContext.identity.sourceIp, '127.0.0.1');
    assert.equal(event.requestContext.identity.userAgent, 'test/1');
    assert.match(event.requestContext.requestTime, /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.equal(event.requestContext.authorizer, undefined);
  });

  it('with the most exact route', async () => {
    assert.equal((await call('/v1/tasks/special')).json().event.resource, '/v1/tasks/special');
    assert.equal((await call('/v1/tasks/')).json().event.resource, '/v1/tasks');
    const greedy = (await call('/files/a/b%2Fc.txt', { method: 'DELETE' })).json().event;
    assert.equal(greedy.resource, '/files/{path+}');
    assert.deepEqual(greedy.pathParameters, { path: 'a/b%2Fc.txt' });
    assert.equal(greedy.httpMethod, 'DELETE');
  });

  it('with bodies as text or as base64', async () => {
    const text = (
      await call('/v1/tasks', {
        method: 'POST',
        body: '{"title":"Ä"}',
        headers: { 'content-type': 'application/json' },
      })
    ).json().event;
    assert.equal(text.body, '{"title":"Ä"}');
    assert.equal(text.isBase64Encoded, false);
    const bytes = (
      await call('/files/x', {
        method: 'PUT',
        body: Buffer.from([0x89, 0x50]),
        headers: { 'content-type': 'image/png' },
      })
    ).json().event;
    assert.equal(bytes.body, Buffer.from([0x89, 0x50]).toString('base64'));
    assert.equal(bytes.isBase64Encoded, true);
    const image = await fetch(`${address}/v1/tasks?how=image`, { headers: { accept: 'image/png' } });
    assert.deepEqual(Buffer.from(await image.arrayBuffer()), Buffer.from('iVBORw==', 'base64'));
    const asText = await call('/v1/tasks?how=image', { headers: { accept: 'application/json' } });
    assert.equal(asText.text, 'iVBORw==');
  });

  it('with the headers that the function gives, repeated ones too', async () => {
    const answer = await call('/v1/tasks?how=cookies');
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('x-one'), '1');
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
  });

  it('502 when the function fails or answers in no known form', async () => {
    for (const how of ['throw', 'malformed', 'text']) {
      const answer = await call(`/v1/tasks?how=${how}`);
      assert.equal(answer.status, 502, how);
      assert.deepEqual(answer.json(), { message: 'Internal server error' });
    }
    assert.ok(bench.said.some((line) => /GET \/v1\/tasks: echo failed: boom/.test(line)));
    assert.ok(bench.said.some((line) => /malformed proxy response: \{"status":200\}/.test(line)));
  });

  it('504 when the integration takes too long, 502 when the function does, as API Gateway does', async () => {
    const late = await call('/v1/slow?how=slow');
    assert.equal(late.status, 504);
    assert.deepEqual(late.json(), { message: 'Endpoint request timed out' });
    const killed = await call('/v1/limited');
    assert.equal(killed.status, 502);
    assert.ok(bench.said.some((line) => /limited failed: .*Task timed out after 1\.00 seconds/.test(line)));
  });

  it('500 when there is no such function', async () => {
    assert.equal((await call('/v1/gone')).status, 500);
    assert.ok(bench.said.some((line) => /no function nobody/.test(line)));
  });

  it('unknown routes and methods as its gateway responses say', async () => {
    for (const [path, method] of [
      ['/nowhere', 'GET'],
      ['/v1/tasks', 'DELETE'],
      ['/v1', 'GET'],
      ['/', 'GET'],
    ] as const) {
      const answer = await call(path, { method });
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.deepEqual(answer.json(), { code: 'no-route', said: 'Missing Authentication Token' });
      assert.equal(answer.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
    }
    const other = await fetch(`${bench.url}/_api/${api.physicalId}/other/v1/tasks`);
    assert.equal(other.status, 403);
    assert.deepEqual(await other.json(), { message: 'Forbidden' });
    assert.equal((await fetch(`${bench.url}/_api/nosuchapi1/live/`)).status, 403);
  });

  it('a preflight without a function', async () => {
    const answer = await call('/v1/tasks', { method: 'OPTIONS' });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(answer.headers.get('access-control-allow-methods'), 'GET,OPTIONS');
    assert.equal(answer.text, '');
  });

  it('a preflight that names the origin which asks, when it is one of several', async () => {
    const ask = async (origin: string) => {
      const { status, headers } = await call('/v1/origins', { method: 'OPTIONS', headers: { Origin: origin } });
      return [status, headers.get('access-control-allow-origin'), headers.get('vary')];
    };
    assert.deepEqual(await ask('https://app.example'), [204, 'https://app.example', 'Origin']);
    assert.deepEqual(await ask('https://admin.example'), [204, 'https://admin.example', 'Origin']);
    assert.deepEqual(await ask('https://elsewhere.example'), [204, null, 'Origin']);
  });

  it('401 without a token, and hands on the claims of one', async () => {
    const without = await call('/v1/mine');
    assert.equal(without.status, 401);
    assert.deepEqual(without.json(), { message: 'Unauthorized' });
    assert.equal(without.headers.get('access-control-allow-origin'), '*');
    assert.equal((await call('/v1/mine', { headers: { authorization: 'Bearer nonsense' } })).status, 401);
    const { sub, tokens } = await join(pool, { email: 'ann@example.org', groups: ['member', 'admin'], tenant: 't-1' });
    for (const authorization of [tokens.id, `Bearer ${tokens.id}`, `bearer  ${tokens.id}`]) {
      const { event } = (await call('/v1/mine', { headers: { authorization } })).json();
      const { exp, iat, auth_time, jti, origin_jti, event_id, ...claims } = event.requestContext.authorizer.claims;
      assert.deepEqual(claims, {
        sub,
        aud: pool.clientId,
        iss: `https://cognito-idp.us-east-2.amazonaws.com/${pool.userPoolId}`,
        token_use: 'id',
        'cognito:username': sub,
        'cognito:groups': 'admin,member',
        'custom:tenant_id': 't-1',
        email: 'ann@example.org',
        email_verified: 'false',
      });
      for (const date of [exp, iat]) assert.match(date, /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
      assert.match(auth_time, /^\d{10}$/);
      for (const id of [jti, origin_jti, event_id]) assert.match(id, /^[0-9a-f-]{36}$/);
    }
  });

  it('413 when the body is longer than 10 MB', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(`${address}/files/big`, { method: 'POST' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      sent.end(Buffer.alloc(10 * 1024 * 1024 + 1, 0x61));
    });
    assert.equal(status, 413);
  });

  it('moto knows authorizer, validator, model and parameters of the Body', async () => {
    const gateway = await bench.aws.apiGateway(bench.region);
    const restApiId = api.physicalId;
    const { items = [] } = await gateway.getResources({ restApiId, embed: ['methods'] });
    const at = (path: string) => items.find((item) => item.path === path)?.resourceMethods ?? {};
    assert.equal(at('/v1/mine').GET?.authorizationType, 'COGNITO_USER_POOLS');
    const { items: authorizers = [] } = await gateway.getAuthorizers({ restApiId });
    assert.equal(at('/v1/mine').GET?.authorizerId, authorizers[0]?.id);
    assert.deepEqual(at('/v1/tasks').POST?.requestModels, { 'application/json': 'Task' });
    assert.ok(at('/v1/tasks').POST?.requestValidatorId);
    assert.deepEqual(at('/v1/tasks/{id}').GET?.requestParameters, { 'method.request.path.id': true });
    assert.equal(api.attributes.RootResourceId, items.find((item) => item.path === '/')?.id);
    assert.deepEqual((await gateway.getRestApi({ restApiId })).endpointConfiguration?.types, ['REGIONAL']);
  });

  it('what its stage deployed, not what the API has become', async () => {
    api = await bench.update(api, { ...api.properties, Body: body({ '/v2': { get: proxy('echo') } }) });
    assert.equal((await call('/v2')).status, 404);
    assert.equal((await call('/v1/tasks')).status, 200);
    const next = await bench.create('AWS::ApiGateway::Deployment', { RestApiId: api.physicalId });
    stage = await bench.update(stage, { ...stage.properties, DeploymentId: next.physicalId });
    assert.equal((await call('/v2')).status, 200);
    await assert.rejects(bench.delete(next), refusal('InvalidRequest', /Active stages pointing to this deployment/));
  });

  it('with the function as it is now', async () => {
    assert.equal((await call('/v1/tasks')).json().v, '1');
    await bench.update(echoFunction, { ...echoFunction.properties, Environment: { Variables: { V: '2' } } });
    assert.equal((await call('/v1/tasks')).json().v, '2');
  });

  it('as long as it is there', async () => {
    await bench.delete(stage);
    assert.equal((await call('/v1/tasks')).status, 403);
    await bench.delete(api);
    await bench.delete(api);
    const gateway = await bench.aws.apiGateway(bench.region);
    await assert.rejects(gateway.getRestApi({ restApiId: api.physicalId }), { name: 'NotFoundException' });
  });

  it('also when it was made of resources and methods, each its own', async () => {
    const other = await bench.create('AWS::ApiGateway::RestApi', { Name: 'pieces' });
    const RestApiId = other.physicalId;
    await assert.rejects(
      bench.create('AWS::ApiGateway::Deployment', { RestApiId }),
      refusal('InvalidRequest', /doesn't contain any methods/),
    );
    const resource = await bench.create('AWS::ApiGateway::Resource', {
      RestApiId,
      ParentId: other.attributes.RootResourceId,
      PathPart: '{name}',
    });
    const guard = await bench.create('AWS::ApiGateway::Authorizer', {
      RestApiId,
      Name: 'guard',
      Type: 'COGNITO_USER_POOLS',
      IdentitySource: 'method.request.header.X-Token',
      ProviderARNs: [poolArn()],
    });
    let method = await bench.create('AWS::ApiGateway::Method', {
      RestApiId,
      ResourceId: resource.physicalId,
      HttpMethod: 'GET',
      AuthorizationType: 'COGNITO_USER_POOLS',
      AuthorizerId: guard.physicalId,
      Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: invocation(`$${'{'}stageVariables.fn}`) },
    });
    const deploy = async (StageName: string) => {
      const made = await bench.create('AWS::ApiGateway::Deployment', {
        RestApiId,
        StageName,
        StageDescription: { Variables: { fn: 'echo' } },
      });
      return made;
    };
    await deploy('one');
    const at = `${bench.url}/_api/${RestApiId}`;
    const bob = await join(pool, { email: 'bob@example.org' });
    assert.equal((await fetch(`${at}/one/x`)).status, 401);
    assert.equal((await fetch(`${at}/one/x`, { headers: { 'X-Token': bob.tokens.id } })).status, 200);
    method = await bench.update(method, { ...method.properties, AuthorizationType: 'NONE', AuthorizerId: undefined });
    await deploy('two');
    assert.equal((await fetch(`${at}/one/x`)).status, 401);
    assert.equal((await fetch(`${at}/two/x`)).status, 200);
    for (const part of [method, resource, guard]) await bench.delete(part);
    await bench.delete(other);
  });
});
