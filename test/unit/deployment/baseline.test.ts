import assert from 'node:assert/strict';
import { baselineInAccount } from '../../../src/deployment/baseline.ts';
import { deploy } from '../../../src/deployment/engine.ts';
import { lookAround } from '../../../src/deployment/look.ts';
import { readLive } from '../../../src/deployment/status.ts';
import type { Stack } from '../../../src/stacks/stack.ts';
import { fiveStacks, stackOf } from '../../builders/stacks.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';

async function deployed(account: FakeAccount, stacks: Stack[], blueprint = 'project: { name: Shop }') {
  const outcome = await account.clock.run(
    deploy(
      { project: 'shop', blueprint, stacks, host: 'laptop' },
      { connection: account.connection(), clock: account.clock, artifacts: account.artifacts },
      () => {},
      new AbortController().signal,
    ),
  );
  if (outcome.status !== 'finished') throw new Error(JSON.stringify(outcome));
  return outcome.baseline;
}

async function inAccount(account: FakeAccount) {
  const connection = account.connection();
  const store = connection.bucket('backdrift-123456789012-us-east-2');
  const seen = await account.clock.run(lookAround(connection, store, account.clock, 'shop', 'dev'));
  if (seen.status !== 'seen') throw new Error(JSON.stringify(seen));
  return account.clock.run(baselineInAccount(connection, store, account.clock, seen));
}

describe('where the next comparison starts from', () => {
  it('is the same, kept after a deployment or read from the account', async () => {
    const account = new FakeAccount();
    assert.equal(await inAccount(account), undefined);
    const kept = await deployed(account, fiveStacks());
    assert.deepEqual(await inAccount(account), kept);
    assert.deepEqual(
      kept.stacks.map(({ layer }) => layer),
      ['cognito', 'dynamodb', 'lambda', 'api', 'amplify'],
    );
    assert.deepEqual([kept.deployment, kept.blueprint], [1, 'project: { name: Shop }']);
  });

  it('is what was there before, for a stack that could not be updated', async () => {
    const account = new FakeAccount();
    const before = [stackOf({ layer: 'dynamodb' }), stackOf({ layer: 's3' })];
    await deployed(account, before);
    const more = { Thing: 'AWS::Logs::LogGroup', More: 'AWS::SQS::Queue' };
    account.cloudFormation.failing.set('backdrift-shop-dev-s3/More', 'no');
    const after = [stackOf({ layer: 'dynamodb', resources: more }), stackOf({ layer: 's3', resources: more })];
    const kept = await deployed(account, after, 'changed');
    assert.deepEqual(
      kept.stacks.map(({ body }) => body),
      [after[0]?.body, before[1]?.body],
    );
    assert.deepEqual(await inAccount(account), kept);
  });

  it('is nothing, for a stack that is gone', async () => {
    const account = new FakeAccount();
    await deployed(account, [stackOf({ layer: 'dynamodb' }), stackOf({ layer: 'sqs' })]);
    const kept = await deployed(account, [stackOf({ layer: 'dynamodb' })]);
    assert.deepEqual(
      kept.stacks.map(({ layer }) => layer),
      ['dynamodb'],
    );
    assert.deepEqual(await inAccount(account), kept);
  });
});

describe('what is live', () => {
  it('is every layer under the project’s names, in order, and nobody else’s', async () => {
    const account = new FakeAccount();
    await deployed(account, [stackOf({ layer: 'dynamodb' }), stackOf({ layer: 'sqs' }), stackOf({ layer: 'cognito' })]);
    await account.clock.run(
      account.cloudFormation.createStack({
        name: 'backdrift-shop-dev-s3',
        template: { body: stackOf({ layer: 's3' }).body },
        parameters: {},
        tags: { 'backdrift:project': 'another', 'backdrift:environment': 'dev' },
        token: 'x',
        onFailure: 'rollback',
      }),
    );
    const live = await account.clock.run(readLive(account.cloudFormation, account.clock, 'shop', 'dev'));
    assert.equal(live.status, 'found');
    if (live.status !== 'found') return;
    assert.deepEqual(
      live.stacks.map(({ layer, status, resources }) => [layer, status, resources.map(({ logicalId }) => logicalId)]),
      [
        ['cognito', 'CREATE_COMPLETE', ['Thing']],
        ['dynamodb', 'CREATE_COMPLETE', ['Thing']],
        ['sqs', 'CREATE_COMPLETE', ['Thing']],
      ],
    );
  });

  it('is a failure, not an empty account, when it cannot be read', async () => {
    const account = new FakeAccount();
    account.cloudFormation.faults = () => ({ status: 'unauthenticated', code: 'ExpiredToken', message: 'expired' });
    const live = await account.clock.run(readLive(account.cloudFormation, account.clock, 'shop', 'dev'));
    assert.equal(live.status, 'unauthenticated');
  });
});
