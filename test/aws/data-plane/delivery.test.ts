import assert from 'node:assert/strict';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Bench, type Resource, startBench } from '../support/bench.ts';

const role = 'arn:aws:iam::123456789012:role/any';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What the functions of these tests say of an event, in their log: one line of JSON each. */
const Said = z.looseObject({ said: z.string() });

describe('delivery', () => {
  let bench: Bench;
  let sqs: SQSClient;
  let lambda: LambdaClient;
  let count = 0;
  before(async function () {
    bench = await startBench(this);
    await bench.create('AWS::IAM::Role', {
      RoleName: 'any',
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole'],
      Policies: [
        {
          PolicyName: 'destinations',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:ChangeMessageVisibility'], Resource: '*' }],
          },
        },
      ],
    });
    const settings = { endpoint: bench.url, region: bench.region, credentials, maxAttempts: 1 };
    sqs = new SQSClient(settings);
    lambda = new LambdaClient(settings);
  });
  after(async () => {
    sqs?.destroy();
    lambda?.destroy();
    await bench?.stop();
  });

  /** A function whose code says things in its log. */
  const deploy = (code: string, properties: object = {}): Promise<Resource> => {
    count += 1;
    return bench.create('AWS::Lambda::Function', {
      FunctionName: `function-${count}`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: role,
      Timeout: 10,
      Code: { ZipFile: `const say = (said, more) => console.log(JSON.stringify({ said, ...more }));\n${code}` },
      LoggingConfig: { LogFormat: 'JSON' },
      ...properties,
    });
  };

  const queue = (properties: object = {}): Promise<Resource> => {
    count += 1;
    const fifo = 'FifoQueue' in properties ? '.fifo' : '';
    return bench.create('AWS::SQS::Queue', { QueueName: `queue-${count}${fifo}`, ...properties });
  };

  const feed = (from: Resource, to: Resource, properties: object = {}): Promise<Resource> =>
    bench.create('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: from.attributes.Arn,
      FunctionName: to.physicalId,
      ...properties,
    });

  const send = (to: Resource, body: unknown, more: object = {}) =>
    sqs.send(new SendMessageCommand({ QueueUrl: to.physicalId, MessageBody: JSON.stringify(body), ...more }));

  async function control(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${bench.url}/_local/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const said: unknown = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(said));
    return said;
  }
  const advance = (seconds: number) => control('POST', 'clock/advance', { seconds });

  /** What a function has said, in order, once it is so much; more is found as well. */
  async function said(of: Resource, count: number): Promise<z.infer<typeof Said>[]> {
    const logs = await bench.aws.logs(bench.region);
    for (let attempt = 0; ; attempt++) {
      const { events = [] } = await logs
        .filterLogEvents({ logGroupName: `/aws/lambda/${of.physicalId}` })
        .catch(() => ({ events: [] }));
      const found = events
        .toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))
        .flatMap(({ message = '' }) => ownLine(message));
      if (found.length >= count || attempt > 60) return found;
      // Lines are gathered for a moment before they are sent.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  function ownLine(message: string): z.infer<typeof Said>[] {
    const line = z.looseObject({ message: z.string() }).safeParse(JSON.parse(message));
    if (!line.success || !line.data.message.startsWith('{')) return [];
    const own = Said.safeParse(JSON.parse(line.data.message));
    return own.success ? [own.data] : [];
  }

  async function depth(of: Resource): Promise<{ visible: number; hidden: number }> {
    const own = await bench.aws.sqs(bench.region);
    const { Attributes } = await own.getQueueAttributes({ QueueUrl: of.physicalId, AttributeNames: ['All'] });
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages),
      hidden: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  }

  it('hands a message to the function of its queue, in the shape of AWS, and deletes it', async () => {
    const mails = await queue({ VisibilityTimeout: 60 });
    const made = await deploy(`exports.handler = async (event) => { say('event', { event }); };`);
    await feed(mails, made, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await send(mails, { to: 'ada' }, { MessageAttributes: { kind: { DataType: 'String', StringValue: 'note' } } });
    await advance(0);
    const [first, ...rest] = await said(made, 1);
    assert.equal(rest.length, 0);
    const Event = z.object({
      Records: z.tuple([
        z.strictObject({
          messageId: z.uuid(),
          receiptHandle: z.string().min(1),
          body: z.literal('{"to":"ada"}'),
          attributes: z.strictObject({
            ApproximateReceiveCount: z.literal('1'),
            SentTimestamp: z.string().regex(/^\d{13}$/),
            SenderId: z.string(),
            ApproximateFirstReceiveTimestamp: z.string().regex(/^\d{13}$/),
          }),
          messageAttributes: z.strictObject({
            kind: z.strictObject({
              stringValue: z.literal('note'),
              stringListValues: z.tuple([]),
              binaryListValues: z.tuple([]),
              dataType: z.literal('String'),
            }),
          }),
          md5OfMessageAttributes: z.string(),
          md5OfBody: z.string(),
          eventSource: z.literal('aws:sqs'),
          eventSourceARN: z.literal(mails.attributes.Arn ?? ''),
          awsRegion: z.literal('us-east-2'),
        }),
      ]),
    });
    Event.parse(first?.event);
    assert.deepEqual(await depth(mails), { visible: 0, hidden: 0 });
  });

  it('takes what lay in the queue before, a batch at a time', async () => {
    const numbers = await queue({ VisibilityTimeout: 60 });
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: numbers.physicalId,
        Entries: [...Array(7).keys()].map((n) => ({ Id: String(n), MessageBody: String(n) })),
      }),
    );
    const made = await deploy(
      `exports.handler = async ({ Records }) => { say('batch', { bodies: Records.map((r) => r.body) }); };`,
    );
    await feed(numbers, made, { BatchSize: 3 });
    await advance(0);
    const batches = (await said(made, 3)).map(({ bodies }) => z.array(z.string()).parse(bodies));
    assert.ok(batches.every((batch) => batch.length <= 3));
    assert.deepEqual(batches.flat().sort(), ['0', '1', '2', '3', '4', '5', '6']);
  });

  it('brings back what the function says has failed, and moves it to the dead letters when it came too often', async () => {
    const dead = await queue();
    const mails = await queue({
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: dead.attributes.Arn, maxReceiveCount: 3 },
    });
    const made = await deploy(
      `exports.handler = async ({ Records }) => {
         for (const { body, attributes } of Records) say('try', { body, count: attributes.ApproximateReceiveCount });
         return { batchItemFailures: Records.filter((r) => r.body.includes('bad')).map((r) => ({ itemIdentifier: r.messageId })) };
       };`,
    );
    await feed(mails, made, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: mails.physicalId,
        Entries: ['good', 'bad', 'fine'].map((body) => ({ Id: body, MessageBody: body })),
      }),
    );
    await advance(0);
    assert.deepEqual(await depth(mails), { visible: 0, hidden: 1 });
    await advance(30);
    assert.equal((await said(made, 3)).filter(({ body }) => body === 'bad').length, 1, 'it is still hidden');
    await advance(600);
    const tries = (await said(made, 5)).map(({ body, count: times }) => `${body} ${times}`);
    assert.deepEqual(tries.sort(), ['bad 1', 'bad 2', 'bad 3', 'fine 1', 'good 1']);
    assert.deepEqual(await depth(mails), { visible: 0, hidden: 0 });
    assert.deepEqual(await depth(dead), { visible: 1, hidden: 0 });
  });

  it('goes by the time to which the function moved a message itself', async () => {
    const jobs = await queue({ VisibilityTimeout: 3600 });
    const made = await deploy(
      `const { SQSClient, ChangeMessageVisibilityCommand } = require('@aws-sdk/client-sqs');
       const sqs = new SQSClient({});
       exports.handler = async ({ Records: [record] }) => {
         say('try', { count: record.attributes.ApproximateReceiveCount });
         if (record.attributes.ApproximateReceiveCount === '2') return;
         await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: process.env.QUEUE, ReceiptHandle: record.receiptHandle, VisibilityTimeout: 90 }));
         throw new Error('not yet');
       };`,
      { Environment: { Variables: { QUEUE: jobs.physicalId } } },
    );
    await feed(jobs, made, { BatchSize: 1 });
    await send(jobs, {});
    await advance(85);
    assert.equal((await said(made, 1)).length, 1);
    await advance(10);
    assert.equal((await said(made, 2)).length, 2);
    assert.deepEqual(await depth(jobs), { visible: 0, hidden: 0 });
  });

  it('keeps the order of a FIFO group, one batch at a time, also over a failure', async () => {
    const steps = await queue({ FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 60 });
    const made = await deploy(
      `let failed = false; let busy = 0;
       exports.handler = async ({ Records: [{ body }] }) => {
         busy += 1;
         await new Promise((resolve) => setTimeout(resolve, 20));
         say('step', { body, busy });
         busy -= 1;
         if (body === '2' && !failed) { failed = true; throw new Error('once'); }
       };`,
    );
    await feed(steps, made, { BatchSize: 1 });
    for (const body of [1, 2, 3, 4]) await send(steps, body, { MessageGroupId: 'one' });
    await advance(0);
    assert.deepEqual(
      (await said(made, 2)).map(({ body }) => body),
      ['1', '2'],
    );
    await advance(61);
    const all = await said(made, 5);
    assert.deepEqual(
      all.map(({ body }) => body),
      ['1', '2', '2', '3', '4'],
    );
    assert.ok(all.every(({ busy }) => busy === 1));
  });

  it('stops with the mapping, and begins again with it', async () => {
    const mails = await queue({ VisibilityTimeout: 60 });
    const made = await deploy(
      `exports.handler = async ({ Records }) => { say('got', { bodies: Records.map((r) => r.body) }); };`,
    );
    const mapping = await feed(mails, made, { Enabled: false });
    await send(mails, 1);
    await advance(30);
    assert.deepEqual(await depth(mails), { visible: 1, hidden: 0 });
    const enabled = await bench.update(mapping, { ...mapping.properties, Enabled: true });
    await advance(0);
    assert.deepEqual(await depth(mails), { visible: 0, hidden: 0 });
    await bench.delete(enabled);
    await send(mails, 2);
    await advance(30);
    assert.deepEqual(await depth(mails), { visible: 1, hidden: 0 });
    assert.deepEqual(
      (await said(made, 1)).map(({ bodies }) => bodies),
      [['1']],
    );
  });

  it('fires a rule when its time comes, in order, and on demand', async () => {
    const jobs = await queue({ FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 60 });
    const made = await deploy(`exports.handler = async ({ Records: [{ body }] }) => say('job', JSON.parse(body));`);
    await feed(jobs, made, { BatchSize: 1 });
    const rule = await bench.create('AWS::Events::Rule', {
      Name: 'nightly',
      ScheduleExpression: 'cron(30 3 ? * MON-FRI *)',
      Targets: [
        {
          Id: 'queue',
          Arn: jobs.attributes.Arn,
          SqsParameters: { MessageGroupId: 'nightly' },
          InputTransformer: {
            InputPathsMap: { id: '$.id', time: '$.time', rule: '$.resources[0]' },
            InputTemplate: '{"job":"nightly","id":<id>,"time":<time>,"text":"of <rule>"}',
          },
        },
      ],
    });
    const Schedules = z.object({ schedules: z.array(z.object({ rule: z.string(), next: z.string() })) });
    const { schedules } = Schedules.parse(await control('GET', 'schedules'));
    assert.deepEqual(
      schedules.map((one) => [one.rule, one.next.slice(11)]),
      [['nightly', '03:30:00.000Z']],
    );
    await advance(7 * 86_400);
    const runs = z
      .array(z.object({ job: z.literal('nightly'), id: z.uuid(), time: z.string(), text: z.string() }))
      .parse(await said(made, 5));
    assert.equal(runs.length, 5);
    for (const { time, text } of runs) {
      assert.match(time, /T03:30:00Z$/);
      assert.ok(![0, 6].includes(new Date(time).getUTCDay()));
      assert.equal(text, `of ${rule.attributes.Arn}`);
    }
    assert.deepEqual(
      runs.map(({ time }) => time),
      runs.map(({ time }) => time).toSorted(),
    );
    await control('POST', 'schedules/run', { rule: 'nightly' });
    await advance(0);
    assert.equal((await said(made, 6)).length, 6);
    await bench.delete(rule);
    await advance(7 * 86_400);
    assert.equal((await said(made, 6)).length, 6);
    const gone = await fetch(`${bench.url}/_local/schedules/run`, { method: 'POST', body: '{"rule":"nightly"}' });
    assert.equal(gone.status, 404);
  });

  it('puts what a rule cannot deliver into the dead letters of its target', async () => {
    const dead = await queue();
    const gone = await queue();
    await bench.create('AWS::Events::Rule', {
      Name: 'lost',
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Id: 'queue', Arn: gone.attributes.Arn, DeadLetterConfig: { Arn: dead.attributes.Arn } }],
    });
    await bench.delete(gone);
    await advance(301);
    const own = await bench.aws.sqs(bench.region);
    const { Messages = [] } = await own.receiveMessage({ QueueUrl: dead.physicalId, MessageAttributeNames: ['All'] });
    assert.equal(Messages.length, 1);
    assert.equal(Messages[0]?.MessageAttributes?.ERROR_CODE?.StringValue, 'NO_RESOURCE');
    assert.equal(JSON.parse(Messages[0]?.Body ?? '')['detail-type'], 'Scheduled Event');
    const events = await bench.aws.eventBridge(bench.region);
    await events.removeTargets({ Rule: 'lost', Ids: ['queue'] });
  });

  it('tries an asynchronous invocation three times, a minute and then two apart, and tells the destination', async () => {
    const failures = await queue();
    const made = await deploy(
      `exports.handler = async (event, context) => { say('try', { event, id: context.awsRequestId }); throw new TypeError('no'); };`,
    );
    await bench.create('AWS::Lambda::EventInvokeConfig', {
      FunctionName: made.physicalId,
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: failures.attributes.Arn } },
    });
    const sent = await lambda.send(
      new InvokeCommand({ FunctionName: made.physicalId, InvocationType: 'Event', Payload: Buffer.from('{"n":1}') }),
    );
    assert.equal(sent.StatusCode, 202);
    await advance(0);
    assert.equal((await said(made, 1)).length, 1);
    await advance(65);
    assert.equal((await said(made, 2)).length, 2);
    await advance(110);
    assert.equal((await said(made, 2)).length, 2, 'the second retry comes two minutes later');
    await advance(20);
    const tries = await said(made, 3);
    assert.equal(tries.length, 3);
    assert.equal(new Set(tries.map(({ id }) => id)).size, 1, 'every attempt has the same request id');
    await advance(3600);
    assert.equal((await said(made, 3)).length, 3);
    const own = await bench.aws.sqs(bench.region);
    const { Messages = [] } = await own.receiveMessage({ QueueUrl: failures.physicalId });
    const record = z
      .looseObject({
        requestContext: z.looseObject({ condition: z.string(), approximateInvokeCount: z.number() }),
        requestPayload: z.unknown(),
        responsePayload: z.looseObject({ errorType: z.string() }),
      })
      .parse(JSON.parse(Messages[0]?.Body ?? ''));
    assert.deepEqual(record.requestPayload, { n: 1 });
    assert.equal(record.requestContext.condition, 'RetriesExhausted');
    assert.equal(record.requestContext.approximateInvokeCount, 3);
    assert.equal(record.responsePayload.errorType, 'TypeError');
  });

  it('tells functions and queues what happens in a bucket, and nothing that was not asked for', async () => {
    const inbox = await queue();
    const made = await deploy(`exports.handler = async (event) => say('event', { event });`);
    const bucket = await bench.create('AWS::S3::Bucket', {
      BucketName: 'drop-box',
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: {
        LambdaConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Function: made.attributes.Arn,
            Filter: {
              S3Key: {
                Rules: [
                  { Name: 'prefix', Value: 'in/' },
                  { Name: 'suffix', Value: '.pdf' },
                ],
              },
            },
          },
        ],
        QueueConfigurations: [{ Event: 's3:ObjectRemoved:*', Queue: inbox.attributes.Arn }],
      },
    });
    const s3 = new S3Client({
      endpoint: bench.url,
      region: bench.region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
    });
    const Bucket = bucket.physicalId;
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }));
    await put('in/an offer ü.pdf');
    for (const other of ['in/offer.txt', 'out/offer.pdf']) await put(other);
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'in/copy.pdf', CopySource: `${Bucket}/out/offer.pdf` }));
    await s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'in/copy.pdf', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }),
    );
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'in/offer.txt' }));
    await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'out/offer.pdf' }, { Key: 'a&b' }] } }),
    );
    await advance(0);
    const Records = z.object({
      event: z.object({
        Records: z.tuple([
          z.looseObject({
            eventSource: z.literal('aws:s3'),
            eventName: z.string(),
            awsRegion: z.literal('us-east-2'),
            s3: z.looseObject({
              bucket: z.looseObject({ name: z.literal('drop-box'), arn: z.literal('arn:aws:s3:::drop-box') }),
              object: z.looseObject({ key: z.string(), size: z.number(), eTag: z.string(), versionId: z.string() }),
            }),
          }),
        ]),
      }),
    });
    const events = (await said(made, 2)).map((line) => Records.parse(line).event.Records[0]);
    assert.deepEqual(events.map(({ eventName, s3: { object } }) => [eventName, object.key, object.size]).toSorted(), [
      ['ObjectCreated:Copy', 'in/copy.pdf', 5],
      ['ObjectCreated:Put', 'in/an+offer+%C3%BC.pdf', 5],
    ]);
    const own = await bench.aws.sqs(bench.region);
    const removed: string[] = [];
    for (let look = 0; look < 8; look++) {
      const { Messages = [] } = await own.receiveMessage({ QueueUrl: inbox.physicalId, MaxNumberOfMessages: 10 });
      for (const { Body = '' } of Messages) {
        const body = JSON.parse(Body);
        removed.push(body.Event ?? `${body.Records[0].eventName} ${body.Records[0].s3.object.key}`);
      }
    }
    assert.deepEqual(removed.toSorted(), [
      'ObjectRemoved:Delete a%26b',
      'ObjectRemoved:Delete out/offer.pdf',
      'ObjectRemoved:DeleteMarkerCreated in/offer.txt',
      's3:TestEvent',
    ]);
    s3.destroy();
  });

  it('refuses a clock that is moved back, or by nothing that is a number', async () => {
    for (const body of ['{"seconds":-1}', '{"seconds":"1"}', '{}', 'no', '{"seconds":1e12}']) {
      const answer = await fetch(`${bench.url}/_local/clock/advance`, { method: 'POST', body });
      assert.equal(answer.status, 400, body);
    }
  });
});
