import assert from 'node:assert/strict';
import { runGraph, type Task } from '../../../src/deployment/graph.ts';

const quiet = { blocked: () => {}, cancelled: () => {} };
const never = new AbortController().signal;

describe('runGraph', () => {
  it('starts a task the moment what it needs is done, not a round later', async () => {
    const log: string[] = [];
    const task = (id: string, needs: string[], ticks: number): Task<string> => ({
      id,
      needs,
      run: async () => {
        log.push(`+${id}`);
        for (let tick = 0; tick < ticks; tick += 1) await new Promise((resolve) => setImmediate(resolve));
        log.push(`-${id}`);
        return 'done';
      },
    });
    await runGraph([task('slow', [], 20), task('fast', [], 1), task('after', ['fast'], 1)], quiet, never);
    assert.deepEqual(log, ['+slow', '+fast', '-fast', '+after', '-after', '-slow']);
  });

  it('blocks at once, without waiting for the other needs', async () => {
    const order: string[] = [];
    await runGraph(
      [
        { id: 'bad', needs: [], run: async () => 'failed' },
        {
          id: 'slow',
          needs: [],
          run: async () => {
            for (let tick = 0; tick < 5; tick += 1) await new Promise((resolve) => setImmediate(resolve));
            order.push('slow ends');
            return 'done';
          },
        },
        { id: 'both', needs: ['slow', 'bad'], run: async () => 'done' },
        { id: 'then', needs: ['both'], run: async () => 'done' },
      ],
      { blocked: (id, need, end) => order.push(`${id} by ${need}, ${end}`), cancelled: () => {} },
      never,
    );
    assert.deepEqual(order, ['both by bad, failed', 'then by both, blocked', 'slow ends']);
  });

  it('refuses a graph that could never end', async () => {
    const run = async () => 'done' as const;
    await assert.rejects(
      runGraph(
        [
          { id: 'a', needs: ['b'], run },
          { id: 'b', needs: ['a'], run },
        ],
        quiet,
        never,
      ),
      /one another: a, b/,
    );
    await assert.rejects(runGraph([{ id: 'a', needs: ['x'], run }], quiet, never), /a needs x, which is not there/);
  });
});
