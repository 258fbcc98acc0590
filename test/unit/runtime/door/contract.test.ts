import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contractOf, isNestedDeeply } from '../../../../src/runtime/door/contract.ts';
import { readRequest } from '../../../../src/runtime/door/request.ts';

function errorsOf(schema: Record<string, unknown>, value: unknown): [string, string][] {
  const verdict = contractOf(schema).check(value);
  return verdict.kind === 'kept' ? [] : verdict.errors.map(({ field, message }) => [field, message]);
}

describe('a contract', () => {
  const order = {
    type: 'object',
    required: ['lines', 'currency'],
    additionalProperties: false,
    properties: {
      currency: { type: 'string', enum: ['EUR', 'USD'] },
      note: { type: ['string', 'null'], maxLength: 3, pattern: '^[a-z]*$' },
      paid: { const: true },
      lines: { type: 'array', minItems: 1, uniqueItems: true, items: { $ref: '#/$defs/line' } },
      when: { type: 'string', format: 'date' },
      'a/b~c': { type: 'boolean' },
    },
    $defs: {
      line: {
        type: 'object',
        required: ['amount'],
        properties: { amount: { type: 'number', exclusiveMinimum: 0, maximum: 10, multipleOf: 0.5 } },
      },
    },
  };

  it('lets pass what keeps it', () => {
    const value = {
      currency: 'EUR',
      note: null,
      paid: true,
      lines: [{ amount: 0.5 }],
      when: '2026-01-31',
      'a/b~c': true,
    };
    assert.deepEqual(errorsOf(order, value), []);
  });

  const cases: [string, unknown, [string, string][]][] = [
    ['another type', [], [['body', 'must be an object']]],
    ['nothing', null, [['body', 'must be an object']]],
    [
      'what is missing',
      {},
      [
        ['lines', 'is required'],
        ['currency', 'is required'],
      ],
    ],
    [
      'what nobody asked for',
      { currency: 'EUR', lines: [{ amount: 1 }], extra: 1 },
      [['extra', 'is not expected here']],
    ],
    [
      'a value that is not on the list',
      { currency: 'YEN', lines: [{ amount: 1 }] },
      [['currency', 'must be one of EUR, USD']],
    ],
    ['a constant', { currency: 'EUR', lines: [{ amount: 1 }], paid: false }, [['paid', 'must be true']]],
    [
      'a text that is too long',
      { currency: 'EUR', lines: [{ amount: 1 }], note: 'abcd' },
      [['note', 'must have at most 3 characters']],
    ],
    [
      'a text of another form',
      { currency: 'EUR', lines: [{ amount: 1 }], note: 'A' },
      [['note', 'must match the pattern ^[a-z]*$']],
    ],
    ['one of several types', { currency: 'EUR', lines: [{ amount: 1 }], note: 1 }, [['note', 'must be text or null']]],
    ['an empty list', { currency: 'EUR', lines: [] }, [['lines', 'must have at least 1 item']]],
    [
      'the same twice',
      { currency: 'EUR', lines: [{ amount: 1 }, { amount: 1 }] },
      [['lines', 'must not hold the same value twice']],
    ],
    [
      'a day that is none',
      { currency: 'EUR', lines: [{ amount: 1 }], when: '2026-02-30' },
      [['when', 'must be a date']],
    ],
    [
      'a key that needs escaping',
      { currency: 'EUR', lines: [{ amount: 1 }], 'a/b~c': 1 },
      [['a/b~c', 'must be true or false']],
    ],
    [
      'what lies behind a reference, at its place in a list',
      { currency: 'EUR', lines: [{ amount: 1 }, { amount: 0 }, {}, { amount: 11 }, { amount: 0.3 }, 7] },
      [
        ['lines[1].amount', 'must be more than 0'],
        ['lines[2].amount', 'is required'],
        ['lines[3].amount', 'must be at most 10'],
        ['lines[4].amount', 'must be a multiple of 0.5'],
        ['lines[5]', 'must be an object'],
      ],
    ],
  ];
  for (const [what, value, expected] of cases)
    it(`names ${what}`, () => {
      assert.deepEqual(errorsOf(order, value), expected);
    });

  it('says one thing of a value that has none of several forms', () => {
    const either = {
      properties: { a: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: false }] } },
    };
    assert.deepEqual(errorsOf(either, { a: { b: 1, c: 2 } }), [['a', 'does not have a form that is allowed here']]);
    const one = { oneOf: [{ required: ['a'] }, { required: ['b'] }] };
    assert.deepEqual(errorsOf(one, { a: 1, b: 1 }), [['body', 'does not have a form that is allowed here']]);
    const names = { propertyNames: { pattern: '^[a-z]+$' } };
    assert.deepEqual(errorsOf(names, { A: 1 }), [['body', 'does not have a form that is allowed here']]);
    const contains = { type: 'array', contains: { type: 'number' }, minContains: 2 };
    assert.deepEqual(errorsOf(contains, ['a', 1]), [['body', 'does not match what this route takes']]);
  });

  it('knows a field of an object’s prototype from one of its own', () => {
    assert.deepEqual(errorsOf({ required: ['constructor', '__proto__'] }, {}), [
      ['constructor', 'is required'],
      ['__proto__', 'is required'],
    ]);
    const closed = { properties: { a: {} }, additionalProperties: false };
    assert.deepEqual(errorsOf(closed, JSON.parse('{"__proto__": {"a": 1}}')), [['__proto__', 'is not expected here']]);
  });

  it('says where in itself it was broken, and nothing of the value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string({ minLength: 8 }), (key, text) => {
        const schema = { properties: { n: { type: 'number' } }, additionalProperties: false, minProperties: 5 };
        const verdict = contractOf(schema).check({ [key]: text, n: text });
        assert.ok(verdict.kind === 'broken');
        assert.deepEqual(verdict.at.sort(), ['#/additionalProperties', '#/minProperties', '#/properties/n/type']);
      }),
    );
  });

  it('does not change the schema, and holds as many values against it as come', () => {
    const before = JSON.stringify(order);
    const contract = contractOf(order);
    assert.equal(contract.check({}).kind, 'broken');
    assert.equal(contract.check({ currency: 'EUR', lines: [{ amount: 1 }] }).kind, 'kept');
    assert.equal(JSON.stringify(order), before);
  });
});

