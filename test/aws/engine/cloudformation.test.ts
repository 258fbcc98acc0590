import assert from 'node:assert/strict';
import { systemClock } from '../../../src/aws/clock.ts';
import { cloudFormation } from '../../../src/aws/cloudformation.ts';
import { localCredentials } from '../../../src/aws/credentials.ts';
import type { StackRequest } from '../../../src/deployment/ports.ts';
import { waitUntilIdle } from '../../../src/deployment/wait.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';

const group = (name: string, days: number) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName: name, RetentionInDays: days },
});

function request(name: string, days: number, token: string, wish: Partial<StackRequest> = {}): StackRequest {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: { Color: { Type: 'String', Default: 'red' } },
    Resources: { Group: group(`/${name}`, days) },
    Outputs: { Name: { Value: { Ref: 'Group' } }, Color: { Value: { Ref: 'Color' } } },
  };
  return {
    name,
    template: { body: JSON.stringify(template) },
    parameters: { Color: 'blue' },
    tags: { 'backdrift:project': 'shop', 'backdrift:environment': 'dev' },
    token,
    onFailure: 'rollback',
    ...wish,
  };
}

describe('the CloudFormation port, over a socket', () => {
  let aws: SuiteAws | undefined;
  let port: ReturnType<typeof cloudFormation>;
  const never = new AbortController().signal;

  before(async function () {
    aws = await startSuiteAws(this);
    port = cloudFormation({
      region: 'us-east-2',
      credentials: localCredentials,
      endpoint: aws.endpoint,
      maxAttempts: 1,
    });
  });

  after(async () => {
    port?.close();
    await aws?.stop();
  });

  /** Creates and waits; gives the stack. */
  async function created(wish: StackRequest) {
    const submitted = await port.createStack(wish);
    assert.equal(submitted.status, 'submitted', JSON.stringify(submitted));
    if (submitted.status !== 'submitted') throw new Error('unreachable');
    const idle = await waitUntilIdle(port, systemClock, submitted.stackId, never);
    assert.equal(idle.status, 'idle');
    if (idle.status !== 'idle') throw new Error('unreachable');
    return idle.stack;
  }

  it('creates a stack and describes it with outputs, parameters and tags', async () => {
    const stack = await created(request('shelf', 7, 'bd-1-s3-1'));
    assert.equal(stack.status, 'CREATE_COMPLETE');
    assert.deepEqual(stack.outputs, { Name: '/shelf', Color: 'blue' });
    assert.deepEqual(stack.parameters, { Color: 'blue' });
    assert.equal(stack.tags['backdrift:project'], 'shop');
    assert.match(stack.stackId, /^arn:aws:cloudformation:us-east-2:123456789012:stack\/shelf\//);
    assert.deepEqual(await port.describeStack('shelf'), { status: 'found', stack });
  });

  it('gives back the template as it was sent', async () => {
    const wish = request('verbatim', 7, 'bd-1-s3-1');
    await created(wish);
    const read = await port.getTemplate('verbatim');
    assert.equal(read.status, 'found');
    assert.deepEqual(
      read.status === 'found' && JSON.parse(read.body),
      'body' in wish.template && JSON.parse(wish.template.body),
    );
  });

  it('finds several stacks by name at once, and leaves out what is not there', async () => {
    await created(request('one', 7, 'bd-1-s3-1'));
    await created(request('two', 7, 'bd-1-s3-1'));
    await aws?.takeCalls();
    const found = await port.describeStacks(['two', 'one', 'neither']);
    assert.deepEqual(found.status === 'found' && found.stacks.map(({ name }) => name).sort(), ['one', 'two']);
    assert.deepEqual(await aws?.takeCalls(), { 'cloudformation.DescribeStacks': 1 });
  });

  it('tells events of one operation, oldest first, and only news after a cursor', async () => {
    const stack = await created(request('events', 7, 'bd-1-s3-1'));
    const all = await port.events(stack.stackId, 'bd-1-s3-1');
    assert.equal(all.status, 'found');
    if (all.status !== 'found') return;
    const told = all.events.map(({ logicalId, status }) => `${logicalId} ${status}`);
    assert.equal(told[0], 'events CREATE_IN_PROGRESS');
    assert.equal(told.at(-1), 'events CREATE_COMPLETE');
    assert.ok(told.includes('Group CREATE_COMPLETE'), told.join());
    assert.deepEqual(all.events.filter(({ root }) => root).length, 2);
    const cursor = all.events.at(-2)?.eventId;
    const news = await port.events(stack.stackId, 'bd-1-s3-1', cursor);
    assert.deepEqual(news.status === 'found' && news.events, all.events.slice(-1));
    assert.deepEqual(await port.events(stack.stackId, 'bd-9-s3-1'), { status: 'found', events: [] });
  });

  it('tells what came of a submission by its outcome', async () => {
    const wish = request('outcomes', 7, 'bd-1-s3-1');
    await created(wish);
    assert.deepEqual(await port.createStack({ ...wish, token: 'bd-2-s3-1' }), { status: 'already-exists' });
    assert.deepEqual(await port.updateStack({ ...wish, token: 'bd-2-s3-1' }), { status: 'no-updates' });
    assert.deepEqual(await port.updateStack({ ...wish, name: 'nobody', token: 'bd-2-s3-1' }), { status: 'absent' });
    assert.deepEqual(await port.describeStack('nobody'), { status: 'absent' });
    assert.deepEqual(await port.getTemplate('nobody'), { status: 'absent' });
    const refused = await port.createStack(request('broken', 7, 'x', { template: { body: '{"Resources":{}}' } }));
    assert.equal(refused.status, 'rejected');
    assert.equal('code' in refused && refused.code, 'ValidationError');
    assert.equal((await port.updateStack(request('outcomes', 14, 'bd-3-s3-1'))).status, 'submitted');
  });

  it('a submission that is sent again is the same operation', async () => {
    const wish = request('again', 7, 'bd-1-s3-1');
    const [first, second] = [await port.createStack(wish), await port.createStack(wish)];
    assert.equal(first.status, 'submitted');
    assert.deepEqual(second, first);
  });

  it('says busy while another operation runs', async () => {
    await created(request('busy', 7, 'bd-1-s3-1'));
    await aws?.setScale(5);
    try {
      assert.equal((await port.updateStack(request('busy', 14, 'bd-2-s3-1'))).status, 'submitted');
      const second = await port.updateStack(request('busy', 30, 'bd-3-s3-1'));
      assert.equal(second.status, 'busy', JSON.stringify(second));
    } finally {
      await aws?.setScale(0);
    }
  });

  it('deletes, and a deleted stack is found by its id alone', async () => {
    const stack = await created(request('gone', 7, 'bd-1-s3-1'));
    assert.deepEqual(await port.deleteStack(stack.stackId, 'bd-2-s3-1'), { status: 'submitted' });
    assert.deepEqual(await waitUntilIdle(port, systemClock, stack.stackId, never), { status: 'gone' });
    assert.deepEqual(await port.describeStack('gone'), { status: 'absent' });
    const byId = await port.describeStack(stack.stackId);
    assert.equal(byId.status === 'found' && byId.stack.status, 'DELETE_COMPLETE');
    assert.deepEqual(await port.deleteStack('gone', 'bd-3-s3-1'), { status: 'submitted' });
    const live = await port.describeStacks(['gone']);
    assert.deepEqual(live, { status: 'found', stacks: [] });
  });

  it('lists the resources with their physical ids', async () => {
    const stack = await created(request('inside', 7, 'bd-1-s3-1'));
    assert.deepEqual(await port.resources(stack.stackId), {
      status: 'found',
      resources: [
        { logicalId: 'Group', type: 'AWS::Logs::LogGroup', physicalId: '/inside', status: 'CREATE_COMPLETE' },
      ],
    });
  });
});
