import assert from 'node:assert/strict';
import { type DeployOutcome, deploy } from '../../../src/deployment/engine.ts';
import { listHistory } from '../../../src/deployment/history.ts';
import {
  type DeploymentEvent,
  type DeploymentProgress,
  noProgress,
  reduceProgress,
} from '../../../src/deployment/progress.ts';
import type { Layer, Stack } from '../../../src/stacks/stack.ts';
import { fiveStacks, stackOf } from '../../builders/stacks.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';
import { lostAnswer } from '../../fakes/fake-object-store.ts';

const bucket = 'backdrift-123456789012-us-east-2';

interface Run {
  outcome: DeployOutcome;
  events: DeploymentEvent[];
  progress: DeploymentProgress;
}

async function run(
  account: FakeAccount,
  stacks: Stack[],
  options: { files?: string; signal?: AbortSignal; who?: string; onEvent?: (event: DeploymentEvent) => void } = {},
): Promise<Run> {
  return account.clock.run(start(account, stacks, options));
}

async function start(account: FakeAccount, stacks: Stack[], options: Parameters<typeof run>[2] = {}): Promise<Run> {
  const events: DeploymentEvent[] = [];
  let progress = noProgress;
  const outcome = await deploy(
    { project: 'shop', blueprint: 'project: { name: Shop }', stacks, host: 'laptop' },
    {
      connection: account.connection(options.who),
      clock: account.clock,
      artifacts: account.artifacts,
      ...(stacks.some(({ layer }) => layer === 'amplify') ? { frontend: account.frontend(options.files) } : {}),
    },
    (event) => {
      events.push(event);
      progress = reduceProgress(progress, event);
      options.onEvent?.(event);
    },
    options.signal ?? new AbortController().signal,
  );
  return { outcome, events, progress };
}

function finished(outcome: DeployOutcome) {
  assert.equal(outcome.status, 'finished', JSON.stringify(outcome));
  if (outcome.status !== 'finished') throw new Error('unreachable');
  assert.equal(outcome.unrecorded, undefined);
  return outcome;
}

function statuses(progress: DeploymentProgress): Partial<Record<Layer, string>> {
  return Object.fromEntries(progress.stacks.map(({ layer, status }) => [layer, status]));
}

async function history(account: FakeAccount) {
  const read = await account.clock.run(listHistory(account.s3.bucket(bucket), account.clock, 'shop', 'dev'));
  assert.equal(read.status, 'found');
  if (read.status !== 'found') throw new Error('unreachable');
  assert.deepEqual(read.unreadable, []);
  return read.entries;
}

