import assert from 'node:assert/strict';
import { listHistory, recordEntry } from '../../../src/deployment/history.ts';
import type { HistoryEntry } from '../../../src/deployment/live.ts';
import { keys } from '../../../src/deployment/names.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';

const draft: Omit<HistoryEntry, 'number'> = {
  schema: 1,
  kind: 'deploy',
  project: 'shop',
  environment: 'dev',
  account: '123456789012',
  region: 'us-east-2',
  actor: { arn: 'arn:aws:iam::123456789012:user/anna', host: 'laptop' },
  startedAt: '2026-01-01T00:00:00.000Z',
  status: 'running',
  blueprint: { key: 'blueprints/x', sha256: 'x' },
  stacks: {},
};

function shelf() {
  const account = new FakeAccount();
  account.s3.buckets.set('b', new Map());
  const store = account.s3.bucket('b');
  const put = (key: string, text: string) =>
    account.clock.run(store.putIfAbsent(key, new TextEncoder().encode(text), ''));
  const list = () => account.clock.run(listHistory(store, account.clock, 'shop', 'dev'));
  return { account, store, put, list };
}

describe('the history', () => {
  it('is empty where there is no bucket', async () => {
    const { account } = shelf();
    const read = await account.clock.run(listHistory(account.s3.bucket('none'), account.clock, 'shop', 'dev'));
    assert.deepEqual(read, { status: 'found', entries: [], unreadable: [] });
  });

  it('reports what it cannot read instead of leaving it out', async () => {
    const { put, list } = shelf();
    const key = (number: number) => keys.deployment('shop', 'dev', number);
    await put(key(1), JSON.stringify({ ...draft, number: 1 }));
    await put(key(2), '{ half a file');
    await put(key(3), JSON.stringify({ ...draft, number: 3, status: 'exploded' }));
    await put(key(4), '\uFEFFnull');
    await put(key(5), `{"__proto__": {"schema": 1}}`);
    const read = await list();
    assert.equal(read.status, 'found');
    if (read.status !== 'found') return;
    assert.deepEqual(
      read.entries.map(({ number }) => number),
      [1],
    );
    assert.deepEqual(
      read.unreadable.map(({ number }) => number),
      [5, 4, 3, 2],
    );
    assert.match(read.unreadable[2]?.message ?? '', /status/);
  });

  it('does not mind other objects beside the entries, nor other environments', async () => {
    const { put, list } = shelf();
    await put(`${keys.deployments('shop', 'dev')}lock.json`, 'x');
    await put(`${keys.deployments('shop', 'dev')}000001.json.bak`, 'x');
    await put(keys.deployment('shop', 'dev2', 9), JSON.stringify({ ...draft, environment: 'dev2', number: 9 }));
    assert.deepEqual(await list(), { status: 'found', entries: [], unreadable: [] });
  });

  it('takes the next free number, over gaps and past a million', async () => {
    const { account, store, list } = shelf();
    for (const last of [0, 6, 999_999]) {
      const recorded = await account.clock.run(recordEntry(store, account.clock, draft, last));
      assert.equal(recorded.status === 'recorded' && recorded.entry.number, last + 1);
    }
    const read = await list();
    assert.deepEqual(read.status === 'found' && read.entries.map(({ number }) => number), [1_000_000, 7, 1]);
  });

  it('does not take somebody else’s entry for its own', async () => {
    const { account, store } = shelf();
    const one = await account.clock.run(recordEntry(store, account.clock, draft, 0));
    const other = { ...draft, actor: { arn: 'ben', host: 'desk' } };
    const two = await account.clock.run(recordEntry(store, account.clock, other, 0));
    assert.deepEqual(
      [one, two].map((entry) => entry.status === 'recorded' && entry.entry.number),
      [1, 2],
    );
  });
});
