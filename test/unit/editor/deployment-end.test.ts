import assert from 'node:assert/strict';
import type { DeploymentProgress } from '../../../src/deployment/progress.ts';
import { endMessage } from '../../../src/editor/deployment-end.ts';
import { liveStack, moving } from './states.ts';

const progress: DeploymentProgress = { environment: 'dev', region: 'us-east-2', account: '1', stacks: [] };

describe('how a deployment ended', () => {
  it('says what was done and what can be tried next', () => {
    const stacks = [
      moving({ layer: 'api', status: 'complete', done: 4 }),
      moving({ layer: 'cognito', status: 'unchanged' }),
    ];
    const end = endMessage('Shop', { ...progress, result: 'succeeded', stacks }, [liveStack({ layer: 'api' })]);
    assert.equal(end.text, 'Shop is deployed to dev (us-east-2): 4 resources, 1 stack.');
    assert.deepEqual(
      end.next.map((step) => step.command),
      ['testHealth'],
    );
  });

  it('says when nothing had to change', () => {
    const stacks = [moving({ layer: 'api', status: 'unchanged' })];
    assert.match(endMessage('Shop', { ...progress, result: 'succeeded', stacks }, []).text, /nothing had to change/);
  });

  it('names the first cause, how many failed besides, and what stands', () => {
    const stacks = [
      moving({ layer: 'cognito', status: 'complete', done: 1 }),
      moving({ layer: 'lambda', status: 'failed', reason: 'Memory is too small.' }),
      moving({ layer: 's3', status: 'failed', reason: 'Name is taken.' }),
      moving({ layer: 'api', status: 'blocked', reason: 'Lambda failed.' }),
    ];
    const end = endMessage('Shop', { ...progress, result: 'partial', stacks }, []);
    assert.equal(end.severity, 'error');
    assert.equal(
      end.text,
      'The deployment of Shop to dev (us-east-2) is not complete. Lambda Stack failed: Memory is too small. 1 other stack failed too. 1 of 4 stacks are complete.',
    );
    assert.deepEqual(
      end.next.map((step) => step.command),
      ['showOutput', 'deploy'],
    );
  });

  it('tells a cancelled one from a failed one', () => {
    const end = endMessage('Shop', { ...progress, environment: 'local', result: 'cancelled' }, []);
    assert.equal(end.severity, 'information');
    assert.match(end.text, /to the local AWS was cancelled/);
  });
});
