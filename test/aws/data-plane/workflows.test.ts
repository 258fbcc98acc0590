import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import {
  GetDurableExecutionCommand,
  InvokeCommand,
  LambdaClient,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { root } from '../../../scripts/build-options.mjs';
import { createFunctionReader } from '../../../src/workspace/function-code.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';
import { type Bench, type Resource, startBench } from '../support/bench.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

describe('a durable function', function () {
  this.timeout(60_000);
  let bench: Bench;
  let lambda: LambdaClient;
  let count = 0;
  before(async function () {
    bench = await startBench(this);
    await bench.create('AWS::IAM::Role', {
      RoleName: 'durable',
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      Policies: [
        {
          PolicyName: 'durable',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
              {
                Effect: 'Allow',
                Action: [
                  'lambda:CheckpointDurableExecution',
                  'lambda:GetDurableExecutionState',
                  'lambda:InvokeFunction',
                ],
                Resource: 'arn:aws:lambda:us-east-2:123456789012:function:flow-*',
              },
            ],
          },
        },
      ],
    });
    const s3 = await bench.aws.s3(bench.region);
    await s3.createBucket({ Bucket: 'code', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
    lambda = new LambdaClient({ endpoint: bench.url, region: bench.region, credentials, maxAttempts: 1 });
  });
  after(async () => {
    lambda?.destroy();
    await bench?.stop();
  });

  /** A handler on the real SDK, bundled as the product does it. */
  async function deploy(body: string, timeoutSeconds = 86_400): Promise<Resource> {
    count += 1;
    const text = `import { withDurableExecution } from '@aws/durable-execution-sdk-js';
      export const handler = withDurableExecution(async (event, context) => { ${body} });`;
    const folder = temporaryFolder({ 'flow.mjs': text });
    symlinkSync(path.join(root, 'node_modules'), path.join(folder.path, 'node_modules'));
    const code = await createFunctionReader(folder.path, { trusted: true }).read({ name: 'flow', handler: 'flow.mjs' });
    folder.remove();
    assert.equal(code.kind, 'code', JSON.stringify(code));
    const zip = zipSync({ 'index.mjs': strToU8(code.kind === 'code' ? code.text : '') });
    const s3 = await bench.aws.s3(bench.region);
    await s3.putObject({ Bucket: 'code', Key: `${count}.zip`, Body: zip });
    const made = await bench.create('AWS::Lambda::Function', {
      FunctionName: `flow-${count}`,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/durable',
      Timeout: 30,
      MemorySize: 256,
      Code: { S3Bucket: 'code', S3Key: `${count}.zip` },
      DurableConfig: { ExecutionTimeout: timeoutSeconds, RetentionPeriodInDays: 1 },
    });
    const version = await bench.create('AWS::Lambda::Version', { FunctionName: made.physicalId });
    await bench.create('AWS::Lambda::Alias', {
      FunctionName: made.physicalId,
      FunctionVersion: version.attributes.Version,
      Name: 'live',
    });
    return made;
  }

  async function start(of: Resource, input: unknown, name?: string): Promise<string> {
    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: `${of.physicalId}:live`,
        InvocationType: 'Event',
        Payload: strToU8(JSON.stringify(input)),
        DurableExecutionName: name,
      }),
    );
    assert.equal(answer.StatusCode, 202);
    assert.match(answer.DurableExecutionArn ?? '', /:function:flow-\d+:1\/durable-execution\//);
    return answer.DurableExecutionArn ?? '';
  }

  async function advance(seconds: number): Promise<void> {
    const answer = await fetch(`${bench.url}/_local/clock/advance`, {
      method: 'POST',
      body: JSON.stringify({ seconds }),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  const Outcome = z.looseObject({
    Status: z.string(),
    Result: z.string().optional(),
    Error: z.looseObject({ ErrorType: z.string().optional(), ErrorMessage: z.string().optional() }).optional(),
  });
  const look = async (arn: string) =>
    Outcome.parse(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn })));

  it('does its steps once, sleeps over its waits, and ends with its result', async () => {
    const made = await deploy(
      `
      let calls = 0;
      const first = await context.step('first', async () => ({ n: event.n + 1, random: Math.random() }));
      await context.wait('a day', { days: 1 });
      const again = await context.step('second', async () => first.n * 10);
      return { first, again };
    `,
      90_000,
    );
    const arn = await start(made, { n: 1 });
    await advance(0);
    assert.equal((await look(arn)).Status, 'RUNNING');
    await advance(86_000);
    assert.equal((await look(arn)).Status, 'RUNNING');
    await advance(500);
    const end = await look(arn);
    assert.equal(end.Status, 'SUCCEEDED', JSON.stringify(end));
    const result = z.object({ first: z.object({ n: z.literal(2), random: z.number() }), again: z.literal(20) });
    result.parse(JSON.parse(end.Result ?? ''));
  });

  it('tries a step again when its time has come, and fails with its error when that was the last attempt', async () => {
    const made = await deploy(`
      return await context.step('flaky', async (step) => {
        if (step.attempt < event.works) throw new RangeError('attempt ' + step.attempt);
        return step.attempt;
      }, { retryStrategy: (error, attempt) => ({ shouldRetry: attempt < 3, delay: { minutes: 10 * attempt } }) });
    `);
    const good = await start(made, { works: 3 });
    const bad = await start(made, { works: 9 });
    await advance(620);
    assert.equal((await look(good)).Status, 'RUNNING');
    await advance(1220);
    assert.deepEqual([(await look(good)).Status, (await look(good)).Result], ['SUCCEEDED', '3']);
    const failed = await look(bad);
    assert.equal(failed.Status, 'FAILED');
    assert.match(failed.Error?.ErrorMessage ?? '', /attempt 3/);
  });

  it('waits for whoever has the callback, and gives up in time', async () => {
    const made = await deploy(`
      const [answer, id] = await context.createCallback('approval', { timeout: { hours: 1 } });
      await context.step('tell', async () => { console.log(JSON.stringify({ callback: id })); });
      try { return { approved: await answer }; } catch (error) { return { refused: error.message }; }
    `);
    const callbackOf = async (index: number): Promise<string> => {
      const logs = await bench.aws.logs(bench.region);
      for (let attempt = 0; attempt < 50; attempt++) {
        const { events = [] } = await logs.filterLogEvents({ logGroupName: `/aws/lambda/${made.physicalId}` });
        const ids = events.flatMap(({ message = '' }) => /"callback":"([^"]+)"/.exec(message)?.[1] ?? []);
        if (ids.length > index) return ids[index] ?? '';
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('No callback was logged.');
    };
    const approved = await start(made, {});
    await advance(1);
    await lambda.send(
      new SendDurableExecutionCallbackSuccessCommand({ CallbackId: await callbackOf(0), Result: strToU8('"yes"') }),
    );
    await advance(1);
    assert.deepEqual(JSON.parse((await look(approved)).Result ?? ''), { approved: '"yes"' });
    await assert.rejects(
      lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: await callbackOf(0) })),
      /is over/,
    );
    const refused = await start(made, {});
    await advance(1);
    await lambda.send(
      new SendDurableExecutionCallbackFailureCommand({
        CallbackId: await callbackOf(1),
        Error: { ErrorMessage: 'no' },
      }),
    );
    await advance(1);
    assert.deepEqual(JSON.parse((await look(refused)).Result ?? ''), { refused: 'no' });
    const forgotten = await start(made, {});
    await advance(3_700);
    assert.match(JSON.parse((await look(forgotten)).Result ?? '').refused, /timed out/i);
  });

  it('works side by side, calls another durable function, and is called synchronously', async () => {
    const inner = await deploy(`await context.wait({ hours: 2 }); return { doubled: event.n * 2 };`);
    const made = await deploy(`
      const both = await context.parallel([
        (branch) => branch.step('a', async () => 'a'),
        (branch) => branch.invoke('inner', '${inner.physicalId}:live', { n: event.n }),
      ]);
      return both.getResults();
    `);
    const answered = lambda.send(
      new InvokeCommand({ FunctionName: `${made.physicalId}:live`, Payload: strToU8('{"n":21}') }),
    );
    // Somebody waits for the answer all the while; the request may still be on its way when the clock is moved first.
    let done = false;
    const finished = answered.finally(() => {
      done = true;
    });
    for (let step = 0; step < 100 && !done; step++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await advance(600);
    }
    await finished;
    const answer = await answered;
    assert.equal(answer.FunctionError, undefined, answer.Payload?.transformToString());
    assert.deepEqual(JSON.parse(answer.Payload?.transformToString() ?? ''), ['a', { doubled: 42 }]);
  });

  it('begins once under a name, and not at all with another input', async () => {
    const made = await deploy(`await context.wait({ seconds: 5 }); return event;`);
    const first = await start(made, { order: 1 }, 'order-1');
    assert.equal(await start(made, { order: 1 }, 'order-1'), first);
    await assert.rejects(start(made, { order: 2 }, 'order-1'), /another input/);
  });

  it('can be stopped, and lasts no longer than it may', async () => {
    const made = await deploy(`await context.wait({ hours: 1 });`, 600);
    const stopped = await start(made, {});
    await advance(1);
    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: stopped }));
    assert.equal((await look(stopped)).Status, 'STOPPED');
    const long = await start(made, {});
    await advance(700);
    assert.equal((await look(long)).Status, 'TIMED_OUT');
  });

  it('that was not wrapped says so', async () => {
    count += 1;
    const made = await bench.create('AWS::Lambda::Function', {
      FunctionName: `flow-${count}`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/durable',
      Code: { ZipFile: 'exports.handler = async () => ({ done: true });' },
      DurableConfig: { ExecutionTimeout: 60 },
    });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: `${made.physicalId}:$LATEST` }));
    assert.equal(answer.FunctionError, 'Unhandled');
    assert.match(answer.Payload?.transformToString() ?? '', /withDurableExecution/);
  });
});
