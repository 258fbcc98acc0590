import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiSnapshot } from '../../../../local-aws/data-plane/api-snapshots.ts';
import { type ApiRequest, isBinary, proxyEvent } from '../../../../local-aws/data-plane/proxy-event.ts';

const snapshot: ApiSnapshot = {
  restApiId: 'abc123',
  deploymentId: 'dep1',
  region: 'us-east-2',
  binaryMediaTypes: ['image/*'],
  resources: [],
  authorizers: new Map(),
  gatewayResponses: new Map(),
  validators: new Map(),
  models: new Map(),
};

function event(
  request: Partial<ApiRequest>,
  more: { authorizer?: Record<string, unknown>; pathParameters?: Record<string, string> } = {},
) {
  return proxyEvent({
    request: {
      method: 'POST',
      path: '/v1/tasks',
      query: '',
      rawHeaders: ['Host', 'local:1'],
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
      protocol: 'HTTP/1.1',
      host: 'local:1',
      port: '1',
      ...request,
    },
    route: {
      resource: { id: 'r1', path: '/v1/tasks' },
      method: { operationName: 'createTask' },
      pathParameters: more.pathParameters ?? {},
    },
    snapshot,
    stage: { name: 'dev', variables: {} },
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    traceId: 'Root=1-0-0',
    time: new Date('2026-04-09T12:34:56Z'),
    authorizer: more.authorizer,
  });
}

describe('a proxy event', () => {
  it('has every field of payload format 1.0, and null where there is nothing', () => {
    assert.deepEqual(event({}), {
      resource: '/v1/tasks',
      path: '/v1/tasks',
      httpMethod: 'POST',
      headers: {
        Host: 'local:1',
        'X-Amzn-Trace-Id': 'Root=1-0-0',
        'X-Forwarded-For': '127.0.0.1',
        'X-Forwarded-Port': '1',
        'X-Forwarded-Proto': 'http',
      },
      multiValueHeaders: {
        Host: ['local:1'],
        'X-Amzn-Trace-Id': ['Root=1-0-0'],
        'X-Forwarded-For': ['127.0.0.1'],
        'X-Forwarded-Port': ['1'],
        'X-Forwarded-Proto': ['http'],
      },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        resourceId: 'r1',
        resourcePath: '/v1/tasks',
        operationName: 'createTask',
        httpMethod: 'POST',
        extendedRequestId: 'c6af9ac67b6111e',
        requestTime: '09/Apr/2026:12:34:56 +0000',
        path: '/dev/v1/tasks',
        accountId: '123456789012',
        protocol: 'HTTP/1.1',
        stage: 'dev',
        domainPrefix: 'abc123',
        requestTimeEpoch: 1775738096000,
        requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
        identity: {
          cognitoIdentityPoolId: null,
          accountId: null,
          cognitoIdentityId: null,
          caller: null,
          sourceIp: '127.0.0.1',
          principalOrgId: null,
          accessKey: null,
          cognitoAuthenticationType: null,
          cognitoAuthenticationProvider: null,
          userArn: null,
          userAgent: null,
          user: null,
        },
        domainName: 'abc123.execute-api.us-east-2.amazonaws.com',
        deploymentId: 'dep1',
        apiId: 'abc123',
      },
      body: null,
      isBase64Encoded: false,
    });
  });

  it('keeps repeated headers under the first spelling, and drops those of the connection', () => {
    const made = event({
      rawHeaders: ['X-A', '1', 'x-a', '2', 'Connection', 'close', 'Content-Length', '9', 'x-forwarded-for', '10.0.0.1'],
    });
    assert.deepEqual(made.multiValueHeaders, {
      'X-A': ['1', '2'],
      'x-forwarded-for': ['10.0.0.1'],
      'X-Amzn-Trace-Id': ['Root=1-0-0'],
      'X-Forwarded-Port': ['1'],
      'X-Forwarded-Proto': ['http'],
    });
    assert.deepEqual(Reflect.get(Object(made.headers), 'X-A'), '2');
  });

  it('carries the authorizer where there is one', () => {
    const made = event({}, { authorizer: { claims: { sub: 'u' } } });
    assert.deepEqual(Reflect.get(Object(made.requestContext), 'authorizer'), { claims: { sub: 'u' } });
  });

  it('gives any body back: as text, or as base64 where it is binary or no text', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.constantFrom('application/json', 'image/png', 'text/plain; charset=utf-8'),
        (bytes, type) => {
          const body = Buffer.from(bytes);
          const made = event({ body, rawHeaders: ['Content-Type', type] });
          const back = Buffer.from(String(made.body), made.isBase64Encoded ? 'base64' : 'utf8');
          assert.deepEqual(back, body);
          if (type === 'image/png') assert.equal(made.isBase64Encoded, true);
        },
      ),
    );
  });

  it('has every query value that was sent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme-composite' }), fc.string({ unit: 'grapheme-composite' })), {
          minLength: 1,
          maxLength: 6,
        }),
        (pairs) => {
          const made = event({ query: new URLSearchParams(pairs).toString() });
          const lists = Object(made.multiValueQueryStringParameters);
          for (const [name] of pairs) {
            const sent = pairs.filter(([other]) => other === name).map(([, value]) => value);
            assert.deepEqual(lists[name], sent);
          }
        },
      ),
    );
  });

  it('knows binary media types with stars and parameters', () => {
    assert.equal(isBinary(['image/*'], 'IMAGE/png; q=1'), true);
    assert.equal(isBinary(['*/*'], 'anything/else'), true);
    assert.equal(isBinary(['application/pdf'], 'application/json'), false);
    assert.equal(isBinary([], 'image/png'), false);
  });
});
