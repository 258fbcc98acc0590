import assert from 'node:assert/strict';
import { systemClock } from '../../../src/aws/clock.ts';
import { localCredentials } from '../../../src/aws/credentials.ts';
import { objectStores } from '../../../src/aws/object-store.ts';
import { listNumbers, recordEntry } from '../../../src/deployment/history.ts';
import type { HistoryEntry } from '../../../src/deployment/live.ts';
import type { ObjectStore } from '../../../src/deployment/ports.ts';
import { type Moto, motoFor } from '../support/moto.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('the object store, on S3 over a socket', () => {
  let moto: Moto | undefined;
  let stores: ReturnType<typeof objectStores>;
  let store: ObjectStore;

  before(async function () {
    moto = await motoFor(this);
    const { endpoint } = moto;
    await fetch(`${endpoint}/shelf`, {
      method: 'PUT',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x',
      },
    });
    stores = objectStores(
      { region: 'us-east-1', credentials: localCredentials, endpoint, elsewhere: endpoint, maxAttempts: 1 },
      '123456789012',
    );
    store = stores.bucket('shelf');
  });

  after(async () => {
    stores?.close();
    await moto?.stop();
  });

  it('writes where nothing is, once', async () => {
    const first = await store.putIfAbsent('once', text('a'), 'text/plain');
    assert.equal(first.status, 'written');
    assert.deepEqual(await store.putIfAbsent('once', text('b'), 'text/plain'), { status: 'exists' });
    const read = await store.get('once');
    assert.equal(read.status === 'found' && new TextDecoder().decode(read.body), 'a');
  });

  it('lets one of twenty writers win', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, writer) => store.putIfAbsent('race', text(String(writer)), 'text/plain')),
    );
    assert.deepEqual(outcomes.filter(({ status }) => status === 'written').length, 1);
    assert.deepEqual(outcomes.filter(({ status }) => status === 'exists').length, 19);
  });

  it('writes over the version that was read, and no other', async () => {
    const first = await store.putIfAbsent('versions', text('1'), 'text/plain');
    assert.equal(first.status, 'written');
    if (first.status !== 'written') return;
    const second = await store.putIfMatch('versions', text('2'), 'text/plain', first.etag);
    assert.equal(second.status, 'written');
    assert.deepEqual(await store.putIfMatch('versions', text('3'), 'text/plain', first.etag), { status: 'changed' });
    const read = await store.get('versions');
    assert.equal(read.status === 'found' && read.etag, second.status === 'written' && second.etag);
  });

  it('tells what is absent from what is there', async () => {
    assert.deepEqual(await store.get('nothing'), { status: 'absent' });
    assert.deepEqual(await store.head('nothing'), { status: 'absent' });
    await store.putIfAbsent('something', text('12345'), 'text/plain');
    const head = await store.head('something');
    assert.equal(head.status === 'found' && head.size, 5);
  });

  it('lists more than a page, in order', async () => {
    const numbers = Array.from({ length: 1050 }, (_, index) => index);
    for (let from = 0; from < numbers.length; from += 50) {
      await Promise.all(
        numbers
          .slice(from, from + 50)
          .map((number) => store.putIfAbsent(`many/${String(number).padStart(6, '0')}`, text('x'), 'text/plain')),
      );
    }
    const listed = await store.list('many/');
    assert.equal(listed.status, 'found');
    if (listed.status !== 'found') return;
    assert.equal(listed.keys.length, 1050);
    assert.deepEqual(listed.keys, listed.keys.toSorted());
  }).timeout(60_000);

  it('a bucket that is not there is an outcome for the list, a refusal for writes', async () => {
    const nowhere = stores.bucket('nowhere-at-all');
    assert.deepEqual(await nowhere.list('x/'), { status: 'no-bucket' });
    const written = await nowhere.putIfAbsent('x', text('x'), 'text/plain');
    assert.deepEqual([written.status, 'code' in written && written.code], ['rejected', 'NoSuchBucket']);
  });

  it('numbers of deployments that begin at the same moment differ, and none is lost', async () => {
    const draft = (who: number): Omit<HistoryEntry, 'number'> => ({
      schema: 1,
      kind: 'deploy',
      project: 'shop',
      environment: 'dev',
      account: '123456789012',
      region: 'us-east-1',
      actor: { arn: `arn:${who}`, host: 'laptop' },
      startedAt: '2026-01-01T00:00:00.000Z',
      status: 'running',
      blueprint: { key: 'blueprints/x', sha256: 'x' },
      stacks: {},
    });
    const recorded = await Promise.all(
      Array.from({ length: 8 }, (_, who) => recordEntry(store, systemClock, draft(who), 0)),
    );
    const numbers = recorded.map((entry) => (entry.status === 'recorded' ? entry.entry.number : entry));
    assert.deepEqual(new Set(numbers), new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    assert.deepEqual(await listNumbers(store, systemClock, 'shop', 'dev'), {
      status: 'found',
      numbers: [1, 2, 3, 4, 5, 6, 7, 8],
    });
  });
});
