import assert from 'node:assert/strict';
import fc from 'fast-check';
import { announcements } from '../../../../src/runtime/door/deprecation.ts';
import { complete } from '../../../../src/runtime/door/headers.ts';
import { type ProxyResponse, readResult } from '../../../../src/runtime/door/result.ts';

function responseOf(value: unknown): ProxyResponse {
  const result = readResult(value);
  assert.ok(result.kind === 'response', JSON.stringify(result));
  return result.response;
}

describe('what a function returns', () => {
  it('is the answer where it has a status', () => {
    const given = { statusCode: 201, headers: { Location: '/x', 'x-n': 1 }, body: '{"a":1}', somethingElse: true };
    assert.deepEqual(responseOf(given), {
      statusCode: 201,
      headers: { Location: '/x', 'x-n': '1' },
      multiValueHeaders: {},
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    assert.deepEqual(
      responseOf({ statusCode: 200, multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] } }).multiValueHeaders,
      {
        'set-cookie': ['a=1', 'b=2'],
      },
    );
    assert.equal(responseOf({ statusCode: 200, body: { a: 1 } }).body, '{"a":1}');
    assert.equal(responseOf({ statusCode: '404' }).statusCode, 404);
  });

  it('is the body of a 200 where it has none, and nothing is a 204', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { statusCode, body } = responseOf(value);
        if (value === null) assert.deepEqual([statusCode, body], [204, '']);
        else assert.deepEqual([statusCode, JSON.parse(body)], [200, JSON.parse(JSON.stringify(value))]);
      }),
    );
    assert.equal(responseOf(undefined).statusCode, 204);
    assert.equal(responseOf({ statusCode: 204, body: 'x' }).body, '');
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const malformed: [string, unknown, string][] = [
    ['a status that is none', { statusCode: 'ok' }, 'statusCode'],
    ['a status of nothing', { statusCode: undefined }, 'statusCode'],
    ['a status beyond HTTP', { statusCode: 1000 }, 'statusCode'],
    ['an informational status', { statusCode: 100 }, 'statusCode'],
    ['a status with a fraction', { statusCode: 200.5 }, 'statusCode'],
    ['headers in a list', { statusCode: 200, headers: ['a'] }, 'headers'],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }, 'headers'],
    ['a header with a line break', { statusCode: 200, headers: { a: 'b\r\nset-cookie: c' } }, 'headers'],
    ['a header with a strange name', { statusCode: 200, headers: { 'a b': 'c' } }, 'headers'],
    ['many values that are one', { statusCode: 200, multiValueHeaders: { a: 'b' } }, 'headers'],
    ['a cycle', circle, 'body'],
    ['a cycle in a body', { statusCode: 200, body: circle }, 'body'],
    ['a bigint', { statusCode: 200, body: 1n }, 'body'],
    ['a function', () => 1, 'body'],
    ['more than Lambda carries', { statusCode: 200, body: 'x'.repeat(6 * 1024 * 1024) }, 'size'],
    ['more than Lambda carries once it is JSON', { statusCode: 200, body: '\u0001'.repeat(1.1 * 1024 * 1024) }, 'size'],
  ];
  for (const [what, value, part] of malformed)
    it(`is malformed with ${what}`, () => {
      assert.deepEqual(readResult(value), { kind: 'malformed', what: part });
    });

  it('is never a failure', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const result = readResult(value);
        if (result.kind === 'response') assert.doesNotThrow(() => JSON.stringify(result.response));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the headers of an answer', () => {
  const surrounding = {
    requestId: 'r-1',
    origin: 'https://a.example',
    origins: ['https://a.example', 'https://b.example'],
    announced: { sunset: 'soon' },
  };
  const response: ProxyResponse = {
    statusCode: 200,
    headers: {},
    multiValueHeaders: {},
    body: '{}',
    isBase64Encoded: false,
  };

  it('are there when the function has said nothing', () => {
    assert.deepEqual(complete(response, surrounding).headers, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'r-1',
      sunset: 'soon',
      'access-control-allow-origin': 'https://a.example',
      'access-control-expose-headers': 'ETag, Retry-After, X-Request-Id, X-Token-Refresh, sunset',
      'content-type': 'application/json',
      vary: 'Origin',
    });
  });

  it('are the function’s own where it has said something, in whatever case', () => {
    const own = { 'Content-Type': 'text/csv', 'CACHE-CONTROL': 'max-age=60', Vary: 'Accept' };
    const { headers } = complete({ ...response, headers: own }, surrounding);
    assert.deepEqual(
      [headers['Content-Type'], headers['CACHE-CONTROL'], headers.Vary],
      ['text/csv', 'max-age=60', 'Accept, Origin'],
    );
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length);
  });

  it('leave CORS to a function that answers it', () => {
    const own = { 'Access-Control-Allow-Origin': 'https://c.example' };
    const { headers } = complete({ ...response, headers: own }, surrounding);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers.vary, undefined);
    const listed = complete(
      { ...response, multiValueHeaders: { 'access-control-allow-origin': ['https://c.example'] } },
      surrounding,
    );
    assert.equal(listed.headers['access-control-allow-origin'], undefined);
  });

  it('do not open the answer to a page of another origin', () => {
    const { headers } = complete(response, { ...surrounding, origin: 'https://evil.example' });
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers.vary, 'Origin');
  });

  it('tell callers to move away', () => {
    assert.deepEqual(announcements({}), {});
    assert.deepEqual(announcements({ deprecated: true }), { deprecation: '@0' });
    assert.deepEqual(announcements({ deprecated: true, sunset: '2027-02-28' }), {
      deprecation: '@0',
      sunset: 'Sun, 28 Feb 2027 23:59:59 GMT',
    });
  });
});
