import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { problemCodes } from '../../../src/blueprint/codes.ts';
import { parseBlueprint, type WorkspaceFacts } from '../../../src/blueprint/parse.ts';

const page = readFileSync(new URL('../../../docs/problems.md', import.meta.url), 'utf8');
const entries = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((entry): [string, string[]] => [
      entry.slice(0, entry.indexOf('\n')),
      [...entry.matchAll(/```yaml\n([\s\S]*?)```/g)].map((block) => block[1] ?? ''),
    ]),
);
/** Need more text than a page can show, or none; they have tests of their own. */
const withoutExample = ['not-utf-8', 'too-large', 'too-deep', 'too-many-aliases', 'empty-blueprint', 'more-problems'];

/** The workspace that the examples speak of. */
const workspace: WorkspaceFacts = {
  locate: (path) =>
    path === 'missing' || path === 'missing.mjs' ? 'missing' : /\.\w+$/.test(path) ? 'file' : 'directory',
};

function read(example: string) {
  return parseBlueprint(/^project:/m.test(example) ? example : `project: { name: Shop }\n${example}`, workspace);
}

describe('docs/problems.md', () => {
  it('has an entry for every code, in the order of the codes, and for nothing else', () => {
    assert.deepEqual([...entries.keys()], [...problemCodes]);
  });

  for (const code of problemCodes) {
    if (withoutExample.includes(code)) continue;
    it(`${code}: the example shows the problem, and nothing else`, () => {
      const { problems } = read(entries.get(code)?.[0] ?? '');
      assert.deepEqual([...new Set(problems.map((problem) => problem.code))], [code]);
    });
    it(`${code}: the cure cures it`, () => {
      const { problems, blueprint } = read(entries.get(code)?.[1] ?? '');
      assert.deepEqual(problems, []);
      assert.ok(blueprint);
    });
  }
});
