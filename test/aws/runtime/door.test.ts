import assert from 'node:assert/strict';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { door, type Learned } from '../../../src/runtime/door/door.ts';
import { prepareRoutes } from '../../../src/runtime/door/routes.ts';
import { isObject } from '../../../src/runtime/json.ts';
import type { LogLine } from '../../../src/runtime/log/line.ts';
import { reservedKeyPrefix } from '../../../src/runtime/reserved.ts';
import { compile } from '../../../src/stacks/compile.ts';
import type { Compilation } from '../../../src/stacks/stack.ts';
import { codeOf } from '../../builders/example-blueprints.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { connect, makeTable } from './bench.ts';

const blueprint = `
project: { name: Door }
auth: { strategy: cognito, roles: [admin, sales] }
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities:
  - { name: organization, fields: [{ name: name }] }
  - name: deal
    tenancy: tenant
    owner_field: owner_id
    soft_delete: true
    ttl: expires_at
    fields:
      - { name: title, renamed_from: headline, required: true }
      - { name: amount, type: number }
      - { name: expires_at, type: datetime }
      - { name: owner_id }
  - name: line
    tenancy: tenant
    owner_field: owner_id
    fields:
      - { name: deal_id, primary: true }
      - { name: position, type: integer, primary: true, sort: true }
      - { name: owner_id }
  - name: note
    owner_field: author_id
    fields: [{ name: text }, { name: author_id }]
api:
  cors: { origins: ["https://app.example"] }
  resources:
    - { entity: organization, base_path: /v1/organizations, operations: [get] }
    - { entity: deal, base_path: /v1/deals, operations: [get] }
    - { entity: line, base_path: /v1/lines, operations: [get], auth: sales }
    - { entity: note, base_path: /v1/notes, operations: [get], auth: owner }
  endpoints:
    - { method: GET, path: /v1/ping, function: act, auth: public }
    - { method: GET, path: /v1/me, function: act }
    - { method: POST, path: /v1/reports, function: act, auth: admin }
    - { method: POST, path: "/v1/deals/{id}/win", function: act, auth: sales }
    - { method: POST, path: "/v1/deals/{id}/keep", function: act, auth: owner }
    - { method: PUT, path: "/v1/lines/{deal_id}/{position}", function: act, auth: owner }
    - { method: POST, path: "/v1/notes/{id}/pin", function: act, auth: owner }
    - { method: POST, path: "/v1/notes/{id}/read", function: act }
    - { method: POST, path: "/v1/organizations/{id}/close", function: act, auth: admin }
    - method: POST
      path: /v1/score
      function: act
      deprecated: true
      sunset: 2027-06-30
      request: { type: object, required: [stage], properties: { stage: { enum: [lead, won] } }, additionalProperties: false }
      response: { type: object, required: [score], properties: { score: { type: number, maximum: 100 } } }
functions:
  - { name: act, handler: act.mjs }
`;

type Claims = Record<string, string>;
const ada: Claims = { sub: 'ada', 'custom:tenant_id': 'acme', 'cognito:groups': 'sales' };
const bob: Claims = { sub: 'bob', 'custom:tenant_id': 'acme', 'cognito:groups': 'sales,admin' };
const eve: Claims = { sub: 'ada', 'custom:tenant_id': 'evil', 'cognito:groups': 'sales,admin' };
const homeless: Claims = { sub: 'kim', 'cognito:groups': 'sales,admin' };

interface Request {
  claims?: Claims;
  path?: Record<string, string>;
  body?: string;
  headers?: Record<string, string>;
}

