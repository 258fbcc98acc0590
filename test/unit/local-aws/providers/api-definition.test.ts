import assert from 'node:assert/strict';
import { apiDefinition } from '../../../../local-aws/providers/api-definition.ts';

const integration = { type: 'aws_proxy', httpMethod: 'POST', uri: 'arn:aws:apigateway:us-east-2:lambda:path/x' };

describe('an OpenAPI document', () => {
  it('gives methods with authorization, parameters, models, validator and integration', () => {
    const definition = apiDefinition({
      openapi: '3.0.1',
      info: { title: 'tasks', description: 'all tasks' },
      'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true } },
      components: {
        securitySchemes: {
          Pool: {
            type: 'apiKey',
            name: 'X-Auth',
            in: 'header',
            'x-amazon-apigateway-authtype': 'cognito_user_pools',
            'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: ['arn:pool'] },
          },
          Key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
          Iam: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
        },
        schemas: { Task: { type: 'object' } },
      },
      security: [{ Iam: [] }],
      paths: {
        '/tasks/{id}': {
          parameters: [{ name: 'id', in: 'path', required: true }],
          put: {
            operationId: 'putTask',
            security: [{ Pool: ['tasks/write'], Key: [] }],
            'x-amazon-apigateway-request-validator': 'body',
            parameters: [{ name: 'dry', in: 'query' }],
            requestBody: {
              content: {
                'application/json': { schema: { $ref: '#/components/schemas/Task' } },
                'application/merge+json': { schema: { type: 'array' } },
              },
            },
            responses: {
              200: {
                headers: { ETag: {} },
                content: { 'application/json': { schema: { $ref: '#/components/schemas/Task' } } },
              },
              default: {},
            },
            'x-amazon-apigateway-integration': integration,
          },
          get: { 'x-amazon-apigateway-integration': integration },
          options: {
            security: [],
            'x-amazon-apigateway-integration': {
              type: 'mock',
              requestTemplates: { 'application/json': '{"statusCode":204}' },
            },
          },
          'x-amazon-apigateway-any-method': {
            'x-amazon-apigateway-auth': { type: 'NONE' },
            security: [],
            'x-amazon-apigateway-integration': integration,
          },
        },
      },
    });
    assert.equal(definition.title, 'tasks');
    assert.deepEqual(definition.authorizers, [
      {
        name: 'Pool',
        type: 'COGNITO_USER_POOLS',
        identitySource: 'method.request.header.X-Auth',
        providerArns: ['arn:pool'],
      },
    ]);
    assert.deepEqual(definition.validators, [
      { name: 'body', validateRequestBody: true, validateRequestParameters: false },
    ]);
    const [get, put, options, any] = definition.methods;
    assert.deepEqual(
      definition.methods.map(({ httpMethod }) => httpMethod),
      ['GET', 'PUT', 'OPTIONS', 'ANY'],
    );
    assert.deepEqual(get?.authorization, { type: 'AWS_IAM' });
    assert.deepEqual(put?.authorization, {
      type: 'authorizer',
      name: 'Pool',
      kind: 'COGNITO_USER_POOLS',
      scopes: ['tasks/write'],
    });
    assert.equal(put?.apiKeyRequired, true);
    assert.equal(put?.validator, 'body');
    assert.deepEqual(put?.requestParameters, {
      'method.request.path.id': true,
      'method.request.querystring.dry': false,
    });
    assert.equal(put?.requestModels['application/json'], 'Task');
    const inline = put?.requestModels['application/merge+json'] ?? '';
    assert.match(inline, /^MODEL[0-9a-f]{6}$/);
    assert.deepEqual(
      definition.models.map(({ name }) => name),
      ['Task', inline],
    );
    assert.deepEqual(put?.responses, [
      {
        statusCode: '200',
        parameters: { 'method.response.header.ETag': false },
        models: { 'application/json': 'Task' },
      },
    ]);
    assert.equal(put?.integration?.type, 'AWS_PROXY');
    assert.deepEqual(options?.authorization, { type: 'NONE' });
    assert.equal(options?.integration?.type, 'MOCK');
    assert.deepEqual(any?.authorization, { type: 'NONE' });
  });

  it('of Swagger 2.0 is read as well', () => {
    const definition = apiDefinition({
      swagger: '2.0',
      securityDefinitions: {
        Pool: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools' },
        },
      },
      definitions: { Task: { type: 'object' } },
      paths: {
        '/': {
          post: {
            security: [{ Pool: [] }],
            parameters: [{ in: 'body', name: 'task', schema: { $ref: '#/definitions/Task' } }],
            'x-amazon-apigateway-integration': integration,
          },
        },
      },
    });
    assert.deepEqual(definition.methods[0]?.requestModels, { 'application/json': 'Task' });
    assert.equal(definition.methods[0]?.authorization.type, 'authorizer');
  });

  it('that is none is refused', () => {
    for (const text of [
      null,
      'x',
      [],
      { paths: { '/': { get: 1 } } },
      { paths: { '/': { get: { 'x-amazon-apigateway-integration': {} } } } },
    ])
      assert.throws(() => apiDefinition(text), { name: /ZodError|\$ZodError/ }, JSON.stringify(text));
  });
});
