import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { blueprintSchema } from '../../../src/blueprint/schema.ts';
import { plainValue } from '../../../src/blueprint/source.ts';
import { readWhole } from '../../../src/blueprint/text-tree.ts';
import { exampleTexts, mutatedExample } from './mutations.ts';

function codesOf(text: string): string[] {
  return parseBlueprint(text).problems.map(({ code }) => code);
}

/** What the problems underline. */
function underlined(text: string): Record<string, string> {
  const { problems } = parseBlueprint(text);
  return Object.fromEntries(problems.map(({ code, range }) => [code, text.slice(range.start, range.end)]));
}

describe('Reading a Blueprint', () => {
  for (const [file, text] of Object.entries(exampleTexts)) {
    it(`finds nothing wrong with ${file}, and reads the document that the schema reads`, () => {
      const { problems, blueprint, document } = parseBlueprint(text);
      assert.deepEqual(problems, []);
      assert.ok(blueprint);
      assert.deepEqual(document, blueprintSchema.parse(plainValue(readWhole(text).root)));
    });
  }

  it('reads the same from JSON as from YAML', () => {
    const yaml = exampleTexts['examples/saas-crm/backdrift.yaml'] ?? '';
    const json = JSON.stringify(parseBlueprint(yaml).document, null, '\t');
    assert.deepEqual(parseBlueprint(json).problems, []);
    assert.deepEqual(parseBlueprint(json).blueprint, parseBlueprint(yaml).blueprint);
  });

  it('reads CRLF and a byte order mark like anything else', () => {
    const text = exampleTexts['test/fixtures/blueprints/block-style.yaml'] ?? '';
    const windows = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    assert.deepEqual(parseBlueprint(windows).problems, []);
    assert.deepEqual(parseBlueprint(windows).blueprint, parseBlueprint(text).blueprint);
  });

  it('accepts a document exactly when the schema does', () => {
    // Broken by leaving keys out and by writing other values, so that shapes are wrong and the text is not.
    const value = parseBlueprint(exampleTexts['examples/saas-crm/backdrift.yaml'] ?? '').document;
    const paths: (string | number)[][] = [];
    (function walk(node: unknown, path: (string | number)[]) {
      if (path.length > 0) paths.push(path);
      if (Array.isArray(node)) for (const [index, item] of node.entries()) walk(item, [...path, index]);
      else if (typeof node === 'object' && node !== null)
        for (const [key, item] of Object.entries(node)) walk(item, [...path, key]);
    })(value, []);
    const wrong = fc.constantFrom<unknown>(
      undefined,
      null,
      1,
      -1.5,
      true,
      'x y',
      '',
      '_x',
      [],
      {},
      [1],
      { a: 1 },
      'public',
      '1h',
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), wrong, (path, replacement) => {
        const changed = structuredClone(value);
        let parent: unknown = changed;
        for (const step of path.slice(0, -1)) parent = Reflect.get(Object(parent), step);
        Reflect.set(Object(parent), path.at(-1) ?? '', replacement);
        const json = JSON.stringify(changed);
        const expected = blueprintSchema.safeParse(JSON.parse(json));
        const { document } = parseBlueprint(json);
        assert.equal(document !== undefined, expected.success, JSON.stringify(parseBlueprint(json).problems));
        if (expected.success) assert.deepEqual(document, expected.data);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, keeps ranges inside the text, and says what to write instead', () => {
    fc.assert(
      fc.property(fc.oneof(mutatedExample, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const { problems, blueprint, rangeOf, pathAt } = parseBlueprint(text);
        for (const { range, hint, message, replacement } of problems) {
          assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length);
          assert.ok(message.length > 0 && hint !== undefined && hint.length > 0, message);
          if (replacement) assert.ok(0 <= replacement.range.start && replacement.range.end <= text.length);
        }
        if (problems.every(({ severity }) => severity !== 'error')) assert.ok(blueprint);
        else assert.equal(blueprint, undefined);
        for (const path of [[], ['entities'], ['entities', 0, 'fields', 1, 'name'], ['project', 'name'], ['x', 'y']]) {
          for (const part of ['key', 'value'] as const) {
            const range = rangeOf(path, part);
            assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length);
          }
        }
        pathAt(Math.floor(text.length / 2));
      }),
      { numRuns: 400 },
    );
  });
});

