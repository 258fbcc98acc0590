import assert from 'node:assert/strict';
import { type DeploymentEvent, noProgress, reduceProgress } from '../../../src/deployment/progress.ts';

const at = '2026-01-01T00:00:00.000Z';
const started: DeploymentEvent = {
  type: 'started',
  at,
  environment: 'dev',
  region: 'us-east-2',
  account: '123456789012',
  stacks: [{ layer: 'lambda', name: 'backdrift-shop-dev-lambda', planned: 2, action: 'create' }],
};

let serial = 0;
function resource(logicalId: string, status: string, rollback?: true): DeploymentEvent {
  serial += 1;
  const base = { type: 'resource', at, layer: 'lambda', eventId: `e${serial}`, resourceType: 'AWS::X::Y' } as const;
  return { ...base, logicalId, status, ...(rollback === undefined ? {} : { rollback }) };
}

function lambdaAfter(...events: DeploymentEvent[]) {
  const [stack] = [started, ...events].reduce(reduceProgress, noProgress).stacks;
  if (stack === undefined) throw new Error('no stack');
  return stack;
}

describe('reduceProgress', () => {
  it('counts a resource once, however many events it has', () => {
    const stack = lambdaAfter(
      resource('A', 'CREATE_IN_PROGRESS'),
      resource('A', 'CREATE_COMPLETE'),
      resource('A', 'UPDATE_IN_PROGRESS'),
      resource('A', 'UPDATE_COMPLETE'),
    );
    assert.deepEqual([stack.done, stack.planned], [1, 2]);
  });

  it('keeps the count when a resource is undone, and shows what happens to it', () => {
    const stack = lambdaAfter(resource('A', 'CREATE_COMPLETE'), resource('A', 'DELETE_IN_PROGRESS', true));
    assert.equal(stack.done, 1);
    assert.equal(stack.resources.A?.status, 'DELETE_IN_PROGRESS');
  });

  it('does not count what only a rollback completes', () => {
    const stack = lambdaAfter(resource('A', 'CREATE_FAILED'), resource('A', 'DELETE_COMPLETE', true));
    assert.equal(stack.done, 0);
  });

  it('raises the plan by resources that nobody planned', () => {
    const stack = lambdaAfter(...['A', 'B', 'C'].map((id) => resource(id, 'CREATE_IN_PROGRESS')));
    assert.deepEqual([stack.done, stack.planned], [0, 3]);
  });

  it('takes logical ids that are names of object methods', () => {
    const stack = lambdaAfter(resource('constructor', 'CREATE_COMPLETE'), resource('toString', 'CREATE_IN_PROGRESS'));
    assert.deepEqual([stack.done, Object.keys(stack.resources)], [1, ['constructor', 'toString']]);
  });

  it('forgets the reason of a wait when the stack goes on', () => {
    const stack = lambdaAfter(
      { type: 'stack', at, layer: 'lambda', status: 'waiting', reason: 'somebody else deploys' },
      { type: 'stack', at, layer: 'lambda', status: 'running' },
    );
    assert.deepEqual([stack.status, stack.reason], ['running', undefined]);
  });

  it('ends with a plan that says what was done, when CloudFormation found less to do', () => {
    const complete = [
      resource('A', 'UPDATE_COMPLETE'),
      { type: 'stack', at, layer: 'lambda', status: 'complete' },
    ] as const;
    const cleaning = lambdaAfter(...complete);
    assert.deepEqual([cleaning.done, cleaning.planned], [1, 2], 'what it no longer needs may still be on its way out');
    const stack = lambdaAfter(...complete, { type: 'finished', at, result: 'succeeded' });
    assert.deepEqual([stack.done, stack.planned], [1, 1]);
  });

  it('counts what stays in the account as done', () => {
    assert.equal(lambdaAfter(resource('A', 'DELETE_SKIPPED')).done, 1);
  });
});
