import assert from 'node:assert/strict';
import type { ApiEndpoint, Blueprint } from '../../../src/blueprint/blueprint.ts';
import { api, auth, blueprint, entity, field, routes, userFunction } from '../../builders/blueprint.ts';
import { saasCrm, taskManager } from '../../builders/example-blueprints.ts';
import { type Compiled, compiled } from './compiled.ts';

const endpoint = (method: ApiEndpoint['method'], path: string, more: Partial<ApiEndpoint> = {}): ApiEndpoint => ({
  method,
  path,
  function: 'act',
  access: { level: 'public' },
  deprecated: false,
  ...more,
});

function withEndpoints(endpoints: ApiEndpoint[], rest: Partial<Blueprint> = {}): Blueprint {
  return blueprint({ functions: [userFunction('act')], ...rest, api: api({ ...rest.api, endpoints }) });
}

const body = ({ property }: Compiled, ...path: (string | number)[]) => property('api', 'RestApi', 'Body', ...path);

function methodsOf(of: Compiled): string[] {
  const paths = Object.entries(body(of, 'paths') ?? {});
  return paths
    .flatMap(([path, item]) => Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}

function deploymentId(of: Compiled): string {
  const ids = Object.keys(of.stack('api').template.Resources).filter((id) => id.startsWith('ApiDeployment'));
  assert.equal(ids.length, 1);
  assert.deepEqual(of.property('api', 'Stage', 'DeploymentId'), { Ref: ids[0] });
  return ids[0] ?? '';
}

describe('the REST API', () => {
  it('has the routes of each entity, health, and a preflight for each path', () => {
    assert.deepEqual(methodsOf(compiled(taskManager())), [
      'DELETE /v1/projects/{id}',
      'DELETE /v1/tasks/{id}',
      'GET /health',
      'GET /v1/projects',
      'GET /v1/projects/{id}',
      'GET /v1/tasks',
      'GET /v1/tasks/{id}',
      'OPTIONS /health',
      'OPTIONS /v1/projects',
      'OPTIONS /v1/projects/{id}',
      'OPTIONS /v1/tasks',
      'OPTIONS /v1/tasks/{id}',
      'PATCH /v1/projects/{id}',
      'PATCH /v1/tasks/{id}',
      'POST /v1/projects',
      'POST /v1/tasks',
    ]);
  });

  it('has the whole key in the path, and no preflight without CORS', () => {
    const line = entity('line', [field('order', { required: true }), field('at', { type: 'integer' })], {
      key: { partition: 'order', sort: 'at' },
    });
    const of = compiled(
      blueprint({ auth: auth(), entities: [line], api: api({ resources: [routes('line', { base_path: '/' })] }) }),
    );
    assert.deepEqual(methodsOf(of), [
      'DELETE /{order}/{at}',
      'GET /',
      'GET /health',
      'GET /{order}/{at}',
      'PATCH /{order}/{at}',
      'POST /',
    ]);
    assert.deepEqual(body(of, 'paths', '/{order}/{at}', 'get', 'parameters', 1), {
      name: 'at',
      in: 'path',
      required: true,
      schema: { type: 'string' },
    });
  });

  it('keeps both where an endpoint shares a path with an entity', () => {
    const of = compiled(
      withEndpoints([endpoint('PUT', '/v1/tasks/{id}'), endpoint('DELETE', '/v1/tasks')], {
        auth: auth(),
        entities: [entity('task'), entity('other')],
        api: api({
          cors: { origins: ['*'] },
          resources: [routes('task', { only: ['list', 'get'] }), routes('other', { only: ['get'] })],
        }),
      }),
    );
    assert.deepEqual(of.codes, []);
    assert.deepEqual(
      methodsOf(of).filter((method) => method.includes('/v1/tasks')),
      [
        'DELETE /v1/tasks',
        'GET /v1/tasks',
        'GET /v1/tasks/{id}',
        'OPTIONS /v1/tasks',
        'OPTIONS /v1/tasks/{id}',
        'PUT /v1/tasks/{id}',
      ],
    );
    const allowed = body(
      of,
      'paths',
      '/v1/tasks',
      'options',
      'x-amazon-apigateway-integration',
      'responses',
      'default',
      'responseParameters',
    );
    assert.match(JSON.stringify(allowed), /'GET,DELETE,OPTIONS'/);
  });

  it('asks for a token wherever a route is not public', () => {
    const of = compiled(saasCrm());
    for (const name of methodsOf(of)) {
      const [method = '', path = ''] = name.split(' ');
      const open = method === 'OPTIONS' || path === '/health';
      const security = body(of, 'paths', path, method.toLowerCase(), 'security');
      assert.deepEqual(security, open ? undefined : [{ CognitoAuthorizer: [] }], name);
    }
    const scheme = body(of, 'components', 'securitySchemes', 'CognitoAuthorizer', 'x-amazon-apigateway-authorizer');
    assert.deepEqual(scheme, { type: 'cognito_user_pools', providerARNs: [{ Ref: 'UserPoolArn' }] });
  });

  it('does not know the user pool when everything is public', () => {
    const open = blueprint({
      auth: auth(),
      entities: [entity('note')],
      api: api({ resources: [routes('note', { allow: { level: 'public' } })] }),
    });
    const { stack } = compiled(open);
    assert.deepEqual(Object.keys(stack('api').parameters), ['AccessLogs']);
    assert.deepEqual(stack('api').dependsOn, ['lambda']);
  });

  it('gives permission for one method and path, parameters open', () => {
    const { resource } = compiled(taskManager());
    assert.deepEqual(resource('api', 'UpdateTaskPermission').Properties, {
      Action: 'lambda:InvokeFunction',
      FunctionName: 'backdrift-task-manager-dev-update-task-handler',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${RestApi}/api/PATCH/v1/tasks/*`,
      },
    });
  });

  it('throttles, never traces bodies, and logs nothing about the caller', () => {
    const of = compiled(taskManager());
    assert.deepEqual(of.property('api', 'Stage', 'MethodSettings'), [
      {
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: 50,
        ThrottlingBurstLimit: 100,
        DataTraceEnabled: false,
        MetricsEnabled: false,
      },
    ]);
    const format = String(of.property('api', 'Stage', 'AccessLogSetting', 'Fn::If', 1, 'Format'));
    assert.ok(JSON.parse(format));
    assert.doesNotMatch(format, /identity|authorizer|sourceIp|userAgent|\$context\.path/i);
  });

  it('has access logs only when the account can, by the value of a parameter', () => {
    const stack = compiled(taskManager()).stack('api');
    assert.deepEqual(stack?.parameters.AccessLogs, { from: 'account-setting', setting: 'api-gateway-logs' });
    assert.equal(stack?.template.Parameters?.AccessLogs?.Default, 'false');
    assert.equal(stack?.template.Resources.AccessLogGroup?.Condition, 'HasAccessLogs');
  });

  it('is deployed anew when it changes, and only then', () => {
    const base = taskManager();
    const before = deploymentId(compiled(base));
    assert.equal(deploymentId(compiled(structuredClone(base))), before);
    const throttled = { ...base, api: api({ ...base.api, throttle: { rate: 1, burst: 1 } }) };
    assert.equal(deploymentId(compiled(throttled)), before);
    const changes: Partial<NonNullable<Blueprint['api']>>[] = [
      { cors: { origins: ['https://a.example.com'] } },
      { resources: base.api?.resources.slice(1) ?? [] },
      {
        resources: (base.api?.resources ?? []).map((resource) => ({
          ...resource,
          base_path: `/v2${resource.base_path}`,
        })),
      },
    ];
    const ids = changes.map((change) => deploymentId(compiled({ ...base, api: api({ ...base.api, ...change }) })));
    const longer = structuredClone(base);
    const title = longer.entities[1]?.fields.find(({ name }) => name === 'title');
    if (title) title.max_length = 300;
    assert.equal(deploymentId(compiled(longer)), before, 'what a body may hold is the functions’ to check');
    assert.equal(new Set([before, ...ids]).size, changes.length + 1);
  });
});

describe('a request body', () => {
  it('must be a JSON object, which is all that the gateway checks: the functions say what is wrong in it', () => {
    const of = compiled(taskManager());
    assert.deepEqual(body(of, 'components', 'schemas'), { JsonObject: { type: 'object' } });
    for (const [path, method] of [
      ['/v1/tasks', 'post'],
      ['/v1/tasks/{id}', 'patch'],
    ] as const)
      assert.match(
        JSON.stringify(body(of, 'paths', path, method)),
        /"x-amazon-apigateway-request-validator":"body-only".*#\/components\/schemas\/JsonObject/,
      );
    assert.doesNotMatch(JSON.stringify(body(of, 'paths', '/v1/tasks', 'get')), /request-validator/);
  });

  it('of an endpoint is checked by the gateway where it is an object, and never where there is none', () => {
    const validated = (method: 'GET' | 'POST' | 'DELETE', request?: Record<string, unknown>) =>
      JSON.stringify(
        body(
          compiled(withEndpoints([endpoint(method, '/act', request === undefined ? {} : { request })])),
          'paths',
          '/act',
        ),
      ).includes('request-validator');
    assert.equal(validated('POST', { type: 'object' }), true);
    assert.equal(validated('POST', { type: 'array' }), false);
    assert.equal(validated('POST', { anyOf: [{ type: 'object' }, { type: 'null' }] }), false);
    assert.equal(validated('POST'), false);
    assert.equal(validated('GET', { type: 'object' }), false);
    assert.equal(validated('DELETE', { type: 'object' }), false);
  });

  it('of an endpoint cannot smuggle functions into the template', () => {
    const request = { type: 'object', properties: { Ref: { type: 'string' }, 'Fn::GetAtt': { type: 'array' } } };
    const of = compiled(withEndpoints([endpoint('POST', '/act', { request })]));
    for (const stack of of.stacks) assert.doesNotMatch(stack.body, /"Ref":\{|"Fn::GetAtt":\{/);
  });

  it('of endless depth is refused, not followed', () => {
    let request: Record<string, unknown> = { type: 'string' };
    for (let depth = 0; depth < 5000; depth++) request = { type: 'array', items: request };
    const of = compiled(withEndpoints([endpoint('POST', '/act', { request })]));
    assert.deepEqual(of.codes, ['contract-too-deep']);
    assert.ok(of.stack('api').body.length < 30_000);
  });
});

describe('CORS', () => {
  const preflightOf = (origins: string[]) => {
    const of = compiled(blueprint({ api: api({ cors: { origins } }) }));
    return JSON.stringify([
      body(of, 'paths', '/health', 'options'),
      body(of, 'x-amazon-apigateway-gateway-responses', 'DEFAULT_4XX'),
    ]);
  };

  it('names the one origin, or the one that asks when it is on the list', () => {
    assert.match(
      preflightOf(['https://a.example.com']),
      /Allow-Origin":"'https:\/\/a\.example\.com'".*Allow-Origin":"'https:\/\/a\.example\.com'"/,
    );
    const several = preflightOf(['https://a.example.com', 'http://localhost:5173']);
    assert.match(several, /\$origin == \\"https:\/\/a\.example\.com\\" \|\| \$origin == \\"http:\/\/localhost:5173\\"/);
    assert.match(several, /"'Origin'"/);
  });

  it('takes origins only, nothing that could leave its quotes', () => {
    for (const origin of [
      'https://a.example.com/',
      'javascript:x',
      `https://a'b`,
      'https://a"$b',
      'https://a\n',
      'a.example.com',
    ]) {
      const { problems } = compiled(blueprint({ api: api({ cors: { origins: ['*', origin] } }) }));
      assert.deepEqual(
        problems.map(({ code, path }) => [code, path]),
        [['bad-origin', ['api', 'cors', 'origins', 1]]],
        origin,
      );
    }
  });
});

describe('an API that cannot be', () => {
  const codes = (endpoints: ApiEndpoint[], rest: Partial<Blueprint> = {}) =>
    compiled(withEndpoints(endpoints, rest)).codes;

  it('answers one route twice, or names one place of a path in two ways', () => {
    assert.deepEqual(codes([endpoint('GET', '/health')]), ['route-conflict']);
    assert.deepEqual(codes([endpoint('POST', '/a/{id}/x'), endpoint('POST', '/a/{key}')]), ['path-parameter-conflict']);
    assert.deepEqual(
      codes([endpoint('POST', '/a/{id}/x'), endpoint('POST', '/a/{id}'), endpoint('POST', '/b/{key}')]),
      [],
    );
  });

  it('has paths that API Gateway refuses, or too many of them', () => {
    for (const path of ['/a b', `/\${AWS::AccountId}`, '/a{id}', '/{a}{b}', 'a', '/a//b', '/a?b']) {
      assert.ok(codes([endpoint('POST', path)]).includes('bad-path'), path);
    }
    // Over several functions: one could not be told who may call all of these.
    const functions = Array.from({ length: 10 }, (_, at) => userFunction(`act${at}`));
    const many = Array.from({ length: 299 }, (_, at) => endpoint('POST', `/p${at}`, { function: `act${at % 10}` }));
    assert.deepEqual(codes(many, { functions }), ['too-many-paths']);
    assert.deepEqual(codes(many.slice(1), { functions }), []);
  });

  it('is closed to everybody, or open by mistake', () => {
    assert.deepEqual(codes([endpoint('POST', '/a', { access: { level: 'authenticated' } })]), ['access-without-auth']);
    const noOwner = blueprint({
      auth: auth(),
      entities: [entity('note')],
      api: api({ resources: [routes('note', { allow: { level: 'owner' } })] }),
    });
    assert.deepEqual(compiled(noOwner).codes, ['owner-without-field']);
  });

  it('serves an entity twice, or one that is not there', () => {
    const resources = [routes('note'), routes('note', { base_path: '/other' }), routes('ghost')];
    const of = compiled(blueprint({ auth: auth(), entities: [entity('note')], api: api({ resources }) }));
    assert.deepEqual(
      of.problems.map(({ code, path }) => [code, path]),
      [
        ['duplicate-resource', ['api', 'resources', 1]],
        ['unknown-entity', ['api', 'resources', 2]],
      ],
    );
  });
});