describe('a first deployment', () => {
  it('creates the bucket, every stack and the frontend, and enters itself in the history', async () => {
    const account = new FakeAccount();
    const { outcome, progress } = await run(account, fiveStacks());
    const { result, entry } = finished(outcome);
    assert.equal(result, 'succeeded');
    assert.deepEqual(
      progress.stacks.map(({ layer, status, done, planned }) => [layer, status, done, planned]),
      [
        ['cognito', 'complete', 2, 2],
        ['dynamodb', 'complete', 1, 1],
        ['lambda', 'complete', 5, 5],
        ['api', 'complete', 2, 2],
        ['amplify', 'complete', 2, 2],
      ],
    );
    assert.equal(account.cloudFormation.stack('backdrift-bootstrap')?.status, 'CREATE_COMPLETE');
    assert.deepEqual(await history(account), [entry]);
    assert.equal(entry.number, 1);
    assert.equal(entry.status, 'succeeded');
    assert.deepEqual(entry.actor, { arn: 'arn:aws:iam::123456789012:user/anna', host: 'laptop' });
    assert.equal(account.s3.read(bucket, entry.blueprint.key), 'project: { name: Shop }');
    for (const stack of Object.values(entry.stacks)) {
      assert.notEqual(account.s3.read(bucket, stack.template.key), undefined);
      for (const key of stack.artifacts) assert.equal(account.s3.read(bucket, key), `zip of ${key}`);
    }
  });

  it('passes live outputs on as parameters', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    const table = account.cloudFormation.stack('backdrift-shop-dev-dynamodb')?.resources.get('Tasks')?.physicalId;
    const lambda = account.cloudFormation.stack('backdrift-shop-dev-lambda');
    assert.notEqual(table, undefined);
    assert.equal(lambda?.parameters.Table, table);
    assert.equal(lambda?.parameters.Bucket, bucket);
    assert.equal((await history(account))[0]?.stacks.lambda?.parameters.Table, table);
  });

  it('publishes the frontend with the addresses of its backend, once the API is complete', async () => {
    const account = new FakeAccount();
    const { outcome } = await run(account, fiveStacks());
    const [zip] = [...account.amplify.published.values()].map((bytes) => new TextDecoder().decode(bytes));
    const api = account.cloudFormation.stack('backdrift-shop-dev-api')?.resources.get('Api')?.physicalId;
    assert.ok(zip?.includes(`"apiUrl":"${api}"`), zip);
    assert.ok(zip?.includes('"userPoolId":"backdrift-shop-dev-cognito-Pool'), zip);
    const { frontend } = finished(outcome).entry;
    assert.equal(frontend?.result, 'complete');
    assert.equal(account.s3.read(bucket, frontend?.key ?? ''), zip);
  });

  it('works on stacks that do not need one another at the same time', async () => {
    const account = new FakeAccount();
    const began = account.clock.now();
    await run(account, [
      stackOf({ layer: 'cognito', resources: { Pool: 'AWS::DynamoDB::Table' } }),
      stackOf({ layer: 'dynamodb', resources: { Table: 'AWS::DynamoDB::Table' } }),
      stackOf({ layer: 's3', resources: { Files: 'AWS::DynamoDB::Table' } }),
    ]);
    // 22 s for the bucket, 34 s for the three; one after the other would be 124 s.
    assert.ok(account.clock.now() - began < 70_000, `${(account.clock.now() - began) / 1000} s`);
  });

  it('asks AWS little', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    const minutes = 2;
    // Five stacks over two minutes at a poll every 2.5 s at most, plus what is written.
    assert.ok(account.calls.length < minutes * 24 * 3, String(account.calls.length));
    assert.equal(new Set(account.s3.calls.filter((call) => call.startsWith('PutObject artifacts'))).size, 2);
    assert.deepEqual(
      account.s3.calls.filter((call) => call.startsWith('HeadObject')),
      [],
    );
  });
});

describe('a second deployment', () => {
  it('of the same Blueprint touches nothing and is entered all the same', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    const before = account.calls.length;
    account.built.length = 0;
    const { outcome, progress } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.deepEqual(new Set(Object.values(statuses(progress))), new Set(['unchanged']));
    const calls = account.calls.slice(0);
    assert.deepEqual(
      calls.filter((call) => /^(Update|Create|Delete)Stack/.test(call)).length,
      6,
      'only the first run submits',
    );
    assert.deepEqual(account.built, []);
    assert.ok(calls.length - before <= 13, String(calls.length - before));
    assert.deepEqual(
      (await history(account)).map(({ number }) => number),
      [2, 1],
    );
  });

  it('updates only what changed, and counts only that', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    const stacks = fiveStacks();
    stacks[2] = {
      ...stackOf({ layer: 'lambda' }),
      ...stacks[2],
      ...changed(stacks[2], 'Logs', { RetentionInDays: 7 }),
    };
    const { progress, events } = await run(account, stacks);
    assert.deepEqual(statuses(progress), {
      cognito: 'unchanged',
      dynamodb: 'unchanged',
      lambda: 'complete',
      api: 'unchanged',
      amplify: 'unchanged',
    });
    const begun = events.find((event) => event.type === 'started');
    assert.deepEqual(
      begun?.stacks.map(({ planned, action }) => [planned, action]),
      [
        [0, 'none'],
        [0, 'none'],
        [1, 'update'],
        [0, 'none'],
        [0, 'none'],
      ],
    );
  });

  it('updates consumers whose template is the same when an output has changed', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    account.cloudFormation.stack('backdrift-shop-dev-dynamodb')?.resources.set('Tasks', {
      type: 'AWS::DynamoDB::Table',
      status: 'CREATE_COMPLETE',
      physicalId: 'another-table',
    });
    const { progress } = await run(account, fiveStacks());
    assert.equal(statuses(progress).lambda, 'complete');
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-lambda')?.parameters.Table, 'another-table');
  });

  it('publishes a changed frontend although no stack changed', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    const { outcome, progress } = await run(account, fiveStacks(), { files: 'new index' });
    assert.equal(statuses(progress).amplify, 'complete');
    assert.equal(finished(outcome).entry.frontend?.result, 'complete');
    assert.ok(
      [...account.amplify.published.values()].every((zip) => new TextDecoder().decode(zip).startsWith('new index')),
    );
  });

  it('deletes the stack of a layer that is gone, after everything else', async () => {
    const account = new FakeAccount();
    await run(account, [...fiveStacks().slice(0, 3), stackOf({ layer: 'sqs' }), stackOf({ layer: 'eventbridge' })]);
    const { outcome, progress, events } = await run(account, fiveStacks().slice(0, 3));
    assert.equal(finished(outcome).result, 'succeeded');
    assert.deepEqual(finished(outcome).entry.removed, {
      sqs: { name: 'backdrift-shop-dev-sqs', result: 'complete' },
      eventbridge: { name: 'backdrift-shop-dev-eventbridge', result: 'complete' },
    });
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-sqs'), undefined);
    const order = events.filter((event) => event.type === 'stack').map(({ layer, status }) => `${layer} ${status}`);
    assert.ok(order.indexOf('eventbridge running') > order.indexOf('lambda unchanged'), order.join());
    assert.ok(order.indexOf('sqs running') > order.indexOf('eventbridge complete'), order.join());
    assert.equal(progress.stacks.find(({ layer }) => layer === 'sqs')?.action, 'delete');
  });
});

