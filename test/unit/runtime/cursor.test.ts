import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openCursor, sealCursor } from '../../../src/runtime/cursor.ts';

const scope = { table: 'backdrift-shop-dev-dynamodb-TasksTable-1A2B3C4D5E6F7', list: '["task",null]' };
const places = fc.array(
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  {
    minLength: 1,
    maxLength: 4,
  },
);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a cursor', () => {
  it('gives back the place that it was made of', () => {
    fc.assert(
      fc.property(places, (place) => {
        assert.deepEqual(openCursor(scope, sealCursor(scope, place)), JSON.parse(JSON.stringify(place)));
      }),
    );
  });

  it('keeps whole numbers that JavaScript would round', () => {
    const place = [2n ** 70n, -(2n ** 60n), 'x'];
    assert.deepEqual(openCursor(scope, sealCursor(scope, place)), place);
  });

  it('is worth nothing with any one character changed, left out or added', () => {
    const cursor = sealCursor(scope, ['2026-01-01T00:00:00.000Z', 'row-1']);
    for (let at = 0; at < cursor.length; at++) {
      for (const letter of [...alphabet, '=', '+', '/', ' ', 'é']) {
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        if (changed !== cursor) assert.equal(openCursor(scope, changed), undefined, `${letter} at ${at}`);
      }
      assert.equal(openCursor(scope, cursor.slice(0, at) + cursor.slice(at + 1)), undefined, `without ${at}`);
      assert.equal(openCursor(scope, cursor.slice(0, at)), undefined, `cut at ${at}`);
    }
    for (const letter of [...alphabet, '=', '.', '\n']) {
      assert.equal(openCursor(scope, cursor + letter), undefined);
      assert.equal(openCursor(scope, letter + cursor), undefined);
    }
  });

  it('of another list or table is none of this one', () => {
    fc.assert(
      fc.property(places, fc.string(), (place, other) => {
        const cursor = sealCursor(scope, place);
        if (other !== scope.list) assert.equal(openCursor({ ...scope, list: other }, cursor), undefined);
        if (other !== scope.table) assert.equal(openCursor({ ...scope, table: other }, cursor), undefined);
      }),
    );
  });

  it('is refused whatever it is, without a word', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.base64String()), (text) => {
        assert.equal(openCursor(scope, text), undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells nothing of the place that it is made of', () => {
    const seen = Buffer.from(sealCursor(scope, ['somebody-elses-row']), 'base64url').toString('latin1');
    assert.ok(!seen.includes('somebody') && !seen.includes('row'));
  });
});
