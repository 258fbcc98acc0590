import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { SQS } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { root } from '../../../scripts/build-options.mjs';
import { type CommandLine, commandLine } from '../../builders/command-line.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';

const region = 'us-west-2';
const stacks = z.object({
  stacks: z.array(z.object({ layer: z.string(), outputs: z.record(z.string(), z.string()) })),
});

describe('the background work of saas-crm', function () {
  this.timeout(240_000);
  let aws: SuiteAws;
  let cli: CommandLine;
  let sqs: SQS;
  let logs: CloudWatchLogs;
  let outputs: Record<string, string>;

  before(async function () {
    aws = await startSuiteAws(this);
    cli = await commandLine();
    await cp(path.join(root, 'examples/saas-crm'), cli.directory, { recursive: true });
    const settings = {
      endpoint: aws.endpoint,
      region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    sqs = new SQS(settings);
    logs = new CloudWatchLogs(settings);
    const deployed = await backdrift('deploy');
    assert.equal(deployed.exit, 0, deployed.err);
    const status = stacks.parse(JSON.parse((await backdrift('status', '--json')).out));
    outputs = status.stacks.find(({ layer }) => layer === 'sqs')?.outputs ?? {};
  });
  after(async () => {
    sqs?.destroy();
    logs?.destroy();
    await cli?.remove();
    await aws?.stop();
  });

  const backdrift = (...words: string[]) =>
    cli.run([...words, '--environment', 'local'], { AWS_ENDPOINT_URL: aws.endpoint });

  async function advance(seconds: number): Promise<void> {
    const body = JSON.stringify({ seconds });
    const answer = await fetch(`${aws.endpoint}/_local/clock/advance`, { method: 'POST', body });
    assert.equal(answer.status, 200, await answer.text());
  }

  const url = (queue: string): string =>
    outputs[`${queue}Url`] ?? `${aws.endpoint}/123456789012/${outputs[`${queue}Name`]}`;

  async function depth(queue: string): Promise<number> {
    const QueueUrl = url(queue);
    const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  }

  /** The lines of a function that hold a text, once there are so many. */
  async function lines(name: string, text: string, count: number) {
    for (let attempt = 0; ; attempt += 1) {
      const { events = [] } = await logs
        .filterLogEvents({ logGroupName: `/aws/lambda/backdrift-saas-crm-local-${name}` })
        .catch(() => ({ events: [] }));
      const found = events.filter(({ message }) => message?.includes(text));
      if (found.length >= count || attempt > 100) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('runs a job by hand: the report is written, and its mail goes out', async () => {
    const ran = await backdrift('run', 'nightly_report');
    assert.equal(ran.exit, 0, ran.err + ran.out);
    assert.match(ran.out, /^nightly_report was put into its queue \(run [0-9a-f-]{36}\)\.\nDone in \d+\.\d s\.$/m);
    await advance(0);
    assert.equal((await lines('nightly-report', 'report written', 1)).length, 1);
    assert.equal((await lines('send-mail', 'mail sent', 1)).length, 1);
    for (const queue of ['NightlyReportJob', 'NightlyReportJobDeadLetters', 'MailsQueue', 'MailsQueueDeadLetters'])
      assert.equal(await depth(queue), 0, queue);
  });

  it('says what it does not have, before anything is sent', async () => {
    const unknown = await backdrift('run', 'nightly');
    assert.equal(unknown.exit, 2);
    assert.match(unknown.err, /There is|no job nightly/);
    assert.match(unknown.err, /nightly_report/);
    const none = await backdrift('run');
    assert.equal(none.exit, 2);
    assert.match(none.err, /backdrift run JOB/);
    assert.equal((await backdrift('run', 'a', 'b')).exit, 2);
  });

  it('runs the job by its schedule, on working days', async () => {
    await advance(7 * 86_400);
    const runs = await lines('nightly-report', '"event":"job"', 6);
    assert.equal(runs.length, 6);
    assert.ok(runs.every(({ message }) => message?.includes('"outcome":"done"')));
    assert.equal((await lines('send-mail', 'mail sent', 6)).length, 6);
  });

  it('gives up on a message that cannot be worked on, after five attempts, and on that one alone', async () => {
    await sqs.sendMessage({ QueueUrl: url('MailsQueue'), MessageBody: '{"to":"ada@example.com"}' });
    await sqs.sendMessage({ QueueUrl: url('MailsQueue'), MessageBody: '{"to":"ada@example.com","subject":"Hello"}' });
    await advance(0);
    assert.equal(await depth('MailsQueue'), 1);
    assert.equal((await lines('send-mail', '"outcome":"failed"', 1)).length, 1);
    // 15, 60, 240 and 960 seconds lie between the attempts.
    await advance(1200);
    assert.equal((await lines('send-mail', '"outcome":"failed"', 4)).length, 4);
    assert.equal(await depth('MailsQueueDeadLetters'), 0);
    await advance(100);
    assert.equal((await lines('send-mail', '"outcome":"failed"', 5)).length, 5);
    assert.equal(await depth('MailsQueue'), 0);
    assert.equal(await depth('MailsQueueDeadLetters'), 1);
    const said = await lines('send-mail', '', 0);
    assert.ok(
      said.some(({ message }) => message?.includes('A mail needs')),
      'the log says why',
    );
  });

  it('never runs a sequential job twice at once', async () => {
    const before = (await lines('nightly-report', '"event":"job"', 6)).length;
    await Promise.all([1, 2, 3].map(() => backdrift('run', 'nightly_report', '--wait', '0')));
    await advance(0);
    const ends = await lines('nightly-report', '"event":"job"', before + 3);
    assert.equal(ends.length, before + 3);
    // Two at once would need two execution environments, each with a log stream of its own.
    assert.equal(new Set(ends.map(({ logStreamName }) => logStreamName)).size, 1);
  });
});
