import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ParsedBlueprint, parseBlueprint } from '../../../src/blueprint/parse.ts';
import { createBlueprintReader } from '../../../src/blueprint/reader.ts';
import type { SourceNode } from '../../../src/blueprint/source.ts';
import { readWhole, TextReader } from '../../../src/blueprint/text-tree.ts';
import { apply, edit, exampleText, exampleTexts, mutatedExample } from './mutations.ts';

/** Everything that reading gave, as plain data. */
function everything({ blueprint, document, outline, problems }: ParsedBlueprint) {
  return { blueprint, document, outline, problems };
}

/** A tree with absolute positions: what must not depend on how a text was read. */
function absolute(node: SourceNode, origin = 0): unknown {
  const range = [node.start + origin, node.end + origin];
  if (node.kind === 'scalar') return { value: node.value, range };
  if (node.kind === 'list') {
    return { range, items: node.items.map((item) => absolute(item.node, origin + item.offset)) };
  }
  const entries = node.entries.map(({ key, keyStart, keyEnd, value }) => [
    key,
    keyStart + origin,
    keyEnd + origin,
    absolute(value, origin),
  ]);
  return { range, entries };
}

const crm = exampleTexts['examples/saas-crm/backdrift.yaml'] ?? '';

describe('A Blueprint reader', () => {
  it('gives after any edits what a fresh reading gives', () => {
    fc.assert(
      fc.property(exampleText, fc.array(edit, { minLength: 1, maxLength: 5 }), (start, edits) => {
        const reader = createBlueprintReader();
        reader.read(start);
        let text = start;
        for (const one of edits) {
          text = apply(text, one);
          assert.deepEqual(everything(reader.read(text)), everything(parseBlueprint(text)));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('reads a text in pieces as it reads it whole', () => {
    fc.assert(
      fc.property(mutatedExample, (text) => {
        const pieces = new TextReader().read(text);
        const whole = readWhole(text);
        assert.equal(pieces.problems.length === 0, whole.problems.length === 0);
        if (whole.problems.length === 0) assert.deepEqual(absolute(pieces.root), absolute(whole.root));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the resolved entities that did not change, also when they move', () => {
    const reader = createBlueprintReader();
    const before = reader.read(crm).blueprint;
    const after = reader.read(`# moved\n\n${crm.replace('max_length: 4000', 'max_length: 4001')}`).blueprint;
    assert.ok(before && after);
    assert.deepEqual(
      after.entities.map((entity, index) => [entity.name, entity === before.entities[index]]),
      before.entities.map(({ name }) => [name, name !== 'activity']),
    );
  });

  it('keeps the implied entities: tenant and members', () => {
    const text = exampleTexts['test/fixtures/blueprints/documentation.json'] ?? '';
    const reader = createBlueprintReader();
    const before = reader.read(text).blueprint?.entities.slice(-2) ?? [];
    assert.deepEqual(
      before.map(({ name }) => name),
      ['organization', 'organization_member'],
    );
    const after = reader.read(`${text}\n`).blueprint?.entities.slice(-2) ?? [];
    assert.ok(after.every((entity, index) => entity === before[index]));
  });

  it('resolves entities anew when what they depend on changes', () => {
    const reader = createBlueprintReader();
    reader.read(crm);
    const after = reader.read(
      crm.replace('tenant_entity: organization', 'tenant_entity: organization\n  field: org_id'),
    );
    const company = after.blueprint?.entities.find(({ name }) => name === 'company');
    assert.ok(company?.fields.some(({ name }) => name === 'org_id'));
    assert.ok(!company?.fields.some(({ name }) => name === 'organization_id'));
  });

  it('moves problems with the text before them', () => {
    const broken = crm.replace('type: string, max_length: 300', 'type: strin, max_length: 300');
    const reader = createBlueprintReader();
    const [before] = reader.read(broken).problems;
    const [after] = reader.read(`# one more line\n${broken}`).problems;
    assert.ok(before && after);
    assert.equal(after.range.start, before.range.start + '# one more line\n'.length);
  });

  it('forgets nothing when a text is broken for a while', () => {
    const reader = createBlueprintReader();
    const before = reader.read(crm).blueprint;
    assert.equal(reader.read(`${crm}\n  - [`).blueprint, undefined);
    const after = reader.read(crm).blueprint;
    assert.deepEqual(after, before);
  });
});
