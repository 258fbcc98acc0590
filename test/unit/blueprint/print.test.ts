import assert from 'node:assert/strict';
import fc from 'fast-check';
import { blueprintJsonSchema } from '../../../src/blueprint/json-schema.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { printBlueprint } from '../../../src/blueprint/print.ts';
import {
  type BlueprintInput,
  blueprintSchema,
  fieldTypes,
  operations,
  regions,
} from '../../../src/blueprint/schema.ts';
import { exampleTexts } from './mutations.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/);
/** Words that YAML could take for something else, and text of every kind. */
const text = fc.oneof(
  fc.constantFrom(
    'true',
    'no',
    'null',
    '~',
    '1',
    '1.0',
    '0x1f',
    '2025-01-01',
    '- a',
    '# b',
    ': c',
    '*d',
    '&e',
    '!f',
    '%g',
    '@h',
    '`i',
    ' j ',
    'k\n',
    '\nl',
    'm\n\nn',
    'o: p',
    '"q"',
    "it's",
    '\t',
    '|',
    '>',
    '\u2028',
    '\u0085',
    '{r}',
    '[s]',
    '?',
    '-',
  ),
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** JSON as JSON writes it: no -0, and no key that a Blueprint refuses. */
const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((value): unknown => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'p')));

/** A record without the keys whose value is undefined. */
function dense<T extends object>(record: T): T {
  for (const key of Object.keys(record))
    if (Reflect.get(record, key) === undefined) Reflect.deleteProperty(record, key);
  return record;
}

const field = fc
  .record({
    name,
    type: optional(fc.constantFrom(...fieldTypes)),
    required: optional(fc.boolean()),
    default: optional(json),
    enum: optional(fc.array(text, { minLength: 1, maxLength: 3 })),
    min: optional(fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0))),
    max_length: optional(fc.integer({ min: 1, max: 1e9 })),
    pattern: optional(text),
  })
  .map(dense);

const document = fc
  .record({
    project: fc.record({ name: text, description: text }),
    region: optional(fc.constantFrom(...regions)),
    environments: optional(
      fc.dictionary(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/).filter((key) => key !== 'constructor' && key !== 'prototype'),
        fc.record({ protected: fc.boolean() }),
        { maxKeys: 3 },
      ),
    ),
    entities: optional(
      fc.array(fc.record({ name, description: text, fields: fc.array(field, { maxLength: 4 }) }), { maxLength: 4 }),
    ),
    api: optional(
      fc.record({
        resources: fc.array(
          fc.record({
            entity: name,
            operations: fc.array(fc.constantFrom(...operations), { minLength: 1, maxLength: 5 }),
          }),
          { maxLength: 3 },
        ),
      }),
    ),
    jobs: optional(fc.array(fc.record({ name, schedule: text, function: name }), { maxLength: 2 })),
  })
  .map(dense);

/** What a schema accepts is a document; anything else would be the generator's mistake. */
function checked(value: unknown): BlueprintInput {
  blueprintSchema.parse(value);
  return value as BlueprintInput;
}

describe('Printing a Blueprint', () => {
  it('gives a text that reads as the same document', () => {
    fc.assert(
      fc.property(document, (value) => {
        const input = checked(value);
        const { document: read, problems } = parseBlueprint(printBlueprint(input));
        assert.ok(read, JSON.stringify(problems));
        assert.deepEqual(read, blueprintSchema.parse(input));
      }),
      { numRuns: 300 },
    );
  });

  for (const [file, source] of Object.entries(exampleTexts)) {
    it(`keeps ${file}, its Blueprint included`, () => {
      const before = parseBlueprint(source);
      assert.ok(before.document);
      const after = parseBlueprint(printBlueprint(before.document));
      assert.deepEqual(after.blueprint, before.blueprint);
      assert.equal(printBlueprint(after.document ?? before.document), printBlueprint(before.document));
    });
  }

  it('writes keys in the order of the language', () => {
    const printed = printBlueprint({ region: 'us-east-1', project: { name: 'x' }, jobs: [], entities: [] });
    assert.deepEqual(
      [...printed.matchAll(/^\w+/gm)].map(([key]) => key),
      ['project', 'region', 'entities', 'jobs'],
    );
  });
});

describe('The JSON Schema', () => {
  it('describes every key', () => {
    const silent: string[] = [];
    (function walk(node: unknown, path: string) {
      if (typeof node !== 'object' || node === null) return;
      const properties: unknown = Reflect.get(node, 'properties');
      if (typeof properties === 'object' && properties !== null) {
        for (const [key, value] of Object.entries(properties)) {
          const described =
            typeof value === 'object' && value !== null && typeof Reflect.get(value, 'description') === 'string';
          if (!described) silent.push(`${path}.${key}`);
        }
      }
      for (const [key, value] of Object.entries(node)) walk(value, `${path}.${key}`);
    })(blueprintJsonSchema(), '');
    assert.deepEqual(silent, []);
  });

  it('is one object with its draft, and asks only for the project', () => {
    const schema = blueprintJsonSchema();
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
    assert.deepEqual(schema.required, ['project']);
    assert.equal(schema.additionalProperties, false);
  });
});
