import assert from 'node:assert/strict';
import type { GatewayResponse } from '@aws-sdk/client-api-gateway';
import fc from 'fast-check';
import { SigningKeys } from '../../../../local-aws/cognito/signing-keys.ts';
import type { ApiSnapshot } from '../../../../local-aws/data-plane/api-snapshots.ts';
import { authorize, claimTexts } from '../../../../local-aws/data-plane/authorization.ts';
import { functionReference } from '../../../../local-aws/data-plane/function-reference.ts';
import { gatewayAnswer } from '../../../../local-aws/data-plane/gateway-response.ts';
import { TokenVerifier } from '../../../../local-aws/data-plane/token-verifier.ts';

const empty: ApiSnapshot = {
  restApiId: 'a',
  deploymentId: 'd',
  region: 'us-east-2',
  binaryMediaTypes: [],
  resources: [],
  authorizers: new Map(),
  gatewayResponses: new Map(),
  validators: new Map(),
  models: new Map(),
};
const facts = { requestId: 'r-1', path: '/dev/x', stage: 'dev' };

describe('an answer of the gateway itself', () => {
  it('is the standard one where the API says nothing', () => {
    const answer = gatewayAnswer('UNAUTHORIZED', { ...facts, snapshot: empty });
    assert.equal(answer.status, 401);
    assert.equal(answer.body.toString(), '{"message":"Unauthorized"}');
    assert.deepEqual(answer.headers, [
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', 'UnauthorizedException'],
    ]);
  });

  it('takes its own shape first, then the default of its class', () => {
    const header = (value: string) => ({ responseParameters: { 'gatewayresponse.header.X-Shape': value } });
    const snapshot: ApiSnapshot = {
      ...empty,
      gatewayResponses: new Map<string, GatewayResponse>([
        ['UNAUTHORIZED', header("'own'")],
        ['DEFAULT_4XX', header("'4xx'")],
        [
          'DEFAULT_5XX',
          {
            ...header('context.requestId'),
            statusCode: '599',
            responseTemplates: {
              'application/json': `{"e":"$${''}{context.error.message}","p":"$context.path","q":"$context.unknown"}`,
            },
          },
        ],
      ]),
    };
    const shape = (type: Parameters<typeof gatewayAnswer>[0]) => gatewayAnswer(type, { ...facts, snapshot });
    assert.deepEqual(shape('UNAUTHORIZED').headers.at(-1), ['X-Shape', 'own']);
    assert.deepEqual(shape('MISSING_AUTHENTICATION_TOKEN').headers.at(-1), ['X-Shape', '4xx']);
    const late = shape('INTEGRATION_TIMEOUT');
    assert.equal(late.status, 599);
    assert.deepEqual(late.headers.at(-1), ['X-Shape', 'r-1']);
    assert.equal(late.body.toString(), '{"e":"Endpoint request timed out","p":"/dev/x","q":"$context.unknown"}');
  });
});

describe('authorization', () => {
  const route = (authorizationType: string, authorizerId?: string) => ({
    resource: { path: '/x' },
    method: { httpMethod: 'GET', authorizationType, ...(authorizerId && { authorizerId }) },
    pathParameters: {},
  });

  const keys = new SigningKeys();
  const tokens = new TokenVerifier((id) => keys.publicKeys(id));

  it('asks nothing of an open route, and a signature of an IAM one', async () => {
    assert.deepEqual(await authorize(route('NONE'), empty, new Map(), tokens), { kind: 'allowed' });
    assert.deepEqual(await authorize(route('AWS_IAM'), empty, new Map(), tokens), { kind: 'missing-token' });
  });

  it('says so where an authorizer cannot be run', async () => {
    const snapshot = { ...empty, authorizers: new Map([['l', { type: 'TOKEN' as const }]]) };
    assert.equal((await authorize(route('CUSTOM', 'l'), snapshot, new Map(), tokens)).kind, 'unsupported');
  });

  it('lets through nothing that is no token, whatever it is', async () => {
    const pool = 'arn:aws:cognito-idp:us-east-2:123456789012:userpool/us-east-2_Abc';
    const authorizer = { type: 'COGNITO_USER_POOLS' as const, providerARNs: [pool] };
    const snapshot = { ...empty, authorizers: new Map([['c', authorizer]]) };
    const asked = (authorization: string) =>
      authorize(route('COGNITO_USER_POOLS', 'c'), snapshot, new Map([['authorization', authorization]]), tokens);
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.')),
        ),
        async (text) => {
          assert.deepEqual(await asked(text), { kind: 'unauthorized' });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('turns claims into text', () => {
    const claims = claimTexts(JSON.parse('{"exp":1e300,"list":["a",1],"more":{"a":1},"no":null,"__proto__":"x"}'));
    assert.equal(claims.exp, '1e+300');
    assert.equal(claims.list, 'a,1');
    assert.equal(claims.more, '{"a":1}');
    assert.equal(claims.no, 'null');
    assert.equal(Object.getPrototypeOf(claims), Object.prototype);
  });
});

describe('a function is called', () => {
  it('by name, partial ARN or ARN', () => {
    assert.deepEqual(functionReference('tasks'), { name: 'tasks' });
    assert.deepEqual(functionReference('tasks:live'), { name: 'tasks', qualifier: 'live' });
    assert.deepEqual(functionReference('123456789012:function:tasks:3'), { name: 'tasks', qualifier: '3' });
    assert.deepEqual(functionReference('arn:aws:lambda:us-west-2:123456789012:function:tasks:$LATEST'), {
      name: 'tasks',
      qualifier: '$LATEST',
      region: 'us-west-2',
    });
  });
});
