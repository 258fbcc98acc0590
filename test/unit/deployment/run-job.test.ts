import assert from 'node:assert/strict';
import { deploy } from '../../../src/deployment/engine.ts';
import type { Connection } from '../../../src/deployment/ports.ts';
import { runEnd, runJob } from '../../../src/deployment/run-job.ts';
import { blueprint, userFunction } from '../../builders/blueprint.ts';
import { stackOf } from '../../builders/stacks.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';

const shop = blueprint({
  name: 'Shop',
  functions: [userFunction('count_stock')],
  jobs: [
    { name: 'nightly', schedule: '0 2 * * *', function: 'count_stock', sequential: false },
    { name: 'weekly', schedule: '0 2 * * SUN', function: 'count_stock', sequential: true },
  ],
});

/** An account in which the queues of `shop` are deployed; outputs are the physical ids of the queues. */
async function account(): Promise<FakeAccount> {
  const made = new FakeAccount();
  const queues = stackOf({
    layer: 'sqs',
    resources: { NightlyJob: 'AWS::SQS::Queue' },
    outputs: { NightlyJobUrl: 'NightlyJob' },
  });
  await made.clock.run(
    deploy(
      { project: 'shop', blueprint: '', stacks: [queues], host: 'laptop' },
      { connection: made.connection(), clock: made.clock, artifacts: made.artifacts },
      () => {},
      new AbortController().signal,
    ),
  );
  return made;
}

const ask = (made: FakeAccount, name: string, connection: Partial<Connection> = {}) =>
  made.clock.run(runJob({ ...made.connection(), ...connection }, made.clock, shop, name, 'run-1'));

describe('a job that is run by hand', () => {
  it('is put into its queue as its schedule would, marked', async () => {
    const made = await account();
    const outcome = await ask(made, 'nightly');
    assert.equal(outcome.status, 'sent', JSON.stringify(outcome));
    if (outcome.status !== 'sent') return;
    assert.equal(outcome.run.functionName, 'backdrift-shop-dev-count-stock');
    const [{ body = '', ...message } = {}] = made.sent;
    assert.deepEqual(JSON.parse(body), { job: 'nightly', id: 'run-1', time: outcome.run.time, manual: true });
    assert.deepEqual(Object.keys(message), ['url']);
  });

  it('goes into the one group of a FIFO queue where that is what is deployed', async () => {
    const made = await account();
    const { cloudFormation } = made;
    const connection: Partial<Connection> = {
      cloudFormation: Object.assign(Object.create(cloudFormation), {
        describeStack: async (name: string) => {
          const found = await cloudFormation.describeStack(name);
          if (found.status === 'found') found.stack.outputs = { WeeklyJobUrl: 'https://sqs/1/weekly.fifo' };
          return found;
        },
      }),
    };
    assert.equal((await ask(made, 'weekly', connection)).status, 'sent');
    assert.equal(made.sent[0]?.group, 'weekly');
  });

  it('is refused, and nothing is sent, where there is no such job or no such queue', async () => {
    const made = await account();
    const unknown = await ask(made, 'nightyl');
    assert.ok(unknown.status === 'refused' && unknown.problem.code === 'unknown-job');
    assert.match(unknown.problem.hint ?? '', /nightly/);
    const later = await ask(made, 'weekly');
    assert.ok(later.status === 'refused' && later.problem.code === 'job-not-deployed');
    const empty = await ask(new FakeAccount(), 'nightly');
    assert.ok(empty.status === 'refused' && empty.problem.code === 'job-not-deployed');
    assert.deepEqual(made.sent, []);
  });

  it('is not sent into the stack of another project that has the same name', async () => {
    const made = await account();
    const stack = made.cloudFormation.stack('backdrift-shop-dev-sqs');
    assert.ok(stack);
    stack.tags = { 'backdrift:project': 'shop-dev', 'backdrift:environment': 'x' };
    const outcome = await ask(made, 'nightly');
    assert.ok(outcome.status === 'refused' && outcome.problem.code === 'job-not-deployed');
  });

  it('says why a message was not taken', async () => {
    const made = await account();
    const denied = { status: 'rejected', code: 'AccessDenied', message: 'Not yours.' } as const;
    const outcome = await ask(made, 'nightly', { queues: { send: async () => denied } });
    assert.ok(outcome.status === 'refused');
    assert.deepEqual([outcome.problem.code, outcome.problem.cause], ['AccessDenied', 'Not yours.']);
  });
});

describe('the end of a run', () => {
  const run = { job: 'nightly', id: 'run-1', time: '2026-01-01T00:00:00.000Z', functionName: 'f' };
  const line = (more: object) => JSON.stringify({ level: 'info', event: 'job', id: 'run-1', attempt: 1, ...more });
  const endOf = (logged: string[]) => {
    const made = new FakeAccount();
    made.logged = logged;
    return made.clock.run(runEnd(made.connection(), made.clock, run, 5000));
  };

  it('is what the log says of this run', async () => {
    const others = ['run-1 is mentioned', line({ id: 'run-2', outcome: 'failed', duration_ms: 1 }), '{"id":"run-1"}'];
    assert.deepEqual(await endOf([...others, line({ outcome: 'done', duration_ms: 1500 })]), {
      status: 'done',
      seconds: 1.5,
    });
    assert.deepEqual(await endOf([line({ outcome: 'failed', duration_ms: 2, retry_in_s: 60 })]), {
      status: 'failed',
      attempt: 1,
      retryInSeconds: 60,
    });
    assert.deepEqual(await endOf([line({ outcome: 'failed', attempt: 4, duration_ms: 2, dead_letter: true })]), {
      status: 'failed',
      attempt: 4,
    });
    assert.deepEqual(await endOf(others), { status: 'open' });
  });
});