describe('a request body', () => {
  const list = contractOf({ type: 'array', items: { type: 'integer' } });
  const read = (text: string | undefined, type?: string) =>
    readRequest(list, {
      ...(text === undefined ? {} : { body: text }),
      ...(type === undefined ? {} : { contentType: type }),
    });
  const statusOf = (result: ReturnType<typeof read>) => (result.kind === 'problem' ? result.status : 200);

  it('is JSON, in a type that says so or in none', () => {
    for (const type of [
      undefined,
      'application/json',
      'Application/JSON; charset=utf-8',
      'application/merge-patch+json',
    ])
      assert.equal(statusOf(read('[1]', type)), 200, type);
    for (const type of [
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=json',
      'json',
      '',
      'application/jsonp',
    ])
      assert.equal(statusOf(read('[1]', type)), 415, type);
    for (const text of [undefined, '', '[1', '[1],', 'undefined', "['a']"])
      assert.equal(statusOf(read(text)), 400, text);
  });

  it('is a value that keeps the contract', () => {
    assert.deepEqual(read(' [1, 2] '), { kind: 'body', body: [1, 2] });
    const refused = read('["x", 1, 1.5]');
    assert.ok(refused.kind === 'problem' && refused.status === 400);
    assert.deepEqual(
      refused.errors?.map(({ field }) => field),
      ['[0]', '[2]'],
    );
  });

  it('is neither longer than a megabyte nor nested without end', () => {
    assert.equal(statusOf(read(`[${'1,'.repeat(600_000)}1]`)), 413);
    assert.equal(statusOf(read(`${'['.repeat(300_000)}${']'.repeat(300_000)}`)), 400);
    const recursive = contractOf({
      $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } },
      $ref: '#/$defs/node',
    });
    assert.equal(statusOf(readRequest(recursive, { body: `${'['.repeat(60)}${']'.repeat(60)}` })), 200);
    assert.equal(statusOf(readRequest(recursive, { body: `${'['.repeat(65)}${']'.repeat(65)}` })), 400);
  });

  it('with more mistakes than can be told is refused all the same', () => {
    const deep = contractOf({ properties: { a: { properties: { b: { type: 'array', items: { type: 'string' } } } } } });
    const refused = readRequest(deep, { body: `{"a":{"b":[${'1,'.repeat(400_000)}1]}}` });
    assert.ok(refused.kind === 'problem' && refused.status === 400);
    assert.ok((refused.errors?.length ?? 0) <= 50);
  });

  it('is never a failure, whatever is sent', () => {
    const contract = contractOf({
      type: 'object',
      properties: { a: { type: 'string', format: 'email' } },
      unevaluatedProperties: false,
    });
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const result = readRequest(contract, { body: text });
        assert.ok(result.kind === 'body' || result.status === 400);
      }),
      { numRuns: 500 },
    );
  });
});

describe('nesting', () => {
  it('is counted outside of texts', () => {
    const depthOf = (value: unknown): number =>
      typeof value !== 'object' || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf));
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (value, most) => {
        assert.equal(isNestedDeeply(JSON.stringify(value), most), depthOf(value) > most);
      }),
      { numRuns: 500 },
    );
    assert.equal(isNestedDeeply(JSON.stringify(['\\"[[[[', '"{{{{']), 1), false);
  });
});
