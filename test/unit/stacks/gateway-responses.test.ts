import assert from 'node:assert/strict';
import type { ApiSnapshot } from '../../../local-aws/data-plane/api-snapshots.ts';
import { gatewayAnswer } from '../../../local-aws/data-plane/gateway-response.ts';
import { isObject, own } from '../../../src/runtime/json.ts';
import { gatewayResponses } from '../../../src/stacks/gateway-responses.ts';

/** All that a gateway response may be for. https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html */
const types = new Set(
  `DEFAULT_4XX DEFAULT_5XX RESOURCE_NOT_FOUND UNAUTHORIZED INVALID_API_KEY ACCESS_DENIED AUTHORIZER_FAILURE
  AUTHORIZER_CONFIGURATION_ERROR INVALID_SIGNATURE EXPIRED_TOKEN MISSING_AUTHENTICATION_TOKEN INTEGRATION_FAILURE
  INTEGRATION_TIMEOUT API_CONFIGURATION_ERROR UNSUPPORTED_MEDIA_TYPE BAD_REQUEST_PARAMETERS BAD_REQUEST_BODY
  REQUEST_TOO_LARGE THROTTLED QUOTA_EXCEEDED WAF_FILTERED`.split(/\s+/),
);

const texts = (value: unknown): Record<string, string> =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)])) : {};

describe('what the gateway answers itself', () => {
  const shaped = gatewayResponses('https://app.example');
  assert.ok(isObject(shaped));

  it('is of types that there are, with headers in quotes and a status that fits', () => {
    for (const [type, response] of Object.entries(shaped)) {
      assert.ok(types.has(type), type);
      const parameters = texts(own(response, 'responseParameters'));
      for (const [name, value] of Object.entries(parameters)) {
        assert.match(name, /^gatewayresponse\.header\.[A-Za-z-]+$/);
        assert.match(value, /^'[^']*'$/);
      }
      const template = texts(own(response, 'responseTemplates'))['application/json'] ?? '';
      const written: unknown = JSON.parse(template);
      assert.equal(own(written, 'request_id'), '$context.requestId');
      assert.deepEqual(template.match(/\$[\w.{}]+/g), ['$context.requestId'], 'nothing that somebody sent is repeated');
      const status = own(response, 'statusCode');
      assert.equal(String(own(written, 'status') ?? ''), status === undefined ? '' : status);
      assert.equal(status === undefined, type.startsWith('DEFAULT_'));
    }
  });

  it('is a problem with the request id, for pages of other origins as well', () => {
    const snapshot: ApiSnapshot = {
      restApiId: 'a',
      deploymentId: 'd',
      region: 'us-east-2',
      binaryMediaTypes: [],
      resources: [],
      authorizers: new Map(),
      gatewayResponses: new Map(
        Object.entries(shaped).map(([type, response]) => [
          type,
          {
            ...(own(response, 'statusCode') === undefined ? {} : { statusCode: String(own(response, 'statusCode')) }),
            responseParameters: texts(own(response, 'responseParameters')),
            responseTemplates: texts(own(response, 'responseTemplates')),
          },
        ]),
      ),
      validators: new Map(),
      models: new Map(),
    };
    const facts = {
      requestId: 'r-1',
      path: '/secret',
      stage: 'api',
      snapshot,
      message: 'secret',
      validationError: '["secret"]',
    };
    const expected = {
      MISSING_AUTHENTICATION_TOKEN: [404, 'Not found'],
      UNAUTHORIZED: [401, 'Sign in first'],
      BAD_REQUEST_BODY: [400, 'The request is not valid'],
      THROTTLED: [429, 'Too many requests'],
      REQUEST_TOO_LARGE: [413, 'Too large'],
      INTEGRATION_FAILURE: [502, 'Internal error'],
      INTEGRATION_TIMEOUT: [504, 'Timed out'],
    } as const;
    for (const type of [
      'MISSING_AUTHENTICATION_TOKEN',
      'UNAUTHORIZED',
      'BAD_REQUEST_BODY',
      'THROTTLED',
      'REQUEST_TOO_LARGE',
      'INTEGRATION_FAILURE',
      'INTEGRATION_TIMEOUT',
    ] as const) {
      const { status, headers, body } = gatewayAnswer(type, facts);
      const problem: unknown = JSON.parse(body.toString());
      assert.deepEqual([status, own(problem, 'title')], expected[type]);
      assert.equal(own(problem, 'request_id'), 'r-1');
      assert.ok(!body.includes('secret'));
      const sent = headers.map(([name, value]) => [name.toLowerCase(), value]);
      assert.equal(new Set(sent.map(([name]) => name)).size, sent.length, 'each header once');
      const byName = Object.fromEntries(sent);
      assert.equal(byName['content-type'], 'application/problem+json');
      assert.equal(byName['access-control-allow-origin'], 'https://app.example');
      assert.equal(byName['retry-after'], type === 'THROTTLED' ? '1' : undefined);
      assert.equal(byName['www-authenticate'], type === 'UNAUTHORIZED' ? 'Bearer' : undefined);
    }
  });

  it('opens nothing to other origins where the Blueprint does not', () => {
    assert.doesNotMatch(JSON.stringify(gatewayResponses(undefined)), /Access-Control/);
  });
});
