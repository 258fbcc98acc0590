import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LogLine } from '../../../../src/runtime/log/line.ts';
import type { UserHandler } from '../../../../src/runtime/user-handler.ts';
import { backOff } from '../../../../src/runtime/worker/back-off.ts';
import type { JobRun, QueueMessage } from '../../../../src/runtime/worker/message.ts';
import { workQueues } from '../../../../src/runtime/worker/work-queues.ts';
import { worker } from '../../../../src/runtime/worker/worker.ts';

const described = JSON.stringify({
  'stack-MailsQueue-1': { queue: 'mails', attempts: 5 },
  'stack-Nightly-2.fifo': { job: 'nightly', attempts: 4 },
});

function record(id: string, body: string, more: { queue?: string; attempt?: number; group?: string } = {}) {
  const { queue = 'stack-MailsQueue-1', attempt = 1, group } = more;
  return {
    messageId: id,
    receiptHandle: `handle-${id}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(attempt),
      SentTimestamp: '1790000000000',
      SenderId: 'AIDA',
      ApproximateFirstReceiveTimestamp: '1790000000001',
      ...(group === undefined ? {} : { MessageGroupId: group }),
    },
    messageAttributes: {
      kind: { stringValue: 'note', stringListValues: [], binaryListValues: [], dataType: 'String' },
      picture: { binaryValue: 'AAAA', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
    },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-2:123456789012:${queue}`,
    awsRegion: 'us-east-2',
  };
}

function around(handler: UserHandler, hide?: () => Promise<void>) {
  const hidden: [id: string, seconds: number][] = [];
  const lines: LogLine[] = [];
  const complaints: unknown[] = [];
  const run = worker({
    queues: () => workQueues(described),
    handler,
    hide: async ({ id }, seconds) => {
      hidden.push([id, seconds]);
      await hide?.();
    },
    log: (line) => lines.push(line),
    complain: (error) => complaints.push(error),
    ticks: () => 0,
  });
  return { run, hidden, lines, complaints };
}

const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('A function that a queue feeds', () => {
  it('gets each message by itself, its body as a value', async () => {
    const seen: unknown[] = [];
    const { run, lines } = around((message, context) => seen.push([message, context]));
    const context = { awsRequestId: 'r' };
    const answer = await run({ Records: [record('a', '{"to":"ada"}'), record('b', 'plain', { attempt: 2 })] }, context);
    assert.deepEqual(answer, failures());
    const common = { queue: 'mails', sentTime: '2026-09-21T14:13:20.000Z', attributes: { kind: 'note' } };
    const messages: QueueMessage[] = [
      { ...common, id: 'a', body: { to: 'ada' }, attempt: 1 },
      { ...common, id: 'b', body: 'plain', attempt: 2 },
    ];
    assert.deepEqual(
      seen,
      messages.map((message) => [message, context]),
    );
    assert.deepEqual(
      lines.map(({ event, queue, id, outcome }) => [event, queue, id, outcome]),
      [
        ['message', 'mails', 'a', 'done'],
        ['message', 'mails', 'b', 'done'],
      ],
    );
  });

  it('fails one message at a time, and each comes back later than the last time', async () => {
    const { run, hidden, lines, complaints } = around((message) => {
      if (JSON.stringify(message).includes('bad')) throw new Error('no such address: ada@example.com');
    });
    const batch = [
      record('a', '1'),
      record('b', '"bad"', { attempt: 2 }),
      record('c', '3'),
      record('d', '"bad"', { attempt: 5 }),
    ];
    assert.deepEqual(await run({ Records: batch }, {}), failures('b', 'd'));
    assert.deepEqual(hidden, [
      ['b', 60],
      ['d', 0],
    ]);
    assert.equal(complaints.length, 2);
    assert.deepEqual(
      lines
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ id, retry_in_s, dead_letter }) => ({ id, retry_in_s, dead_letter })),
      [
        { id: 'b', retry_in_s: 60, dead_letter: undefined },
        { id: 'd', retry_in_s: undefined, dead_letter: true },
      ],
    );
    assert.ok(!JSON.stringify(lines).includes('ada@'), 'our own lines tell nothing of the message');
  });

  it('takes a rejection and whatever else is thrown for a failure', async () => {
    for (const handler of [
      () => Promise.reject(new Error('later')),
      () => {
        throw undefined;
      },
    ]) {
      assert.deepEqual(await around(handler).run({ Records: [record('a', '1')] }, {}), failures('a'));
    }
  });

  it('still reports a message that could not be hidden', async () => {
    const { run, lines } = around(
      () => Promise.reject(new Error('no')),
      () => Promise.reject(new Error('AccessDenied')),
    );
    assert.deepEqual(await run({ Records: [record('a', '1')] }, {}), failures('a'));
    assert.ok(lines.some(({ event }) => event === 'back-off'));
  });

  it('does not let a slow message hold up the others', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const done: string[] = [];
    const { run } = around(async (message) => {
      const { id } = message as QueueMessage;
      if (id === 'slow') await gate;
      done.push(id);
      if (id === 'last') go();
    });
    await run({ Records: [record('slow', '1'), record('b', '2'), record('last', '3')] }, {});
    assert.deepEqual(done, ['b', 'last', 'slow']);
  });

  it('keeps the order of each group, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ group: fc.constantFrom('x', 'y', 'z'), fails: fc.boolean() }), {
          minLength: 1,
          maxLength: 10,
        }),
        async (plan) => {
          const tried: string[] = [];
          let busy = new Set<string>();
          const { run, hidden } = around(async (message) => {
            const { id, group = '' } = message as QueueMessage;
            assert.ok(!busy.has(group), 'two of a group at once');
            busy.add(group);
            await Promise.resolve();
            tried.push(id);
            busy.delete(group);
            if (plan[Number(id)]?.fails) throw new Error('no');
          });
          const answer = await run({ Records: plan.map(({ group }, at) => record(String(at), '1', { group })) }, {});
          busy = new Set();
          const expected: string[] = [];
          for (const group of ['x', 'y', 'z']) {
            const own = plan.flatMap((one, at) => (one.group === group ? [{ ...one, id: String(at) }] : []));
            const firstFailure = own.findIndex(({ fails }) => fails);
            const wanted = firstFailure < 0 ? own : own.slice(0, firstFailure + 1);
            assert.deepEqual(
              tried.filter((id) => plan[Number(id)]?.group === group),
              wanted.map(({ id }) => id),
            );
            if (firstFailure >= 0) expected.push(...own.slice(firstFailure).map(({ id }) => id));
          }
          const { batchItemFailures } = answer as ReturnType<typeof failures>;
          assert.deepEqual(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort(), expected.sort());
          assert.deepEqual(hidden.map(([id]) => id).sort(), expected);
        },
      ),
    );
  });
});