describe('the door around a user’s function', () => {
  let moto: Moto | undefined;
  let documents: DynamoDBDocument;
  let compilation: Compilation;
  const log: LogLine[] = [];
  const received: { event: unknown; learned: Learned }[] = [];
  let answer: (event: unknown) => unknown = () => ({ statusCode: 200, body: '{"done":true}' });

  before(async function () {
    moto = await motoFor(this);
    const connected = connect(moto.endpoint);
    documents = connected.documents;
    for (const name of ['organization', 'deal', 'note'])
      await makeTable(connected.client, name, { partition: 'id' }, []);
    await makeTable(connected.client, 'line', { partition: 'deal_id', sort: 'position' }, [], ['position']);
    const put = (TableName: string, Item: Record<string, unknown>) => documents.put({ TableName, Item });
    const deal = { organization_id: 'acme', owner_id: 'ada', headline: 'Big', amount: 5, _revision: 'r', _list: 'all' };
    await put('deal', { id: 'd1', ...deal });
    await put('deal', { id: 'gone', ...deal, deleted_at: '2026-01-01T00:00:00.000Z' });
    await put('deal', { id: 'late', ...deal, expires_at: '2020-01-01T00:00:00.000Z', _ttl: 1_577_836_800 });
    await put('deal', { id: 'soon', ...deal, expires_at: '2999-01-01T00:00:00.000Z', _ttl: 32_472_144_000 });
    await put('deal', { id: 'orphan', headline: 'of nobody' });
    await put('line', { deal_id: 'd 1', position: 2, organization_id: 'acme', owner_id: 'ada' });
    await put('note', { id: 'n1', text: 'hello', author_id: 'ada' });
    // What Backdrift keeps among the rows, as if it were one of them.
    const claim = `${reservedKeyPrefix}title#x`;
    await put('deal', { id: claim, ...deal });
    await put('note', { id: claim, author_id: 'ada' });
    await put('organization', { id: 'acme', name: 'Acme' });
    await put('organization', { id: 'evil', name: 'Evil' });
    const parsed = parseBlueprint(blueprint);
    assert.ok(parsed.blueprint, JSON.stringify(parsed.problems));
    compilation = compile(parsed.blueprint, { environment: 'dev', code: codeOf(parsed.blueprint) });
    assert.deepEqual(compilation.problems, []);
  });
  after(() => moto?.stop());
  beforeEach(() => {
    log.length = 0;
    received.length = 0;
    answer = () => ({ statusCode: 200, body: '{"done":true}' });
  });

  /** The door as it was compiled: what its zip and its environment say. */
  function compiledDoor() {
    const lambda = compilation.stacks.find(({ layer }) => layer === 'lambda');
    const source = lambda?.artifacts.map((artifact) => artifact.source).find(({ kind }) => kind === 'function');
    assert.ok(source?.kind === 'function' && source.door !== undefined);
    const { Environment } = lambda?.template.Resources.CustomActFunction?.Properties ?? {};
    const variables = isObject(Environment) ? Environment.Variables : undefined;
    assert.ok(isObject(variables) && typeof variables.ROUTE_ACCESS === 'string');
    return { routes: prepareRoutes(JSON.parse(source.door), variables.ROUTE_ACCESS), variables };
  }

  async function ask(route: string, { claims, path = {}, body, headers = {} }: Request = {}) {
    const { routes, variables } = compiledDoor();
    const [httpMethod, resource] = route.split(' ');
    const world = {
      documents,
      table: (entity: string) => {
        assert.ok(variables[`TABLE_${entity.toUpperCase()}`], `no table for ${entity}`);
        return entity;
      },
      now: () => new Date(),
    };
    const guarded = door(
      {
        routes: () => routes,
        lookup: async () => world,
        handler: async (event) => {
          const learned = isObject(event) ? event.backdrift : undefined;
          assert.ok(isObject(learned) && isObject(learned.caller));
          received.push({ event, learned: { caller: { roles: [] }, ...learned } });
          return answer(event);
        },
      },
      { origins: ['https://app.example'], log: (line) => log.push(line), ticks: () => 0 },
    );
    const event = {
      httpMethod,
      resource,
      path: resource,
      headers: { origin: 'https://app.example', ...headers },
      pathParameters: Object.fromEntries(
        Object.entries(path).map(([name, value]) => [name, encodeURIComponent(value)]),
      ),
      body: body ?? null,
      isBase64Encoded: false,
      requestContext: { requestId: 'request-1', ...(claims ? { authorizer: { claims } } : {}) },
    };
    const response = await guarded(event, { awsRequestId: 'x' });
    assert.ok(isObject(response) && typeof response.statusCode === 'number' && typeof response.body === 'string');
    const parsed: unknown = response.body === '' ? {} : JSON.parse(response.body);
    assert.ok(isObject(parsed) && isObject(response.headers));
    if (response.statusCode >= 400 && response.statusCode !== 418) {
      assert.equal(response.headers['content-type'], 'application/problem+json');
      assert.equal(parsed.request_id, 'request-1');
    }
    assert.equal(response.headers['access-control-allow-origin'], 'https://app.example');
    return { status: response.statusCode, body: parsed, headers: response.headers };
  }

  const statusOf = async (route: string, request: Request) => (await ask(route, request)).status;

  it('lets everybody in where the route is public, and those with the role where it asks for one', async () => {
    assert.equal(await statusOf('GET /v1/ping', {}), 200);
    assert.equal(await statusOf('GET /v1/me', {}), 401);
    assert.equal(await statusOf('GET /v1/me', { claims: homeless }), 200);
    assert.equal(await statusOf('POST /v1/reports', {}), 401);
    assert.equal(await statusOf('POST /v1/reports', { claims: ada }), 403);
    assert.equal(await statusOf('POST /v1/reports', { claims: bob }), 200);
    assert.equal(received.length, 3, 'nobody else reached the function');
  });

  it('is closed on a route that it does not know, and where nobody said who may call', async () => {
    assert.equal(await statusOf('DELETE /v1/ping', { claims: bob }), 500);
    assert.equal(received.length, 0);
    assert.equal(log[0]?.error, 'Misconfigured');
    const { routes } = compiledDoor();
    assert.ok(routes.byName.size > 0);
    for (const access of [undefined, '', '{}', 'null', '{"GET /v1/ping":{"level":"any"}}', '{"GET /v1/ping":null}'])
      assert.throws(
        () => prepareRoutes({ function: 'f', routes: { 'GET /v1/ping': {} }, entities: [] }, access),
        /ROUTE_ACCESS/,
      );
    for (const model of [null, {}, { function: 'f' }, { function: 'f', routes: [], entities: [] }])
      assert.throws(() => prepareRoutes(model, '{}'), /door\.json/);
  });

  it('gives a row of the caller’s tenant to the function, as the API shows it, and no other row to nobody', async () => {
    const path = { id: 'd1' };
    assert.equal(await statusOf('POST /v1/deals/{id}/win', { claims: bob, path }), 200);
    assert.deepEqual(received[0]?.learned, {
      caller: { sub: 'bob', tenant: 'acme', roles: ['sales', 'admin'] },
      row: {
        id: 'd1',
        title: 'Big',
        amount: 5,
        expires_at: null,
        owner_id: 'ada',
        organization_id: 'acme',
        created_at: null,
        updated_at: null,
      },
    });
    const missing = await ask('POST /v1/deals/{id}/win', { claims: bob, path: { id: 'never' } });
    assert.equal(missing.status, 404);
    for (const id of ['gone', 'late', 'orphan', `${reservedKeyPrefix}title#x`])
      assert.deepEqual((await ask('POST /v1/deals/{id}/win', { claims: bob, path: { id } })).body, missing.body, id);
    const foreign = await ask('POST /v1/deals/{id}/win', { claims: eve, path });
    assert.deepEqual([foreign.status, foreign.body], [404, missing.body]);
    assert.equal(await statusOf('POST /v1/deals/{id}/win', { claims: homeless, path }), 403);
    assert.equal(await statusOf('POST /v1/deals/{id}/win', { claims: bob, path: { id: 'soon' } }), 200);
    assert.equal(received.length, 2);
  });

  it('asks for the role before it looks for the row', async () => {
    const { sub, 'custom:tenant_id': tenant } = ada;
    const claims = { sub: sub ?? '', 'custom:tenant_id': tenant ?? '' };
    for (const id of ['d1', 'never'])
      assert.equal(await statusOf('POST /v1/deals/{id}/win', { claims, path: { id } }), 403);
  });

  it('lets the owner in; to others the row is forbidden where they may see it, and not there where they may not', async () => {
    const path = { id: 'd1' };
    assert.equal(await statusOf('POST /v1/deals/{id}/keep', { claims: ada, path }), 200);
    assert.equal(await statusOf('POST /v1/deals/{id}/keep', { claims: bob, path }), 403);
    assert.equal(await statusOf('POST /v1/deals/{id}/keep', { claims: eve, path }), 404);
    assert.equal(await statusOf('POST /v1/notes/{id}/pin', { claims: homeless, path: { id: 'n1' } }), 404);
    assert.equal(await statusOf('POST /v1/notes/{id}/pin', { claims: ada, path: { id: 'n1' } }), 200);
    const claim = { id: `${reservedKeyPrefix}title#x` };
    assert.equal(await statusOf('POST /v1/notes/{id}/pin', { claims: ada, path: claim }), 404);
    const line = { deal_id: 'd 1', position: '2' };
    const reader = { sub: 'r', 'custom:tenant_id': 'acme' };
    assert.equal(await statusOf('PUT /v1/lines/{deal_id}/{position}', { claims: ada, path: line }), 200);
    assert.equal(await statusOf('PUT /v1/lines/{deal_id}/{position}', { claims: bob, path: line }), 403);
    assert.equal(await statusOf('PUT /v1/lines/{deal_id}/{position}', { claims: reader, path: line }), 404);
    for (const position of ['3', '2.5', 'two', '', '1e0'])
      assert.equal(
        await statusOf('PUT /v1/lines/{deal_id}/{position}', { claims: ada, path: { ...line, position } }),
        404,
        position,
      );
  });

  it('takes a row of the tenant entity for the tenant’s own', async () => {
    const close = (id: string, claims: Claims) =>
      statusOf('POST /v1/organizations/{id}/close', { claims, path: { id } });
    assert.deepEqual([await close('acme', bob), await close('evil', bob), await close('acme', eve)], [200, 404, 404]);
  });

  it('reads no table for a route that is not about a row that somebody must look at', async () => {
    const claims = { sub: 'x' };
    assert.equal(await statusOf('POST /v1/notes/{id}/read', { claims, path: { id: 'never' } }), 200);
    assert.equal(received[0]?.learned.row, undefined);
  });

  it('checks the body, and gives it to the function as a value', async () => {
    const score = (body: string | undefined, headers: Record<string, string> = {}) => {
      answer = () => ({ score: 7 });
      return ask('POST /v1/score', { claims: ada, headers, ...(body === undefined ? {} : { body }) });
    };
    const good = await score('{"stage":"won"}', { 'Content-Type': 'application/json' });
    assert.deepEqual([good.status, good.body], [200, { score: 7 }]);
    assert.deepEqual(received[0]?.learned.body, { stage: 'won' });
    assert.deepEqual([good.headers.deprecation, good.headers.sunset], ['@0', 'Wed, 30 Jun 2027 23:59:59 GMT']);
    const bad = await score('{"stage":"lost","x":1}');
    assert.equal(bad.status, 400);
    assert.deepEqual(bad.body.errors, [
      { field: 'stage', message: 'must be one of lead, won' },
      { field: 'x', message: 'is not expected here' },
    ]);
    assert.equal(bad.headers.deprecation, '@0');
    assert.equal((await score('{"stage":')).status, 400);
    assert.equal((await score(undefined)).status, 400);
    assert.equal((await score('stage=won', { 'content-type': 'application/x-www-form-urlencoded' })).status, 415);
    assert.equal(received.length, 1);
  });

  it('keeps back an answer that breaks the contract, and says in the log where, not what', async () => {
    const body = '{"stage":"won"}';
    for (const [given, at] of [
      [{ score: 'secret-9000' }, ['#/properties/score/type']],
      [{ score: 101, token: 'secret-9000' }, ['#/properties/score/maximum']],
      [{ statusCode: 201, body: '{"secret-9000":1}' }, ['#/required']],
      [{ statusCode: 200, body: 'secret-9000' }, ['#/type']],
      [undefined, ['#/type']],
    ] as const) {
      log.length = 0;
      answer = () => given;
      const { status, body: problem } = await ask('POST /v1/score', { claims: ada, body });
      assert.equal(status, 500);
      assert.ok(!JSON.stringify(problem).includes('secret-9000'));
      assert.deepEqual(log[0]?.event, 'broken-contract');
      assert.deepEqual(log[0]?.at, at);
      assert.ok(!JSON.stringify(log).includes('secret-9000'));
    }
    answer = () => ({ statusCode: 418, body: '{"anything":"goes"}' });
    const { status } = await ask('POST /v1/score', { claims: ada, body });
    assert.equal(status, 418, 'the contract is about success');
  });

  it('answers calmly when the function fails or returns what is no answer', async () => {
    for (const fail of [
      () => {
        throw new TypeError('secret-9000 in a message');
      },
      () => Promise.reject('secret-9000'),
      () => Promise.reject(new Error('secret-9000', { cause: new Error('secret-9000') })),
      () => ({ statusCode: 'secret-9000' }),
      () => ({ statusCode: 200, headers: { a: 'secret-9000\n' } }),
    ]) {
      log.length = 0;
      answer = fail;
      const { status, body } = await ask('GET /v1/ping');
      assert.equal(status, 500);
      assert.deepEqual(Object.keys(body).sort(), ['detail', 'request_id', 'status', 'title']);
      assert.ok(!JSON.stringify([body, log]).includes('secret-9000'));
      assert.deepEqual(
        log.map(({ level }) => level),
        ['error', 'info'],
      );
    }
    answer = () => {
      throw new TypeError('x');
    };
    log.length = 0;
    await ask('GET /v1/ping');
    assert.deepEqual([log[0]?.error, log[0]?.function, log[0]?.route], ['TypeError', 'act', 'GET /v1/ping']);
    assert.match(String(log[0]?.at), /door\.test\.ts:\d+/);
  });

  it('passes on what is no request of the API as it is, both ways', async () => {
    const { routes } = compiledDoor();
    const seen: unknown[] = [];
    const guarded = door(
      {
        routes: () => routes,
        lookup: () => Promise.reject(new Error('not needed')),
        handler: (event, context) => {
          seen.push(event, context);
          return { batchItemFailures: [] };
        },
      },
      { origins: [], log: (line) => log.push(line), ticks: () => 0 },
    );
    const context = { awsRequestId: 'r' };
    for (const event of [{ Records: [{ body: '{}' }] }, { job: 'archive', id: '1' }, 'text', null, undefined, 7]) {
      seen.length = 0;
      assert.deepEqual(guarded(event, context), { batchItemFailures: [] });
      assert.ok(seen[0] === event && seen[1] === context);
    }
    assert.deepEqual(log, []);
  });

  it('never writes anything of a request into the log', async () => {
    const marker = fc.stringMatching(/^[a-z]{12}$/);
    await fc.assert(
      fc.asyncProperty(marker, fc.boolean(), async (secret, fails) => {
        log.length = 0;
        answer = (event) => {
          if (fails) throw new Error(JSON.stringify(event));
          return { score: secret, [secret]: event };
        };
        const claims = { sub: secret, 'custom:tenant_id': secret, 'cognito:groups': `sales,${secret}`, email: secret };
        for (const route of ['POST /v1/deals/{id}/win', 'POST /v1/score', 'GET /v1/ping', `GET /${secret}`])
          await ask(route, {
            claims,
            path: { id: secret },
            body: JSON.stringify({ stage: 'won', [secret]: secret }),
            headers: { 'content-type': 'application/json', 'x-secret': secret, authorization: secret },
          });
        await ask('POST /v1/score', { claims, body: `{"stage":"won"}`, headers: { [secret]: secret } });
        assert.ok(!JSON.stringify(log).includes(secret), JSON.stringify(log));
        assert.equal(log.filter(({ event }) => event === 'request').length, 5);
      }),
      { numRuns: 40 },
    );
  });
});
