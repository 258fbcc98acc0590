import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deploy } from '../../../src/deployment/engine.ts';
import { listHistory } from '../../../src/deployment/history.ts';
import { noProgress, reduceProgress } from '../../../src/deployment/progress.ts';
import { type Layer, layers, type Stack } from '../../../src/stacks/stack.ts';
import { stackOf } from '../../builders/stacks.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';

interface Wish {
  layer: Layer;
  dependsOn: Layer[];
  size: number;
  fails: boolean;
}

/** Stacks that need only earlier ones, and some of which fail. */
const graphs = fc.subarray([...layers], { minLength: 1 }).chain((present) =>
  fc.tuple(
    ...present.map((layer, index) =>
      fc.record({
        layer: fc.constant(layer),
        dependsOn: fc.subarray(present.slice(0, index)),
        size: fc.integer({ min: 1, max: 4 }),
        fails: fc.boolean(),
      }),
    ),
  ),
);

const types = ['AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::SQS::Queue'];

function stackFor({ layer, dependsOn, size }: Wish): Stack {
  const resources = Object.fromEntries(types.slice(0, size).map((type, index) => [`R${index}`, type]));
  return stackOf({
    layer,
    resources,
    dependsOn,
    outputs: { Out: 'R0' },
    parameters: Object.fromEntries(
      dependsOn.map((need, index) => [`P${index}`, { from: 'output', layer: need, output: 'Out' }]),
    ),
  });
}

describe('any graph of stacks, any of them failing', () => {
  it('every independent stack ends complete, dependents are blocked, the history is whole, counts never fall', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 0, max: 9000 }), async (wishes: Wish[], eventDelay) => {
        const account = new FakeAccount();
        account.cloudFormation.eventDelay = eventDelay;
        const failing = new Set(wishes.filter(({ fails }) => fails).map(({ layer }) => layer));
        for (const layer of failing) account.cloudFormation.failing.set(`backdrift-shop-dev-${layer}/R0`, 'broken');
        const hopeless = new Set<Layer>();
        for (const { layer, dependsOn } of wishes) {
          if (dependsOn.some((need) => failing.has(need) || hopeless.has(need))) hopeless.add(layer);
        }

        let progress = noProgress;
        const outcome = await account.clock.run(
          deploy(
            { project: 'shop', blueprint: 'x', stacks: wishes.map(stackFor), host: 'laptop' },
            { connection: account.connection(), clock: account.clock, artifacts: account.artifacts },
            (event) => {
              const before = new Map(progress.stacks.map(({ layer, done }) => [layer, done]));
              progress = reduceProgress(progress, event);
              // The same event told twice changes nothing the second time.
              assert.deepEqual(reduceProgress(progress, event), progress);
              for (const { layer, done, planned } of progress.stacks) {
                assert.ok(done >= (before.get(layer) ?? 0), `${layer} went back`);
                assert.ok(planned >= done, `${layer}: ${done} of ${planned}`);
              }
            },
            new AbortController().signal,
          ),
        );

        assert.equal(outcome.status, 'finished');
        if (outcome.status !== 'finished') return;
        for (const { layer, size } of wishes) {
          const shown = progress.stacks.find((stack) => stack.layer === layer);
          const expected = hopeless.has(layer) ? 'blocked' : failing.has(layer) ? 'failed' : 'complete';
          assert.equal(shown?.status, expected, layer);
          assert.equal(outcome.entry.stacks[layer]?.result, expected);
          if (expected === 'complete') assert.equal(shown.done, size);
          else assert.notEqual(outcome.entry.stacks[layer]?.reason, undefined);
          const live = account.cloudFormation.stack(`backdrift-shop-dev-${layer}`)?.status;
          assert.equal(live, { blocked: undefined, failed: 'CREATE_FAILED', complete: 'CREATE_COMPLETE' }[expected]);
        }
        const bad = failing.size + hopeless.size > 0;
        const good = wishes.some(({ layer }) => !failing.has(layer) && !hopeless.has(layer));
        assert.equal(outcome.result, bad ? (good ? 'partial' : 'failed') : 'succeeded');
        assert.equal(progress.result, outcome.result);

        const store = account.s3.bucket('backdrift-123456789012-us-east-2');
        const history = await account.clock.run(listHistory(store, account.clock, 'shop', 'dev'));
        assert.deepEqual(history, { status: 'found', entries: [outcome.entry], unreadable: [] });
      }),
      { numRuns: 150 },
    );
  });
});