describe('A function that a job runs', () => {
  it('gets the run: which job, for when, and the how-manieth attempt', async () => {
    const runs: JobRun[] = [];
    const { run } = around((message) => runs.push(message as JobRun));
    const queue = 'stack-Nightly-2.fifo';
    const scheduled = '{"job":"nightly","id":"e-1","time":"2026-09-21T03:30:00Z"}';
    const byHand = '{"job":"nightly","id":"m-1","time":"2026-09-21T11:00:00.000Z","manual":true}';
    await run({ Records: [record('a', scheduled, { queue, attempt: 3 })] }, {});
    await run({ Records: [record('b', byHand, { queue })] }, {});
    await run({ Records: [record('c', 'sent by somebody', { queue })] }, {});
    assert.deepEqual(runs, [
      { job: 'nightly', id: 'e-1', scheduledTime: '2026-09-21T03:30:00Z', manual: false, attempt: 3 },
      { job: 'nightly', id: 'm-1', scheduledTime: '2026-09-21T11:00:00.000Z', manual: true, attempt: 1 },
      { job: 'nightly', id: 'c', scheduledTime: '2026-09-21T14:13:20.000Z', manual: false, attempt: 1 },
    ]);
  });

  it('is tried again after one, four and sixteen minutes, then given up', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((attempt) => backOff({ kind: 'job', attempts: 4 }, attempt)),
      [60, 240, 960, 0],
    );
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((attempt) => backOff({ kind: 'queue', attempts: 5 }, attempt)),
      [15, 60, 240, 960, 0, 0],
    );
  });
});

describe('An event that is of no work queue', () => {
  for (const [name, event] of Object.entries<unknown>({
    'a request': { httpMethod: 'GET' },
    'a file in a bucket': { Records: [{ eventSource: 'aws:s3', s3: {} }] },
    'an empty batch': { Records: [] },
    'a queue of somebody else': { Records: [record('a', '1', { queue: 'theirs' })] },
    nothing: null,
    'a text': 'hello',
    'half a record': { Records: [{ eventSource: 'aws:sqs' }] },
  })) {
    it(`goes to the function as it is: ${name}`, async () => {
      const context = {};
      const { run, lines } = around((given, also) => [given, also]);
      assert.deepEqual(await run(event, context), [event, context]);
      assert.deepEqual(lines, []);
    });
  }
});

describe('WORK_QUEUES', () => {
  it('may be absent', () => assert.equal(workQueues(undefined).size, 0));
  for (const wrong of ['no', '[]', '{"a":1}', '{"a":{"job":"x"}}', '{"a":{"job":"x","queue":"y","attempts":1}}']) {
    it(`is refused as ${wrong}`, () => assert.throws(() => workQueues(wrong), /WORK_QUEUES/));
  }
});
