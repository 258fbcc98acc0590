import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Completion, completeAt } from '../../../src/blueprint/completion.ts';
import { hoverAt } from '../../../src/blueprint/hover.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { exampleTexts, mutatedExample } from './mutations.ts';

/** The cursor is where `|` stands. */
function at(marked: string): { text: string; items: Completion[] } {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  return { text, items: completeAt(text, offset) };
}
const labels = (marked: string) => at(marked).items.map(({ label }) => label);
const inserts = (marked: string) => at(marked).items.map(({ insertText }) => insertText);

/** The text after an item was accepted. */
function accept(marked: string, label: string): string {
  const { text, items } = at(marked);
  const item = items.find((one) => one.label === label);
  assert.ok(item, `${label} is not offered`);
  return text.slice(0, item.range.start) + item.insertText + text.slice(item.range.end);
}

const head = 'project: { name: Shop }\nauth: { roles: [admin, editor] }\nenvironments: { dev: {} }\n';
const task = `${head}entities:\n  - name: task\n    fields:\n      - { name: title }\n      - { name: due_on, type: date }\n`;

describe('Completion', () => {
  it('offers the keys that are not written yet', () => {
    assert.deepEqual(labels(`${head}|`).slice(0, 4), ['$schema', 'region', 'tenancy', 'entities']);
    assert.ok(labels('|').includes('project'));
    assert.deepEqual(labels('project:\n  name: x\n  |'), ['description']);
    assert.deepEqual(labels(`${head}tenancy:\n  |`), ['mode', 'tenant_entity', 'field']);
    assert.ok(!labels(`${task}    |`).includes('name'));
    assert.ok(labels(`${task}    |`).includes('owner_field'));
    assert.ok(labels(`${task}      - { name: x, |`).includes('max_length'));
  });

  it('begins the value of a key as it is written', () => {
    assert.equal(accept('project: { name: x }\nent|', 'entities'), 'project: { name: x }\nentities:\n  - ');
    assert.equal(accept('project: { name: x }\naut|', 'auth'), 'project: { name: x }\nauth:\n  ');
    assert.equal(accept(`${task}      - { name: x, de|`, 'default'), `${task}      - { name: x, default: `);
    assert.equal(accept('{"project": {"name": "x"}, "reg|"}', 'region'), '{"project": {"name": "x"}, "region": }');
    assert.equal(
      accept('regio|: us-east-1\n', 'region'),
      'region: us-east-1\n',
      'a colon that is there stays the only one',
    );
  });

  it('begins a list', () => assert.deepEqual(inserts(`${head}entities:\n  |`), ['- name: ']));

  it('offers the values of the language', () => {
    assert.deepEqual(labels(`${head}region: |`), ['us-east-1', 'us-east-2', 'us-west-2']);
    assert.deepEqual(labels(`${task}      - { name: x, type: |}`).slice(0, 3), ['string', 'number', 'integer']);
    assert.deepEqual(labels(`${task}    soft_delete: |`), ['true', 'false']);
    assert.deepEqual(labels(`${head}api: { resources: [ { entity: a, operations: [list, |] } ] }`), [
      'list',
      'create',
      'get',
      'update',
      'delete',
    ]);
    assert.deepEqual(inserts('{"project": {"name": "x"}, "region": "|"}'), [
      '"us-east-1"',
      '"us-east-2"',
      '"us-west-2"',
    ]);
  });

  it('offers the names of the Blueprint', () => {
    const functions = 'functions:\n  - { name: send, handler: send.mjs }\n';
    assert.deepEqual(labels(`${task}api:\n  resources:\n    - entity: |`), ['task']);
    assert.deepEqual(labels(`${task}${functions}jobs:\n  - { name: x, function: |`), ['send']);
    assert.deepEqual(labels(`${task}    indexes:\n      - { name: by_x, partition: |`), [
      'title',
      'due_on',
      'id',
      'created_at',
      'updated_at',
    ]);
    assert.deepEqual(labels(`${task}api:\n  resources:\n    - entity: task\n      auth:\n        delete: |`), [
      'public',
      'authenticated',
      'owner',
      'admin',
      'editor',
    ]);
    assert.deepEqual(inserts(`${task}functions:\n  - name: a\n    uses: [|`), ['task', '"task:read"']);
  });

  it('offers the fields of the entity that the cursor is in, also when an earlier one is broken', () => {
    const text = `${head}entities:\n  - nam\n  - name: a\n    fields: [ { name: one } ]\n  - name: b\n    fields: [ { name: two } ]\n    ttl: |`;
    assert.equal(labels(text)[0], 'two');
  });

  it('offers nothing in comments, block text and names', () => {
    for (const marked of [
      '# |',
      `${head}entities: # |`,
      'project:\n  description: >\n    reg|',
      `${head}entities:\n  - name: |`,
    ]) {
      assert.deepEqual(labels(marked), [], marked);
    }
  });

  it('uses what is known of a slightly older text', () => {
    const parsed = parseBlueprint(task);
    const broken = `${task}api:\n  resources:\n    - entity: `;
    assert.deepEqual(
      completeAt(broken, broken.length, parsed).map(({ label }) => label),
      ['task'],
    );
  });

  it('never throws, and replaces only text around the cursor', () => {
    fc.assert(
      fc.property(mutatedExample, fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        const offset = Math.floor(share * text.length);
        for (const { range } of completeAt(text, offset)) {
          assert.ok(0 <= range.start && range.start <= offset && offset <= range.end && range.end <= text.length);
          assert.ok(!text.slice(range.start, range.end).includes('\n'));
        }
        const hover = hoverAt(text, offset);
        if (hover) assert.ok(0 <= hover.range.start && hover.range.start <= offset && offset <= hover.range.end);
      }),
      { numRuns: 400 },
    );
  });

  it('offers at every value of the examples that is one of several, among others, what is written there', () => {
    for (const text of Object.values(exampleTexts)) {
      for (const match of text.matchAll(
        /"?(type|references|entity|on_delete|partition|region|function)"?: "?([a-z0-9_-]+)"?/g,
      )) {
        // A JSON Schema inside a request or a response has types of its own.
        if (/re(quest|sponse):/.test(text.slice(0, match.index)) && match[1] === 'type') continue;
        const offset = match.index + match[0].length - (match[0].endsWith('"') ? 1 : 0);
        const offered = completeAt(text, offset).map(({ label }) => label);
        assert.ok(offered.includes(match[2] ?? ''), `${match[0]}: ${offered.join(', ')}`);
      }
    }
  });
});

describe('Hover', () => {
  const hover = (word: string) => hoverAt(task, task.indexOf(word) + 1);

  it('explains a key, and the key of a value', () => {
    assert.deepEqual(hover('auth')?.lines, ['auth', 'Sign-up, sign-in and roles (Cognito).']);
    const type = hover('date }');
    assert.equal(type?.lines[0], 'type');
    assert.ok(type?.lines.includes('Default: string.'));
    assert.equal(task.slice(type?.range.start, type?.range.end), 'date');
  });

  it('explains an item of a list of words by its list', () => {
    assert.match(hover('editor')?.lines[1] ?? '', /Cognito group/);
  });

  it('says nothing where there is nothing', () => {
    assert.equal(hoverAt('# auth', 3), undefined);
    assert.equal(hoverAt('', 0), undefined);
    assert.equal(hoverAt('nonsense: 1', 3), undefined);
  });
});
