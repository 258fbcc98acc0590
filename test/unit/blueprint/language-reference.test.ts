import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { blueprintReference } from '../../../src/blueprint/language-reference.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';

const docs = new URL('../../../docs/', import.meta.url);
const everyKey = readFileSync(new URL('every-key.yaml', docs), 'utf8');

describe('docs/blueprint.md', () => {
  it('is what `npm run docs` makes of the schema, with an example of every key', () => {
    assert.equal(readFileSync(new URL('blueprint.md', docs), 'utf8'), blueprintReference(everyKey));
  });

  it('takes its examples from a Blueprint without a problem', () => {
    const workspace = { locate: (path: string) => (/\.\w+$/.test(path) ? ('file' as const) : ('directory' as const)) };
    const { problems, blueprint } = parseBlueprint(everyKey, workspace);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.ok(blueprint);
  });

  it('cannot leave a key without an example', () => {
    assert.throws(() => blueprintReference(everyKey.replace(/^ *mfa: .*\n/m, '')), /auth\.mfa/);
  });
});
