import assert from 'node:assert/strict';
import { Lambda } from '@aws-sdk/client-lambda';
import { SQS } from '@aws-sdk/client-sqs';
import { type Bench, type Resource, startBench } from '../support/bench.ts';
import { allow, anybody } from './role-of-a-function.ts';

describe('what the platform does in a function’s name', () => {
  let bench: Bench;
  let role: Resource;
  let queue: Resource;
  let failures: Resource;
  let sqs: SQS;
  let lambda: Lambda;
  const logging = allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], '*');

  before(async function () {
    bench = await startBench(this);
    role = await bench.create('AWS::IAM::Role', { RoleName: 'reader', AssumeRolePolicyDocument: {} });
    queue = await bench.create('AWS::SQS::Queue', { QueueName: 'work', VisibilityTimeout: 60 });
    failures = await bench.create('AWS::SQS::Queue', { QueueName: 'failures' });
    const reader = await bench.create('AWS::Lambda::Function', {
      FunctionName: 'reader',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: role.attributes.Arn,
      Code: { ZipFile: `exports.handler = async (event) => { if (event.fail) throw new Error('as told'); };` },
    });
    await bench.create('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: queue.attributes.Arn,
      FunctionName: reader.physicalId,
    });
    await bench.create('AWS::Lambda::EventInvokeConfig', {
      FunctionName: reader.physicalId,
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: failures.attributes.Arn } },
    });
    sqs = await bench.aws.sqs(bench.region);
    lambda = new Lambda({ endpoint: bench.url, region: bench.region, credentials: anybody });
  });
  after(async () => {
    lambda?.destroy();
    await bench?.stop();
  });

  const may = async (...statements: object[]) => {
    const Policies = [{ PolicyName: 'all', PolicyDocument: { Version: '2012-10-17', Statement: statements } }];
    role = await bench.update(role, { ...role.properties, Policies });
  };
  /** How many messages lie in the queue, and how many have been taken out and not deleted. */
  const messages = async (of: Resource = queue) => {
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: of.physicalId, AttributeNames: ['All'] });
    return [Number(Attributes?.ApproximateNumberOfMessages), Number(Attributes?.ApproximateNumberOfMessagesNotVisible)];
  };
  const settle = async () => {
    const answer = await fetch(`${bench.url}/_local/clock/advance`, { method: 'POST', body: '{"seconds":0}' });
    assert.equal(answer.status, 200, await answer.text());
  };
  const refused = (action: string) => bench.said.some((line) => line.includes(`reader may not sqs:${action} on`));

  it('reads its queue only with the rights to', async () => {
    const arn = String(queue.attributes.Arn);
    const send = async () => {
      const sender = new SQS({ endpoint: bench.url, region: bench.region, credentials: anybody });
      await sender.sendMessage({ QueueUrl: `${bench.url}/123456789012/work`, MessageBody: '{}' });
      sender.destroy();
      await settle();
    };
    await may(logging, allow('sqs:GetQueueAttributes', arn));
    await send();
    assert.deepEqual(await messages(), [1, 0]);
    assert.ok(refused('ReceiveMessage'));

    await may(logging, allow('sqs:ReceiveMessage', arn));
    await send();
    assert.deepEqual(await messages(), [2, 0]);
    assert.ok(refused('GetQueueAttributes'));

    await may(logging, allow(['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'], arn));
    await send();
    assert.deepEqual(await messages(), [0, 3], 'what cannot be deleted will come back');
    assert.ok(refused('DeleteMessage'));

    await sqs.purgeQueue({ QueueUrl: queue.physicalId });
    await may(logging, allow(['sqs:ReceiveMessage', 'sqs:GetQueueAttributes', 'sqs:DeleteMessage'], arn));
    await send();
    assert.deepEqual(await messages(), [0, 0]);
  });

  it('tells a destination only with the right to', async () => {
    const fail = async () => {
      await lambda.invoke({ FunctionName: 'reader', InvocationType: 'Event', Payload: Buffer.from('{"fail":true}') });
      await settle();
    };
    await may(logging);
    await fail();
    assert.deepEqual(await messages(failures), [0, 0]);
    assert.ok(refused('SendMessage'));
    await may(logging, allow('sqs:SendMessage', String(failures.attributes.Arn)));
    await fail();
    assert.deepEqual(await messages(failures), [1, 0]);
  });
});