function changed(
  stack: Stack | undefined,
  id: string,
  Properties: Record<string, number>,
): Pick<Stack, 'template' | 'body'> {
  const template = structuredClone(stack?.template);
  const resource = template?.Resources[id];
  if (template === undefined || resource === undefined) throw new Error(`no ${id}`);
  resource.Properties = Properties;
  return { template, body: JSON.stringify(template) };
}

describe('a stack that fails', () => {
  it('lets independent stacks finish, blocks those that need it, and says why', async () => {
    const account = new FakeAccount();
    account.cloudFormation.failing.set('backdrift-shop-dev-lambda/Create', 'The role cannot be assumed');
    const { outcome, progress } = await run(account, fiveStacks());
    const { result, entry } = finished(outcome);
    assert.equal(result, 'partial');
    assert.deepEqual(statuses(progress), {
      cognito: 'complete',
      dynamodb: 'complete',
      lambda: 'failed',
      api: 'blocked',
      amplify: 'blocked',
    });
    const reasons = Object.fromEntries(progress.stacks.map(({ layer, reason }) => [layer, reason]));
    assert.equal(reasons.lambda, 'Create (AWS::Lambda::Function): The role cannot be assumed');
    assert.equal(reasons.api, 'Waits for the Lambda Stack, which failed.');
    assert.equal(reasons.amplify, 'Waits for the API Gateway Stack, which is blocked itself.');
    assert.equal(entry.stacks.lambda?.reason, reasons.lambda);
    assert.equal(entry.stacks.api?.result, 'blocked');
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-amplify')?.status, 'CREATE_COMPLETE');
    assert.deepEqual((await history(account))[0], entry);
  });

  it('keeps what succeeded, and the next deployment resumes from there', async () => {
    const account = new FakeAccount();
    account.cloudFormation.failing.set('backdrift-shop-dev-lambda/Create', 'The role cannot be assumed');
    await run(account, fiveStacks());
    const role = account.cloudFormation.stack('backdrift-shop-dev-lambda')?.resources.get('CreateRole')?.physicalId;
    assert.notEqual(role, undefined);
    account.cloudFormation.failing.clear();
    const { outcome, progress } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.deepEqual(statuses(progress), {
      cognito: 'unchanged',
      dynamodb: 'unchanged',
      lambda: 'complete',
      api: 'complete',
      amplify: 'complete',
    });
    const lambda = account.cloudFormation.stack('backdrift-shop-dev-lambda');
    assert.equal(lambda?.resources.get('CreateRole')?.physicalId, role);
  });

  it('does not count what a rollback does, and never counts backwards', async () => {
    const account = new FakeAccount();
    await run(account, fiveStacks());
    const stacks = fiveStacks();
    stacks[2] = {
      ...stackOf({ layer: 'lambda' }),
      ...stacks[2],
      ...changed({ ...stackOf({ layer: 'lambda' }), ...stacks[2] }, 'Logs', { RetentionInDays: 7 }),
    };
    const lambda = stacks[2];
    const second = changed(lambda, 'CreateRole', { Path: 1 });
    stacks[2] = { ...lambda, ...second };
    account.cloudFormation.failing.set('backdrift-shop-dev-lambda/CreateRole', 'malformed');
    const counts: number[] = [];
    let progress = noProgress;
    const { outcome } = await run(account, stacks, {
      onEvent: (event) => {
        progress = reduceProgress(progress, event);
        counts.push(progress.stacks.find(({ layer }) => layer === 'lambda')?.done ?? 0);
      },
    });
    assert.equal(finished(outcome).result, 'partial');
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    const shown = progress.stacks.find(({ layer }) => layer === 'lambda');
    assert.deepEqual([shown?.done, shown?.planned, shown?.status], [1, 2, 'failed']);
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-lambda')?.status, 'UPDATE_ROLLBACK_COMPLETE');
  });

  it('whose code cannot be built fails alone, with the problem', async () => {
    const account = new FakeAccount();
    account.artifacts.build = async () => ({
      status: 'failed',
      problem: {
        code: 'no-handler',
        message: 'functions/x.ts does not export handler.',
        hint: 'Export a function named handler.',
      },
    });
    const { progress, outcome } = await run(account, fiveStacks());
    assert.equal(statuses(progress).lambda, 'failed');
    assert.equal(statuses(progress).dynamodb, 'complete');
    assert.equal(
      finished(outcome).entry.stacks.lambda?.reason,
      'functions/x.ts does not export handler. Export a function named handler.',
    );
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-lambda'), undefined);
  });

  it('that is a bug of ours lets the others finish, and is thrown after the history is written', async () => {
    const account = new FakeAccount();
    account.artifacts.build = async () => {
      throw new TypeError('oops');
    };
    await assert.rejects(run(account, fiveStacks()), /oops/);
    const [entry] = await history(account);
    assert.equal(entry?.status, 'partial');
    assert.equal(entry?.stacks.dynamodb?.result, 'complete');
    assert.equal(entry?.stacks.lambda?.result, 'failed');
  });
});

