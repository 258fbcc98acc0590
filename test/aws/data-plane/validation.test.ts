import assert from 'node:assert/strict';
import { type Bench, startBench } from '../support/bench.ts';
import { call, calls, deployApi, deployFunction } from '../support/deployed-api.ts';

const echo = `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ reached: event.body }) });`;

describe('a deployed API validates requests', () => {
  let bench: Bench;
  let address: string;

  before(async function () {
    bench = await startBench(this);
    await deployFunction(bench, 'echo', echo);
    const schema = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });
    const task = { content: { 'application/json': schema('Task') } };
    address = await deployApi(bench, {
      'x-amazon-apigateway-request-validators': {
        body: { validateRequestBody: true, validateRequestParameters: false },
        parameters: { validateRequestBody: false, validateRequestParameters: true },
        both: { validateRequestBody: true, validateRequestParameters: true },
      },
      'x-amazon-apigateway-gateway-responses': {
        BAD_REQUEST_BODY: {
          responseTemplates: {
            'application/json': '{"say":$context.error.messageString,"why":"$context.error.validationErrorString"}',
          },
        },
      },
      components: {
        schemas: {
          Task: {
            type: 'object',
            required: ['title'],
            properties: {
              title: { type: 'string', minLength: 1, maxLength: 5 },
              // Draft 4: the bound itself is left out by a boolean.
              weight: { type: 'number', minimum: 0, exclusiveMinimum: true },
              owner: { $ref: '#/components/schemas/Person' },
            },
          },
          Person: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
          Odd: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
        },
      },
      paths: {
        '/tasks': {
          post: calls('echo', { 'x-amazon-apigateway-request-validator': 'body', requestBody: task }),
          put: calls('echo', { requestBody: task }),
          patch: calls('echo', {
            'x-amazon-apigateway-request-validator': 'body',
            requestBody: { content: { 'application/json': schema('Task'), $default: schema('Person') } },
          }),
          get: calls('echo', {
            'x-amazon-apigateway-request-validator': 'both',
            parameters: [
              { name: 'q', in: 'query', required: true },
              { name: 'X-Who', in: 'header', required: true },
              { name: 'page', in: 'query' },
            ],
          }),
        },
        '/odd': {
          post: calls('echo', {
            'x-amazon-apigateway-request-validator': 'body',
            requestBody: { content: { 'application/json': schema('Odd') } },
          }),
        },
        '/never': {
          post: {
            responses: { 200: { description: 'mock' } },
            'x-amazon-apigateway-integration': {
              type: 'mock',
              passthroughBehavior: 'never',
              requestTemplates: { 'application/json': '{"statusCode":200}' },
              responses: { default: { statusCode: '200' } },
            },
          },
        },
      },
    });
  });
  after(() => bench?.stop());

  const send = (body: string | undefined, type: string | null = 'application/json', method = 'POST', path = '/tasks') =>
    call(`${address}${path}`, {
      method,
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
      headers: type === null ? {} : { 'content-type': type },
    });

  it('lets a body of its model through', async () => {
    for (const body of ['{"title":"a"}', '{"title":"12345","more":[1]}', '{"title":"ok","owner":{"name":"ann"}}']) {
      const answer = await send(body);
      assert.deepEqual([answer.status, answer.json()], [200, { reached: body }]);
    }
  });

  it('refuses every other with a 400 of its own shape, before the function', async () => {
    for (const [body, why] of [
      ['{}', 'title'],
      ['{"title":""}', 'short'],
      ['{"title":"123456"}', 'long'],
      ['{"title":1}', 'number'],
      ['{"title":"a","weight":0}', '0'],
      ['{"title":"a","owner":{}}', 'name'],
      ['[]', 'array'],
      ['null', 'null'],
      ['"a"', 'string'],
      ['{"title":', 'JSON'],
      ['{"__proto__":{"title":"a"}}', 'title'],
      [undefined, 'JSON'],
      ['', 'JSON'],
    ] as const) {
      const answer = await send(body);
      assert.equal(answer.status, 400, body);
      assert.equal(answer.headers.get('x-amzn-errortype'), 'BadRequestException');
      assert.match(answer.text, /"say":"Invalid request body"/);
      assert.match(answer.text, new RegExp(`"why":"\\[.*${why}`), body);
    }
  });

  it('chooses the model by content type: none for it is no check', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', null])
      assert.equal((await send('{}', type)).status, 400, String(type));
    for (const type of ['text/plain', 'application/xml', 'application/problem+json'])
      assert.equal((await send('{}', type)).status, 200, type);
    assert.equal((await send('{"title":"a"}', 'text/plain', 'PATCH')).status, 400, '$default');
    assert.equal((await send('{"name":"a"}', 'text/plain', 'PATCH')).status, 200, '$default');
  });

  it('checks nothing where no validator is set, and says so where a model cannot be applied', async () => {
    assert.equal((await send('{}', 'application/json', 'PUT')).status, 200);
    assert.equal((await send('{"a":"("}', 'application/json', 'POST', '/odd')).status, 200);
    assert.ok(bench.said.some((line) => /POST \/odd: The model Odd cannot be applied/.test(line)));
  });

  it('wants the required parameters, not blank', async () => {
    const ask = (query: string, who?: string) =>
      call(`${address}/tasks${query}`, who === undefined ? {} : { headers: { 'x-who': who } });
    assert.equal((await ask('?q=1', 'me')).status, 200);
    for (const [query, who, missing] of [
      ['', undefined, 'q, X-Who'],
      ['?q=', 'me', 'q'],
      ['?q=%20', 'me', 'q'],
      ['?page=1', 'me', 'q'],
      ['?q=1', undefined, 'X-Who'],
    ] as const) {
      const answer = await ask(query, who);
      const message = `Missing required request parameters: [${missing}]`;
      assert.deepEqual([answer.status, answer.json()], [400, { message }]);
    }
  });

  it('415 where an integration takes its own types only', async () => {
    assert.equal((await send('{}', 'application/json', 'POST', '/never')).status, 200);
    const answer = await send('<a/>', 'application/xml', 'POST', '/never');
    assert.deepEqual([answer.status, answer.json()], [415, { message: 'Unsupported Media Type' }]);
  });

  it('is not led astray by a body of 9 MB or of a hundred thousand levels', async () => {
    assert.equal((await send(`{"title":"${'a'.repeat(9_000_000)}"}`)).status, 400);
    assert.equal((await send(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).status, 400);
    assert.equal((await send('['.repeat(100_000))).status, 400);
  });
});
