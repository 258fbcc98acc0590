import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { messageText } from '../../../src/editor/message-text.ts';

/** What VS Code takes for a link in a notification (`parseLinkedText`). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('the text of a notification', () => {
  for (const text of [
    'Deployed [Show](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22x%22%7D) now',
    'see [here](https://evil.example/login)',
    '[a](file:///etc/passwd)',
    '[a\u202e](command:x)',
    '[a](\u0000command:x)',
  ]) {
    it(`makes no link of ${JSON.stringify(text)}`, () => assert.doesNotMatch(messageText(text), link));
  }

  it('makes no link of anything', () => {
    const piece = fc.constantFrom('[', ']', '(', ')', '](', 'command:', 'https://', 'a', ' ', '\u0000', '\u202e', '\\');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        assert.doesNotMatch(messageText(pieces.join('')), link);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is no longer than somebody reads, shows direction marks, and holds no secret', () => {
    assert.ok(messageText('x'.repeat(10_000)).length < 1_100);
    assert.equal(messageText('prod\u202evorp'), 'prod\\u202evorp');
    assert.ok(!messageText('password=hunter22').includes('hunter22'));
  });

  it('is the only way to a notification', () => {
    const folder = path.resolve(import.meta.dirname, '../../../src');
    const files = ['extension.ts', ...readdirSync(path.join(folder, 'editor')).map((name) => `editor/${name}`)];
    const others = files.filter((file) =>
      /window\.show(Information|Warning|Error)Message/.test(readFileSync(path.join(folder, file), 'utf8')),
    );
    assert.deepEqual(others, ['editor/notify.ts']);
  });
});