describe('Where a problem is shown', () => {
  const text = [
    'project: { name: Shop }',
    'regoin: us-east-1',
    'auth: { roles: [admin] }',
    'entities:',
    '  - name: task',
    '    fields:',
    '      - { name: title, type: strin, requird: true }',
    '      - name: "points"',
    '        type: integer',
    '        min: 9',
    '        max: 1',
    '    indexes:',
    '      - { name: by_titel, partition: titel }',
    'api:',
    '  resources:',
    '    - entity: "tusk"',
    'jobs:',
    '  - { name: clean, schedule: "0 2 * 13 *", function: clean }',
    '',
  ].join('\n');

  it('is the key or value that caused it', () => {
    assert.deepEqual(underlined(text), {
      'unknown-key': 'requird',
      'unknown-value': 'strin',
      'min-above-max': '9',
      'unknown-field': 'titel',
      'unknown-entity': '"tusk"',
      'invalid-schedule': '13',
      'unknown-function': 'clean',
    });
  });

  it('comes in the order of the text', () => {
    const starts = parseBlueprint(text).problems.map(({ range }) => range.start);
    assert.deepEqual(
      starts,
      [...starts].sort((a, b) => a - b),
    );
  });

  it('is cured by the edit that it carries', () => {
    let edited = text;
    for (let round = 0; round < 20; round++) {
      const replacement = parseBlueprint(edited).problems.find((problem) => problem.replacement)?.replacement;
      if (!replacement) break;
      edited = edited.slice(0, replacement.range.start) + replacement.text + edited.slice(replacement.range.end);
    }
    assert.match(edited, /^region: us-east-1$/m);
    assert.match(edited, /\{ name: title, type: string, required: true \}/);
    assert.match(edited, /partition: title/);
    assert.match(edited, /entity: "task"/, 'quotes stay');
    assert.deepEqual(codesOf(edited).sort(), ['invalid-schedule', 'min-above-max', 'unknown-function']);
  });

  it('is the name of an item whose key is missing', () => {
    const missing = 'project: { name: Shop }\njobs:\n  - { name: clean, schedule: "0 2 * * *" }\n';
    assert.deepEqual(underlined(missing), { 'missing-key': 'clean' });
  });

  it('quotes numbers as they are written, zeros and all', () => {
    const account = 'project: { name: Shop }\nenvironments: { dev: { account: 012345678901 } }\n';
    const [problem] = parseBlueprint(account).problems;
    assert.equal(problem?.replacement?.text, '"012345678901"');
  });
});

describe('A half-typed Blueprint', () => {
  const start =
    'project: { name: Shop }\nentities:\n  - name: task\n    fields:\n      - { name: title }\n  - name: note\n';

  it('keeps a mistake inside the entity that has it', () => {
    const { problems, outline } = parseBlueprint(start.replace('{ name: title }', '{ name: "title }'));
    assert.ok(problems.every(({ range }) => range.end <= start.indexOf('  - name: note') + 1));
    assert.deepEqual([...outline.entities.keys()], ['task', 'note']);
  });

  it('knows names that are there although the thing around them is broken', () => {
    const text = `${start}api:\n  resources:\n    - entity: note\n    - entity: task\n      oper\n`;
    assert.deepEqual(codesOf(text), ['syntax-error']);
  });

  it('reports one problem for one mistake', () => {
    assert.deepEqual(codesOf(`${start}    tt`), ['syntax-error']);
    assert.deepEqual(codesOf(start.replace('name: Shop }', 'name: Shop')), ['syntax-error']);
    assert.deepEqual(codesOf(`${start}region:\n`), ['wrong-type']);
    assert.deepEqual(codesOf(`${start}  -\n`), ['wrong-type']);
  });

  it('reports JSON mistakes in the words of JSON', () => {
    const messages = (text: string) => parseBlueprint(text).problems.map(({ message }) => message);
    assert.deepEqual(messages('{"project": {"name": "Shop"} "region": "us-east-1"}'), [
      'A comma is missing before this.',
    ]);
    assert.deepEqual(messages('{"project": {"name": "Shop"'), ['`{` is opened here and not closed.']);
    assert.deepEqual(messages('{"project": {"name": "Shop"}, "region": }'), ['`region` has no value.']);
    assert.deepEqual(messages('{"project": {"name" "Shop"}}')[0], 'A colon is missing after the key.');
  });
});

describe('rangeOf and pathAt', () => {
  const text = exampleTexts['examples/task-manager/backdrift.yaml'] ?? '';
  const { rangeOf, pathAt, valueAt } = parseBlueprint(text);
  const slice = (path: (string | number)[], part?: 'key' | 'value') => {
    const { start, end } = rangeOf(path, part);
    return text.slice(start, end);
  };

  it('find keys, values and list items, by number or by name', () => {
    assert.equal(slice(['project', 'name']), 'Task Manager');
    assert.equal(slice(['project', 'name'], 'key'), 'name');
    assert.equal(slice(['entities', 2, 'fields', 1, 'name']), 'title');
    assert.equal(slice(['entities', 'task', 'fields', 'title', 'max_length']), '200');
    assert.equal(slice(['api', 'resources', 'task', 'auth', 'delete']), 'owner');
  });

  it('fall back to the nearest parent', () => {
    assert.equal(slice(['entities', 'task', 'ttl']), 'task');
    assert.equal(slice(['auth', 'password', 'min_length']), 'auth');
    assert.equal(slice(['nothing']), 'Task Manager'.length > 0 ? slice([], 'key') : '');
  });

  it('agree with each other', () => {
    for (const path of [
      ['project', 'name'],
      ['entities', 2, 'fields', 1, 'max_length'],
      ['api', 'resources', 0, 'auth', 'get'],
      ['frontend', 'spa'],
    ]) {
      assert.deepEqual(pathAt(rangeOf(path).start), path);
      assert.deepEqual(pathAt(rangeOf(path, 'key').start), path);
    }
    assert.equal(valueAt(['entities', 'task', 'owner_field']), 'owner_id');
    assert.equal(valueAt(['entities', 'task', 'nothing']), undefined);
  });
});
