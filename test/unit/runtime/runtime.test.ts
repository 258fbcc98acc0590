import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withArticle } from '../../../src/runtime/article.ts';
import { prepareEntity } from '../../../src/runtime/entity.ts';
import { readCall } from '../../../src/runtime/event.ts';
import { normalizedMoment } from '../../../src/runtime/moment.ts';
import { newId } from '../../../src/runtime/new-id.ts';
import { serve } from '../../../src/runtime/serve.ts';
import { tableVariable } from '../../../src/runtime/world.ts';
import * as contract from '../../../src/stacks/model.ts';
import { entity, field, model } from '../../builders/entity-models.ts';

describe('the contract with the templates', () => {
  it('names table variables by the same rule', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        assert.equal(tableVariable(name), contract.tableVariable(name));
      }),
    );
    assert.equal(tableVariable('line_item'), 'TABLE_LINE_ITEM');
  });
});

describe('new ids', () => {
  it('are UUIDs of version 7 that sort by time', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(2 ** 47), fc.nat(2 ** 47)), ([a, b]) => {
        const [first, second] = [newId(Math.min(a, b)), newId(Math.max(a, b) + 1)];
        assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.ok(first < second);
      }),
    );
  });
  it('are never twice the same', () => {
    assert.equal(new Set(Array.from({ length: 5000 }, () => newId(0))).size, 5000);
  });
});

describe('moments', () => {
  it('come out in UTC with milliseconds', () => {
    assert.equal(normalizedMoment('2026-03-31T10:30:00+02:00'), '2026-03-31T08:30:00.000Z');
    assert.equal(normalizedMoment('2024-02-29 23:59:59.1234567z'), '2024-02-29T23:59:59.123Z');
    assert.equal(normalizedMoment('0099-01-01T00:00:00Z'), '0099-01-01T00:00:00.000Z');
  });
  it('are refused when they do not exist', () => {
    for (const text of [
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:60Z',
      '2026-01-01T00:00:00',
      '9999-12-31T23:59:59-01:00',
      '0000-01-01T00:00:00+01:00',
      'tomorrow',
    ])
      assert.equal(normalizedMoment(text), undefined, text);
  });
  it('survive what they became', () => {
    const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(fc.property(dates, (date) => assert.equal(normalizedMoment(date.toISOString()), date.toISOString())));
  });
});

describe('an event', () => {
  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (event, context) => {
        const call = readCall(event, context);
        assert.equal(typeof call.requestId, 'string');
      }),
      { numRuns: 2000 },
    );
  });
  it('gives percent-decoded path parameters and a body from base64', () => {
    const call = readCall(
      {
        pathParameters: { id: 'a%20b%2F', raw: '100%' },
        body: Buffer.from('{"a":"ü"}').toString('base64'),
        isBase64Encoded: true,
      },
      { awsRequestId: 'r' },
    );
    assert.equal(call.path.get('id'), 'a b/');
    assert.equal(call.path.get('raw'), '100%');
    assert.equal(call.body, '{"a":"ü"}');
    assert.equal(call.requestId, 'r');
  });
});

describe('a model', () => {
  it('is refused with a plain message when it is none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.throws(() => prepareEntity(value), /model\.json/);
      }),
    );
    const without = model(entity('task', []));
    assert.throws(() => prepareEntity({ ...without, entity: { ...without.entity, key: { partition: 'nope' } } }));
  });
  it('makes patterns match the whole value', () => {
    const code = prepareEntity(model(entity('x', [field('code', 'string', { pattern: 'a|b' })]))).fields.get('code');
    assert.equal(code?.matches?.test('ab'), false);
    assert.equal(code?.matches?.test('b'), true);
  });
});

describe('a failing backend', () => {
  it('is a 503 when the database throttles and a 500 otherwise, without a word of the cause', async () => {
    for (const [name, status] of [
      ['ThrottlingException', 503],
      ['ProvisionedThroughputExceededException', 503],
      ['AccessDeniedException', 500],
    ] as const) {
      const failure = Object.assign(new Error('arn:aws:dynamodb:secret'), { name });
      const log: object[] = [];
      const handler = serve('get', () => Promise.reject(failure), {
        origins: [],
        log: (line) => log.push(line),
        ticks: () => 0,
      });
      const response = await handler({ requestContext: { requestId: 'r-9' } }, {});
      assert.equal(response.statusCode, status);
      assert.equal(response.headers['retry-after'], status === 503 ? '1' : undefined);
      assert.ok(!JSON.stringify([response, log]).includes('secret'));
      assert.equal(JSON.parse(response.body).request_id, 'r-9');
    }
  });
});

describe('articles', () => {
  it('go with the sound that a name begins with', () => {
    assert.deepEqual(['task', 'organization', 'user', 'unit', 'invoice', 'Article', 'umbrella'].map(withArticle), [
      'a task',
      'an organization',
      'a user',
      'a unit',
      'an invoice',
      'an Article',
      'an umbrella',
    ]);
  });
});
