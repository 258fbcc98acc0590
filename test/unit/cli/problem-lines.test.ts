import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placeProblems, problemLines } from '../../../src/cli/problem-lines.ts';

const place = (text: string, start: number) => {
  const range = { start, end: start };
  const [placed] = placeProblems(
    'f',
    text,
    [{ code: 'c', severity: 'error', message: 'm', range, path: [] }],
    () => range,
  );
  return placed;
};

describe('problems in lines', () => {
  it('counts lines and columns from one, at both ends of a line', () => {
    assert.deepEqual([place('ab\ncd', 0)?.line, place('ab\ncd', 0)?.column], [1, 1]);
    assert.deepEqual([place('ab\ncd', 3)?.line, place('ab\ncd', 3)?.column], [2, 1]);
    assert.deepEqual([place('ab\r\ncd', 5)?.line, place('ab\r\ncd', 5)?.column], [2, 2]);
    assert.deepEqual([place('', 0)?.line, place('', 0)?.column], [1, 1]);
  });

  it('finds its way back to the offset, in any text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', '😀', 'é')), fc.nat(50), (parts, wish) => {
        const text = parts.join('');
        const start = Math.min(wish, text.length);
        const placed = place(text, start);
        if (placed === undefined) throw new Error('no place');
        const before = text.split('\n').slice(0, placed.line - 1);
        assert.equal(before.reduce((sum, line) => sum + line.length + 1, 0) + placed.column - 1, start);
      }),
    );
  });

  it('are printed for compilers’ readers, in the order of the text', () => {
    const at = (start: number) => ({ start, end: start });
    const problems = placeProblems(
      'backdrift.yaml',
      'a\nb\nc',
      [
        { code: 'late', severity: 'warning', message: 'Second.', path: ['x'] },
        { code: 'early', severity: 'error', message: 'First.', hint: 'Do this.', range: at(0), path: [] },
      ],
      () => at(4),
    );
    assert.deepEqual(problems.map(problemLines), [
      'backdrift.yaml:1:1 error early First.\n  Do this.',
      'backdrift.yaml:3:1 warning late Second.',
    ]);
  });
});
