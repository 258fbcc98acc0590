import assert from 'node:assert/strict';
import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import type { Entity } from '../../../../src/blueprint/blueprint.ts';
import { prepareEntity } from '../../../../src/runtime/entity.ts';
import { readChanges, readNewRow } from '../../../../src/runtime/row.ts';
import { entitySchemas, schemaNames } from '../../../../src/stacks/openapi/entity-schemas.ts';
import { entity, field, model } from '../../../builders/entity-models.ts';

/** One field of every type, required and not, with and without limits. */
const thing: Entity = entity('thing', [
  field('title', 'string', { required: true, min_length: 1, max_length: 5 }),
  field('code', 'string', { pattern: '[A-Z]{2}[0-9]*' }),
  field('note', 'string'),
  field('level', 'enum', { enum: ['low', 'high'], default: 'low' }),
  field('kind', 'enum', { enum: ['a', 'b'], required: true }),
  field('amount', 'number', { min: -10, max: 10.5 }),
  field('count', 'integer', { min: 0 }),
  field('size', 'integer'),
  field('weight', 'number'),
  field('done', 'boolean'),
  field('due', 'date'),
  field('at', 'datetime'),
  field('extra', 'json'),
]);

const words = fc.constantFrom('', 'a', 'AB', 'AB1', 'AB1x', 'low', 'high', 'b', 'éàü', '👍👍👍👍👍', '👍👍👍👍👍👍');
const days = fc.constantFrom('2024-02-29', '2023-02-29', '2026-13-01', '2026-1-1', '2026-04-31', '2026-04-30');
const moments = fc.constantFrom(
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.123+02:00',
  '2026-01-01T25:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01',
  '2026-01-01T00:00:00',
);
const numbers = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => Number(value.toFixed(6))),
  fc.constantFrom(-0, 1.0, 10.5, 10.51, 2 ** 53, 2 ** 53 - 1, -(2 ** 53)),
);
const anything = fc.oneof(
  words,
  days,
  moments,
  numbers,
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
);

/** A body that is right or nearly right: most values fit their fields. */
const bodies = fc
  .record(
    {
      title: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('a', 'abcde', '👍👍👍👍👍') },
        { weight: 1, arbitrary: anything },
      ),
      kind: fc.oneof({ weight: 4, arbitrary: fc.constant('a') }, { weight: 1, arbitrary: anything }),
      code: fc.oneof(words, anything),
      note: anything,
      level: fc.oneof(fc.constant('low'), anything),
      amount: fc.oneof(numbers, anything),
      count: fc.oneof(numbers, anything),
      size: fc.oneof(numbers, anything),
      weight: fc.oneof(numbers, anything),
      done: anything,
      due: fc.oneof(days, anything),
      at: fc.oneof(moments, anything),
      extra: anything,
      id: anything,
      unknown: anything,
    },
    { requiredKeys: [] },
  )
  // Many wrong values at once would hide each other.
  .chain((body) => fc.subarray(Object.entries(body), { maxLength: 4 }))
  .chain((some) =>
    fc.boolean().map((sound) => Object.fromEntries(sound ? [['title', 'a'], ['kind', 'a'], ...some] : some)),
  );

describe('what the API says that it takes', () => {
  const names = schemaNames(thing);
  const schemas = entitySchemas(thing);
  const prepared = prepareEntity(model(thing));
  for (const [operation, read] of [
    ['create', readNewRow],
    ['update', readChanges],
  ] as const) {
    it(`is what the function behind ${operation} takes`, () => {
      const judge = new Validator(schemas[names[operation]] ?? {}, '2020-12', false);
      let taken = 0;
      fc.assert(
        fc.property(bodies, (body) => {
          if (operation === 'update' && Object.keys(body).length === 0) return;
          const accepted = read(prepared, body).kind === 'fields';
          if (accepted) taken++;
          const said = judge.validate(body);
          assert.equal(said.valid, accepted, JSON.stringify([body, said.errors, read(prepared, body)]));
        }),
        { numRuns: 1500 },
      );
      assert.ok(taken > 100, `only ${taken} bodies were taken: the comparison says little`);
    });
  }
});
