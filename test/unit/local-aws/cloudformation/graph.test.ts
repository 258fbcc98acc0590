// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates under test are written in Fn::Sub's own syntax.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cycle, dependencyGraph, type Graph, reversed, walk } from '../../../../local-aws/cloudformation/graph.ts';
import { parseTemplate } from '../../../../local-aws/cloudformation/template/parse.ts';

/** Nodes in a row; each may need earlier ones: never a circle. */
const acyclic: fc.Arbitrary<Graph> = fc
  .array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 25 })
  .map(
    (rows) => new Map(rows.map((needs, i) => [`n${i}`, [...new Set(needs.filter((n) => n < i).map((n) => `n${n}`))]])),
  );

describe('The dependency graph', () => {
  it('finds DependsOn, Ref, GetAtt and Sub, and follows only the taken branch when it is known', () => {
    const { resources } = parseTemplate(
      JSON.stringify({
        Resources: {
          A: { Type: 'Test::Unit::Thing' },
          B: { Type: 'Test::Unit::Thing', DependsOn: 'A', Properties: { x: { 'Fn::Sub': '${C.Arn} ${AWS::Region}' } } },
          C: {
            Type: 'Test::Unit::Thing',
            Properties: { x: { 'Fn::If': ['Yes', { Ref: 'A' }, { 'Fn::GetAtt': 'D.Arn' }] } },
          },
          D: { Type: 'Test::Unit::Thing' },
        },
      }),
    );
    assert.deepEqual(dependencyGraph(resources).get('B'), ['A', 'C']);
    assert.deepEqual(dependencyGraph(resources).get('C'), ['A', 'D']);
    assert.deepEqual(dependencyGraph(resources, () => false).get('C'), ['D']);
  });

  it('tells a circle from what only stands before it', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['a']],
      ['free', []],
    ]);
    assert.deepEqual(cycle(graph), ['a', 'b']);
  });

  it('has no circle in a graph without one, turned or not', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        assert.deepEqual(cycle(graph), []);
        assert.deepEqual(cycle(reversed(graph)), []);
      }),
    );
  });

  it('visits each node once, after what it needs, and accounts for every node when some fail', async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, fc.array(fc.nat(30)), fc.scheduler(), async (graph, bad, scheduler) => {
        const failing = new Set(bad.map((n) => `n${n}`));
        const finished = new Set<string>();
        const visited: string[] = [];
        const walking = walk(graph, async (node) => {
          visited.push(node);
          for (const need of graph.get(node) ?? []) assert.ok(finished.has(need), `${node} before ${need}`);
          await scheduler.schedule(Promise.resolve(), node);
          if (failing.has(node)) return false;
          finished.add(node);
          return true;
        });
        await scheduler.waitFor(walking);
        const { done, failed, untouched } = await walking;
        assert.deepEqual([...done, ...failed, ...untouched].sort(), [...graph.keys()].sort());
        assert.equal(new Set(visited).size, visited.length);
        assert.ok(failed.every((node) => failing.has(node)));
        for (const node of untouched) {
          assert.ok((graph.get(node) ?? []).some((need) => failing.has(need) || untouched.includes(need)));
        }
      }),
    );
  });
});
