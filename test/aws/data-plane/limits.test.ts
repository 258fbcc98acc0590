import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { type Bench, startBench } from '../support/bench.ts';
import { call, calls, cognitoScheme, deployApi, deployFunction } from '../support/deployed-api.ts';

const sized = `exports.handler = async (event) => ({
  statusCode: 200,
  headers: { 'Content-Type': 'text/plain', 'X-Size': String((event.body ?? '').length) },
  body: 'x'.repeat(Number(event.queryStringParameters?.size ?? 0)),
});`;

/** Of the whole result, with its braces and names. */
const sixMegabytes = 6 * 1024 * 1024;

describe('a deployed API has limits', () => {
  let bench: Bench;
  let address: string;

  before(async function () {
    bench = await startBench(this);
    await deployFunction(bench, 'sized', sized);
    const preflight = {
      responses: { 204: { description: 'CORS' } },
      'x-amazon-apigateway-integration': {
        type: 'mock',
        requestTemplates: { 'application/json': '{"statusCode":204}' },
        responses: { default: { statusCode: '204' } },
      },
    };
    address = await deployApi(
      bench,
      {
        'x-amazon-apigateway-gateway-responses': {
          DEFAULT_4XX: { responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" } },
        },
        components: { securitySchemes: { Pool: cognitoScheme(['us-east-2_Nobody']) } },
        paths: {
          '/open': { get: calls('sized'), post: calls('sized'), head: calls('sized'), options: preflight },
          '/closed': { get: calls('sized', { security: [{ Pool: [] }] }) },
          '/special': { get: calls('sized'), post: calls('sized') },
          '/free': { get: calls('sized'), post: calls('sized') },
        },
      },
      {
        MethodSettings: [
          { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3 },
          { HttpMethod: 'GET', ResourcePath: '/special', ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 1 },
          { HttpMethod: '*', ResourcePath: '/free', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 },
          { HttpMethod: 'POST', ResourcePath: '/special', ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 },
        ],
      },
    );
  });
  after(() => bench?.stop());
  beforeEach(() => bench.advance(60_000));

  const statuses = async (count: number, path: string, method = 'GET') => {
    const seen: number[] = [];
    for (let n = 0; n < count; n++) seen.push((await call(`${address}${path}`, { method })).status);
    return seen;
  };

  it('its burst at once, then its rate, with a 429 of its gateway responses', async () => {
    assert.deepEqual(await statuses(5, '/open'), [200, 200, 200, 429, 429]);
    const refused = await call(`${address}/open`);
    assert.deepEqual(refused.json(), { message: 'Too Many Requests' });
    assert.equal(refused.headers.get('x-amzn-errortype'), 'TooManyRequestsException');
    assert.equal(refused.headers.get('access-control-allow-origin'), '*');
    bench.advance(500);
    assert.deepEqual(await statuses(2, '/open'), [200, 429], 'half a second is one request');
    bench.advance(1_000);
    assert.deepEqual(await statuses(3, '/open'), [200, 200, 429]);
    bench.advance(3_600_000);
    assert.deepEqual(await statuses(4, '/open'), [200, 200, 200, 429], 'an hour does not raise the burst');
  });

  it('for each method by itself, preflights too, and another for a method that has its own', async () => {
    assert.deepEqual(await statuses(4, '/open'), [200, 200, 200, 429]);
    assert.deepEqual(await statuses(4, '/open', 'OPTIONS'), [204, 204, 204, 429]);
    assert.deepEqual(await statuses(2, '/special'), [200, 429]);
    bench.advance(2_000);
    assert.deepEqual(await statuses(2, '/special'), [200, 429]);
    assert.deepEqual(await statuses(2, '/special', 'POST'), [429, 429], 'a rate of nothing');
  });

  it('before it looks at a token', async () => {
    assert.deepEqual(await statuses(4, '/closed'), [401, 401, 401, 429]);
  });

  it('of ten megabytes a request, of six a call of a function', async () => {
    const post = (bytes: number) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const sent = httpRequest(`${address}/open`, { method: 'POST' }, async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString() });
        });
        sent.on('error', reject);
        sent.end(Buffer.alloc(bytes, 0x61));
      });
    const whole = await post(5 * 1024 * 1024);
    assert.equal(whole.status, 200);
    assert.deepEqual(await post(sixMegabytes), { status: 413, text: '{"message":"Request Too Long"}' });
    assert.deepEqual(await post(10 * 1024 * 1024 + 1), {
      status: 413,
      text: 'HTTP content length exceeded 10485760 bytes.',
    });
  });

  it('of six megabytes an answer', async () => {
    const around = JSON.stringify({
      statusCode: 200,
      headers: { 'Content-Type': 'text/plain', 'X-Size': '0' },
      body: '',
    }).length;
    const most = await call(`${address}/open?size=${sixMegabytes - around}`);
    assert.deepEqual([most.status, most.text.length], [200, sixMegabytes - around]);
    const more = await call(`${address}/open?size=${sixMegabytes - around + 1}`);
    assert.deepEqual([more.status, more.text], [502, '{"message":"Internal server error"}']);
    assert.ok(bench.said.some((line) => /gave more than 6291456 bytes/.test(line)));
  });

  it('of 10,240 bytes of headers', async () => {
    const ask = (length: number) => call(`${address}/open`, { headers: { 'x-long': 'x'.repeat(length) } });
    assert.equal((await ask(9_500)).status, 200);
    const refused = await ask(10_240);
    assert.deepEqual([refused.status, refused.text], [431, 'HTTP header is larger than 10240 bytes.']);
    assert.equal(refused.headers.get('access-control-allow-origin'), null, 'no gateway response shapes it');
  });

  it('and answers HEAD where a method is there for it, without a body', async () => {
    const head = await call(`${address}/open?size=10`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length'), head.text], [200, '10', '']);
    assert.equal((await call(`${address}/special`, { method: 'HEAD' })).status, 403);
  });
});
