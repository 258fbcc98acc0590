import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable } from '../../../src/deployment/printable.ts';

describe('text for a terminal', () => {
  for (const [what, text, expected] of [
    ['a colour', 'a\u001b[31mred', 'a\\u001b[31mred'],
    ['a title', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
    ['a line that is written over', 'error\rfine', 'error\\u000dfine'],
    ['an eight-bit control', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['a mark that turns the reading direction', 'prod\u202evorp', 'prod\\u202evorp'],
  ] as const) {
    it(`shows ${what} as it is written`, () => assert.equal(printable(text), expected));
  }

  it('leaves everything else', () => {
    const text = 'a\n\tb ✅ 🔄 ü 日本 שלום';
    assert.equal(printable(text), text);
  });

  it('stays JSON where it was JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        assert.deepEqual(JSON.parse(printable(json)), JSON.parse(json));
      }),
      { numRuns: 500 },
    );
  });
});