describe('the state a stack is found in', () => {
  const one = () => [stackOf({ layer: 'dynamodb', resources: { Tasks: 'AWS::DynamoDB::Table' } })];
  const name = 'backdrift-shop-dev-dynamodb';

  it('ROLLBACK_COMPLETE: it is deleted and created anew', async () => {
    const account = new FakeAccount();
    account.cloudFormation.failing.set(`${name}/Tasks`, 'no capacity');
    await account.clock.run(
      account.cloudFormation.createStack({
        name,
        template: { body: one()[0]?.body ?? '' },
        parameters: {},
        tags: { 'backdrift:project': 'shop', 'backdrift:environment': 'dev' },
        token: 'x',
        onFailure: 'rollback',
      }),
    );
    await account.clock.run(account.clock.sleep(600_000));
    assert.equal(account.cloudFormation.stack(name)?.status, 'ROLLBACK_COMPLETE');
    account.cloudFormation.failing.clear();
    const { outcome, progress } = await run(account, one());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.equal(account.cloudFormation.stack(name)?.status, 'CREATE_COMPLETE');
    assert.equal(progress.stacks[0]?.action, 'create');
  });

  it('UPDATE_ROLLBACK_FAILED: it is left alone, and the reason says what to do', async () => {
    const account = new FakeAccount();
    await run(account, one());
    account.cloudFormation.failing.set(`${name}/Tasks`, 'no');
    account.cloudFormation.rollbackFails.add(name);
    const next = [
      stackOf({ layer: 'dynamodb', resources: { Tasks: 'AWS::DynamoDB::Table' }, properties: { Tasks: { A: 1 } } }),
    ];
    await run(account, next);
    assert.equal(account.cloudFormation.stack(name)?.status, 'UPDATE_ROLLBACK_FAILED');
    const calls = account.cloudFormation.calls.length;
    const { outcome } = await run(account, next);
    assert.match(finished(outcome).entry.stacks.dynamodb?.reason ?? '', /Continue the update rollback/);
    assert.deepEqual(
      account.cloudFormation.calls.slice(calls).filter((call) => /^(Update|Delete)/.test(call)),
      [],
    );
  });

  it("somebody else's operation: it waits, then goes on from what it finds", async () => {
    const account = new FakeAccount();
    await run(account, one());
    const other = stackOf({
      layer: 'dynamodb',
      resources: { Tasks: 'AWS::DynamoDB::Table' },
      properties: { Tasks: { A: 1 } },
    });
    await account.clock.run(
      account.cloudFormation.updateStack({
        name,
        template: { body: other.body },
        parameters: {},
        tags: { 'backdrift:project': 'shop', 'backdrift:environment': 'dev' },
        token: 'by-hand',
        onFailure: 'rollback',
      }),
    );
    const { outcome, events } = await run(account, one());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.ok(events.some((event) => event.type === 'stack' && event.status === 'waiting'));
    assert.equal(account.cloudFormation.stack(name)?.body, one()[0]?.body);
  });

  it('of another project: nothing is touched', async () => {
    const account = new FakeAccount();
    await account.clock.run(
      account.cloudFormation.createStack({
        name,
        template: { body: one()[0]?.body ?? '' },
        parameters: {},
        tags: { 'backdrift:project': 'shop-dev', 'backdrift:environment': 'x' },
        token: 'x',
        onFailure: 'rollback',
      }),
    );
    const { outcome } = await run(account, one());
    assert.equal(outcome.status, 'refused');
    assert.equal(outcome.status === 'refused' && outcome.problem.code, 'foreign-stack');
    assert.equal(account.cloudFormation.stack('backdrift-bootstrap'), undefined);
  });

  it('a bucket that cannot be made: nothing else is touched, and the cause is told', async () => {
    const account = new FakeAccount();
    account.cloudFormation.failing.set('backdrift-bootstrap/Bucket', 'The bucket name is not available');
    const { outcome, progress } = await run(account, one());
    assert.equal(outcome.status, 'refused');
    if (outcome.status !== 'refused') return;
    assert.deepEqual([outcome.problem.code, outcome.problem.cause], ['no-bucket', 'The bucket name is not available']);
    assert.equal(progress.result, 'failed');
    assert.equal(account.cloudFormation.stack(name), undefined);
    account.cloudFormation.failing.clear();
    assert.equal(finished((await run(account, one())).outcome).result, 'succeeded');
  });

  it('a retained bucket without its stack is used as it is', async () => {
    const account = new FakeAccount();
    account.s3.buckets.set(bucket, new Map());
    const { outcome } = await run(account, one());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.equal(account.cloudFormation.stack('backdrift-bootstrap'), undefined);
  });

  it('a bucket stack whose bucket was deleted by hand is made anew', async () => {
    const account = new FakeAccount();
    await run(account, one());
    account.s3.buckets.clear();
    const { outcome } = await run(account, one());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.ok(account.s3.buckets.has(bucket));
    const [entry] = await history(account);
    assert.notEqual(account.s3.read(bucket, entry?.stacks.dynamodb?.template.key ?? ''), undefined);
  });
});

describe('two deployments at once', () => {
  it('both get a number, both end, and no entry is lost', async () => {
    const account = new FakeAccount();
    const both = Promise.all([
      start(account, fiveStacks(), { who: 'anna' }),
      start(account, fiveStacks(), { who: 'ben' }),
    ]);
    const [anna, ben] = await account.clock.run(both);
    assert.deepEqual([finished(anna.outcome).result, finished(ben.outcome).result], ['succeeded', 'succeeded']);
    const entries = await history(account);
    assert.deepEqual(
      entries.map(({ number, status }) => [number, status]),
      [
        [2, 'succeeded'],
        [1, 'succeeded'],
      ],
    );
    assert.equal(new Set(entries.map(({ actor }) => actor.arn)).size, 2);
  });
});

describe('an unreliable AWS', () => {
  it('a submission whose answer gets lost is sent again and is one operation', async () => {
    const account = new FakeAccount();
    const lost = new Set<string>();
    account.cloudFormation.faults = (call) => {
      if (!call.startsWith('CreateStack') || lost.has(call)) return undefined;
      lost.add(call);
      return lostAnswer;
    };
    const { outcome } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.equal(account.cloudFormation.stacks.length, 6);
  });

  it('a history entry whose answer gets lost is one entry', async () => {
    const account = new FakeAccount();
    const lost = new Map<string, number>();
    account.s3.faults = (call) => {
      const times = (lost.get(call) ?? 0) + 1;
      lost.set(call, times);
      // The first write of an entry is its beginning, the third its end.
      return call.includes('/deployments/0') && call.startsWith('Put') && times % 2 === 1 ? lostAnswer : undefined;
    };
    const { outcome } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.deepEqual(
      (await history(account)).map(({ number, status }) => [number, status]),
      [[1, 'succeeded']],
    );
  });

  it('reads that are throttled for two minutes delay the news, not the deployment', async () => {
    const account = new FakeAccount();
    const from = account.clock.now() + 40_000;
    account.cloudFormation.faults = (call) =>
      call.startsWith('Describe') && account.clock.now() > from && account.clock.now() < from + 120_000
        ? { status: 'throttled', code: 'Throttling', message: 'Rate exceeded' }
        : undefined;
    const { outcome, events } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.ok(events.some((event) => event.type === 'log' && event.level === 'warn'));
  });

  it('events that come late are all seen before the stack is called complete', async () => {
    const account = new FakeAccount();
    account.cloudFormation.eventDelay = 8000;
    const { outcome, progress } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
    assert.equal(progress.stacks.find(({ layer }) => layer === 'lambda')?.done, 5);
  });

  it('a new bucket that S3 does not know everywhere yet is written to again', async () => {
    const account = new FakeAccount();
    const times = new Map<string, number>();
    account.s3.faults = (call) => {
      if (!call.startsWith('PutObject')) return undefined;
      times.set(call, (times.get(call) ?? 0) + 1);
      return times.get(call) === 1 ? { status: 'rejected', code: 'NoSuchBucket', message: 'not yet' } : undefined;
    };
    const { outcome } = await run(account, fiveStacks());
    assert.equal(finished(outcome).result, 'succeeded');
  });

  it('a history that cannot be written stops the deployment before any stack', async () => {
    const account = new FakeAccount();
    account.s3.faults = (call) =>
      call.includes('/deployments/0') ? { status: 'rejected', code: 'AccessDenied', message: 'no' } : undefined;
    const { outcome, progress } = await run(account, fiveStacks());
    assert.equal(outcome.status === 'refused' && outcome.problem.code, 'no-history');
    assert.equal(progress.result, 'failed');
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-dynamodb'), undefined);
  });

  it('an outcome that cannot be written is told, and the result stands', async () => {
    const account = new FakeAccount();
    let writes = 0;
    account.s3.faults = (call) => {
      if (!call.includes('/deployments/0')) return undefined;
      writes += 1;
      return writes > 1 ? { status: 'rejected', code: 'AccessDenied', message: 'no' } : undefined;
    };
    const { outcome } = await run(account, fiveStacks());
    assert.equal(outcome.status === 'finished' && outcome.result, 'succeeded');
    assert.equal(outcome.status === 'finished' && outcome.unrecorded?.code, 'history-not-written');
  });

  it('signing out in the middle ends the watching, with the advice to look again', async () => {
    const account = new FakeAccount();
    account.cloudFormation.faults = (call) =>
      call.startsWith('Describe') && account.cloudFormation.stack('backdrift-shop-dev-dynamodb') !== undefined
        ? { status: 'unauthenticated', code: 'ExpiredToken', message: 'The security token has expired' }
        : undefined;
    const { outcome } = await run(account, fiveStacks());
    const { entry } = finished(outcome);
    assert.match(entry.stacks.dynamodb?.reason ?? '', /AWS goes on without us/);
  });
});

describe('cancelling', () => {
  it('starts nothing more, follows what runs to its end, and says what was not done', async () => {
    const account = new FakeAccount();
    const controller = new AbortController();
    const { outcome, progress } = await run(account, fiveStacks(), {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'resource' && event.layer === 'dynamodb') controller.abort();
      },
    });
    assert.equal(finished(outcome).result, 'cancelled');
    assert.equal(statuses(progress).dynamodb, 'complete');
    assert.equal(statuses(progress).lambda, 'cancelled');
    assert.equal(statuses(progress).amplify, 'cancelled');
    assert.equal(account.cloudFormation.stack('backdrift-shop-dev-lambda'), undefined);
    assert.deepEqual(
      (await history(account)).map(({ status }) => status),
      ['cancelled'],
    );
  });

  it('before anything was submitted leaves nothing behind', async () => {
    const account = new FakeAccount();
    const controller = new AbortController();
    controller.abort();
    const { outcome, progress } = await run(account, fiveStacks(), { signal: controller.signal });
    assert.equal(outcome.status === 'refused' && outcome.problem.code, 'cancelled');
    assert.equal(progress.result, 'cancelled');
    assert.deepEqual(account.cloudFormation.stacks, []);
  });
});
