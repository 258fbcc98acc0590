import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { temporaryFolder } from '../../builders/temporary-folder.ts';
import { type Bench, type Resource, startBench } from '../support/bench.ts';

const role = 'arn:aws:iam::123456789012:role/any';

/** The role that these functions run as: what they do is what it allows, the writing of their logs included. */
async function makeRole(bench: Bench): Promise<void> {
  await bench.create('AWS::IAM::Role', {
    RoleName: 'any',
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    Policies: [
      {
        PolicyName: 'data',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
              Resource: 'arn:aws:dynamodb:us-east-2:123456789012:table/notes',
            },
            { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
          ],
        },
      },
    ],
  });
}

describe('functions run', () => {
  let bench: Bench;
  let lambda: LambdaClient;
  let count = 0;
  before(async function () {
    bench = await startBench(this);
    await makeRole(bench);
    lambda = new LambdaClient({
      endpoint: bench.url,
      region: bench.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const s3 = await bench.aws.s3(bench.region);
    await s3.createBucket({ Bucket: 'code', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
  });
  after(async () => {
    lambda?.destroy();
    await bench?.stop();
  });

  /** A function from a zip in a bucket, as the product deploys it. */
  async function deploy(files: Record<string, string>, properties: Record<string, unknown> = {}): Promise<Resource> {
    count += 1;
    const s3 = await bench.aws.s3(bench.region);
    const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
    await s3.putObject({ Bucket: 'code', Key: `${count}.zip`, Body: zip });
    return bench.create('AWS::Lambda::Function', {
      FunctionName: `function-${count}`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: role,
      Timeout: 10,
      Code: { S3Bucket: 'code', S3Key: `${count}.zip` },
      ...properties,
    });
  }

  async function invoke(name: string, payload: unknown = {}) {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: strToU8(JSON.stringify(payload)), LogType: 'Tail' }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    return {
      error: answer.FunctionError,
      answer: JSON.parse(text),
      log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
      version: answer.ExecutedVersion,
    };
  }

  /** The messages of a log group, once a line that matches is there. */
  async function logged(group: string, wanted: RegExp): Promise<string[]> {
    const logs = await bench.aws.logs(bench.region);
    for (let attempt = 0; attempt < 100; attempt++) {
      const { events = [] } = await logs.filterLogEvents({ logGroupName: group }).catch(() => ({ events: [] }));
      const messages = events.map(({ message }) => message ?? '');
      if (messages.some((message) => wanted.test(message))) return messages;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${group} never had a line like ${wanted}`);
  }

  it('as ES modules, with their environment and context', async () => {
    const made = await deploy(
      {
        'index.mjs': `import { greeting } from './lib/greeting.mjs';
          export const handler = async (event, context) => ({
            text: greeting(event.name), stage: process.env.STAGE, region: process.env.AWS_REGION,
            name: process.env.AWS_LAMBDA_FUNCTION_NAME, endpoint: process.env.AWS_ENDPOINT_URL,
            secret: process.env.BACKDRIFT_TEST_SECRET ?? null,
            requestId: context.awsRequestId, left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn,
            memory: context.memoryLimitInMB, functionName: context.functionName,
          });`,
        'lib/greeting.mjs': "export const greeting = (name) => 'Hello ' + name;",
      },
      { Environment: { Variables: { STAGE: 'dev' } }, MemorySize: 256 },
    );
    process.env.BACKDRIFT_TEST_SECRET = 'of this process';
    const { answer, error, version } = await invoke(made.physicalId, { name: 'Ada' });
    delete process.env.BACKDRIFT_TEST_SECRET;
    assert.equal(error, undefined);
    assert.equal(version, '$LATEST');
    assert.equal(answer.text, 'Hello Ada');
    assert.equal(answer.stage, 'dev');
    assert.equal(answer.region, 'us-east-2');
    assert.equal(answer.name, made.physicalId);
    assert.equal(answer.endpoint, bench.url);
    assert.equal(answer.secret, null);
    assert.match(answer.requestId, /^[0-9a-f-]{36}$/);
    assert.ok(answer.left > 0 && answer.left <= 10_000);
    assert.equal(answer.arn, made.attributes.Arn);
    assert.equal(answer.memory, '256');
    assert.equal(answer.functionName, made.physicalId);
  });

  it('as CommonJS, with a callback, and with exports that are assigned at run time', async () => {
    const made = await deploy(
      {
        'src/app.js': `const name = 'main'; exports['' + name] = (event, context, callback) => setTimeout(() => callback(null, { n: event.n + 1 }), 5);`,
      },
      { Handler: 'src/app.main' },
    );
    assert.deepEqual((await invoke(made.physicalId, { n: 1 })).answer, { n: 2 });
  });

  it('from inline code', async () => {
    const made = await bench.create(
      'AWS::Lambda::Function',
      {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: role,
        Code: { ZipFile: 'exports.handler = async () => 42;' },
      },
      'Inline',
    );
    assert.equal((await invoke(made.physicalId)).answer, 42);
  });

  it('with the SDK that the runtime provides, imported and required, against the local services', async () => {
    const dynamodb = await bench.aws.dynamodb(bench.region);
    await dynamodb.createTable({
      TableName: 'notes',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    const made = await deploy({
      'index.mjs': `import { DynamoDBClient, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
        import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
        const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
        export const handler = async ({ id, text }) => {
          await table.send(new PutCommand({ TableName: 'notes', Item: { id, text } }));
          let again;
          try {
            await table.send(new PutCommand({ TableName: 'notes', Item: { id }, ConditionExpression: 'attribute_not_exists(id)' }));
          } catch (error) { again = error instanceof ConditionalCheckFailedException; }
          const { Item } = await table.send(new GetCommand({ TableName: 'notes', Key: { id } }));
          return { Item, again };
        };`,
    });
    const { answer, error } = await invoke(made.physicalId, { id: 'n1', text: 'written by a function' });
    assert.equal(error, undefined, JSON.stringify(answer));
    assert.deepEqual(answer, { Item: { id: 'n1', text: 'written by a function' }, again: true });
    const { Item } = await dynamodb.getItem({ TableName: 'notes', Key: { id: { S: 'n1' } } });
    assert.equal(Item?.text?.S, 'written by a function');

    const required = await deploy({
      'index.js': `const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3');
        exports.handler = async () => (await new S3Client({}).send(new ListBucketsCommand({}))).Buckets.map((b) => b.Name);`,
    });
    const listed = await invoke(required.physicalId);
    assert.deepEqual(listed.answer, ['code'], listed.log);
  });

  it('and say which SDK package the runtime does not provide', async () => {
    const made = await deploy({
      'index.mjs': `import { SNSClient } from '@aws-sdk/client-sns'; export const handler = async () => SNSClient.name;`,
    });
    const { error, answer } = await invoke(made.physicalId);
    assert.equal(error, 'Unhandled');
    assert.equal(answer.errorType, 'Runtime.ImportModuleError');
    assert.match(answer.errorMessage, /'@aws-sdk\/client-sns'.*bundle/);
  });

  it('and write their logs to CloudWatch Logs', async () => {
    const made = await deploy({
      'index.mjs': `export const handler = async (event) => {
        console.log('plain', { a: 1 }); console.error('trouble %s', 'here'); process.stdout.write('raw line\\n');
        return event; };`,
    });
    const { log } = await invoke(made.physicalId);
    assert.match(log, /START RequestId: \S+ Version: \$LATEST\n/);
    assert.match(log, /\tINFO\tplain \{ a: 1 \}\n/);
    assert.match(log, /\tERROR\ttrouble here\n/);
    const messages = await logged(`/aws/lambda/${made.physicalId}`, /^REPORT/);
    assert.ok(messages.some((message) => /^START RequestId/.test(message)));
    assert.ok(messages.some((message) => /\tINFO\tplain/.test(message)));
    assert.ok(messages.some((message) => /^END RequestId/.test(message)));
    assert.ok(messages.some((message) => /^REPORT RequestId: \S+\tDuration: .*Init Duration/.test(message)));
    await logged(`/aws/lambda/${made.physicalId}`, /^raw line$/);
  });

  it('with the log group and the format of LoggingConfig', async () => {
    const group = await bench.create('AWS::Logs::LogGroup', { LogGroupName: '/app/own', RetentionInDays: 14 });
    const made = await deploy(
      { 'index.mjs': `export const handler = async () => { console.warn({ order: 7 }); console.info('text'); };` },
      { LoggingConfig: { LogGroup: '/app/own', LogFormat: 'JSON' } },
    );
    assert.equal((await invoke(made.physicalId)).answer, null);
    const lines = (await logged('/app/own', /platform\.report/)).map((line) => JSON.parse(line));
    assert.ok(lines.some(({ level, message }) => level === 'WARN' && message.order === 7));
    assert.ok(lines.some(({ level, message }) => level === 'INFO' && message === 'text'));
    assert.ok(lines.some(({ type, record }) => type === 'platform.start' && record.version === '$LATEST'));
    await bench.delete(group);
  });

  it('and report what they throw', async () => {
    const made = await deploy({
      'index.mjs': `export class Refused extends Error { name = 'Refused' }
        export const handler = async ({ what }) => {
          if (what === 'error') throw new Refused('not today');
          if (what === 'text') throw 'only text';
          const circle = {}; circle.self = circle; return circle; };`,
    });
    const thrown = await invoke(made.physicalId, { what: 'error' });
    assert.equal(thrown.error, 'Unhandled');
    assert.equal(thrown.answer.errorType, 'Refused');
    assert.equal(thrown.answer.errorMessage, 'not today');
    assert.ok(Array.isArray(thrown.answer.trace));
    assert.equal((await invoke(made.physicalId, { what: 'text' })).answer.errorMessage, 'only text');
    assert.equal((await invoke(made.physicalId, { what: 'circle' })).answer.errorType, 'Runtime.MarshalError');
  });

  const broken: [string, Record<string, string>, Record<string, unknown>, string, RegExp][] = [
    [
      'a syntax error',
      { 'index.mjs': 'export const handler = async ( => 1;' },
      {},
      'Runtime.UserCodeSyntaxError',
      /SyntaxError/,
    ],
    [
      'a handler that is not there',
      { 'index.mjs': 'export const other = 1;' },
      {},
      'Runtime.HandlerNotFound',
      /index\.handler is undefined/,
    ],
    ['a file that is not there', { 'main.mjs': '' }, {}, 'Runtime.ImportModuleError', /Cannot find module 'index'/],
    ['an error while it loads', { 'index.mjs': 'throw new Error("no database");' }, {}, 'Error', /no database/],
    [
      'a handler outside of its zip',
      { 'index.mjs': '' },
      { Handler: '../../index.handler' },
      'Runtime.MalformedHandlerName',
      /Bad handler/,
    ],
  ];
  for (const [what, files, properties, type, message] of broken)
    it(`and report ${what}`, async () => {
      const made = await deploy(files, properties);
      const { error, answer } = await invoke(made.physicalId);
      assert.equal(error, 'Unhandled');
      assert.equal(answer.errorType, type, JSON.stringify(answer));
      assert.match(answer.errorMessage, message);
    });

  it('no longer than their timeout, also in a busy loop, and again afterwards', async () => {
    const made = await deploy(
      {
        'index.mjs': `export const handler = async ({ how }) => {
          if (how === 'loop') for (;;) {}
          if (how === 'wait') await new Promise(() => setInterval(() => {}, 1000));
          return 'in time'; };`,
      },
      { Timeout: 1 },
    );
    for (const how of ['loop', 'wait']) {
      const { error, answer, log } = await invoke(made.physicalId, { how });
      assert.equal(error, 'Unhandled');
      assert.match(answer.errorMessage, /Task timed out after 1\.00 seconds/);
      assert.match(log, /Task timed out after 1\.00 seconds/);
    }
    assert.equal((await invoke(made.physicalId, { how: 'quick' })).answer, 'in time');
  });

  it('without taking this process with them', async () => {
    const made = await deploy({
      'index.mjs': `export const handler = async ({ how }) => {
        if (how === 'exit') process.exit(3);
        if (how === 'quiet') process.exit(0);
        if (how === 'rejection') { Promise.reject(new Error('nobody waits')); await new Promise((r) => setTimeout(r, 200)); }
        if (how === 'exception') { setTimeout(() => { throw new Error('from a timer'); }, 1); await new Promise((r) => setTimeout(r, 200)); }
        if (how === 'memory') { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); }
        return 'alive'; };`,
    });
    const answers: Record<string, string> = {};
    for (const how of ['exit', 'quiet', 'rejection', 'exception', 'memory']) {
      const { error, answer } = await invoke(made.physicalId, { how });
      assert.equal(error, 'Unhandled', how);
      answers[how] = `${answer.errorType} ${answer.errorMessage}`;
    }
    assert.match(answers.exit ?? '', /Runtime\.ExitError.*exit status 3/);
    assert.match(answers.quiet ?? '', /Runtime\.ExitError.*without providing a reason/);
    assert.match(answers.rejection ?? '', /Runtime\.UnhandledPromiseRejection.*nobody waits/);
    assert.match(answers.exception ?? '', /Runtime\.UnhandledException.*from a timer/);
    assert.match(answers.memory ?? '', /Runtime\.OutOfMemory/);
    assert.equal((await invoke(made.physicalId)).answer, 'alive');
  });

  it('at the same time, each instance with one event at a time', async () => {
    const made = await deploy({
      'index.mjs': `let busy = 0; export const handler = async ({ n }) => {
        busy += 1; const alone = busy === 1; await new Promise((r) => setTimeout(r, 40)); busy -= 1; return { n, alone }; };`,
    });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => invoke(made.physicalId, { n })));
    assert.deepEqual(
      answers.map(({ answer }) => answer.n),
      Array.from({ length: 20 }, (_, n) => n),
    );
    assert.ok(answers.every(({ answer }) => answer.alone));
  });

  it('warm: a module is loaded once, until code or configuration change', async () => {
    const made = await deploy(
      {
        'index.mjs': `let calls = 0; export const handler = async () => ({ calls: ++calls, v: process.env.V, code: 1 });`,
      },
      { Environment: { Variables: { V: 'a' } } },
    );
    assert.deepEqual((await invoke(made.physicalId)).answer, { calls: 1, v: 'a', code: 1 });
    assert.deepEqual((await invoke(made.physicalId)).answer, { calls: 2, v: 'a', code: 1 });
    const configured = await bench.update(made, { ...made.properties, Environment: { Variables: { V: 'b' } } });
    assert.deepEqual((await invoke(made.physicalId)).answer, { calls: 1, v: 'b', code: 1 });
    const s3 = await bench.aws.s3(bench.region);
    const zip = zipSync({ 'index.mjs': strToU8('export const handler = async () => ({ code: 2 });') });
    await s3.putObject({ Bucket: 'code', Key: 'second.zip', Body: zip });
    await bench.update(configured, { ...configured.properties, Code: { S3Bucket: 'code', S3Key: 'second.zip' } });
    assert.deepEqual((await invoke(made.physicalId)).answer, { code: 2 });
  });

  it('in the version that is asked for', async () => {
    const made = await deploy({ 'index.mjs': 'export const handler = async () => 1;' });
    const version = await bench.create('AWS::Lambda::Version', { FunctionName: made.physicalId });
    await bench.create('AWS::Lambda::Alias', {
      FunctionName: made.physicalId,
      FunctionVersion: version.attributes.Version,
      Name: 'live',
    });
    const s3 = await bench.aws.s3(bench.region);
    await s3.putObject({
      Bucket: 'code',
      Key: 'v2.zip',
      Body: zipSync({ 'index.mjs': strToU8('export const handler = async () => 2;') }),
    });
    await bench.update(made, { ...made.properties, Code: { S3Bucket: 'code', S3Key: 'v2.zip' } });
    assert.equal((await invoke(made.physicalId)).answer, 2);
    assert.equal((await invoke(`${made.physicalId}:${version.attributes.Version}`)).answer, 1);
    assert.equal((await invoke(`${made.attributes.Arn}:live`)).answer, 1);
  });

  it('after they were deployed with the Lambda API alone', async () => {
    const { CreateFunctionCommand, UpdateFunctionCodeCommand } = await import('@aws-sdk/client-lambda');
    const zip = (n: number) => zipSync({ 'index.mjs': strToU8(`export const handler = async () => ${n};`) });
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'direct',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: role,
        Code: { ZipFile: zip(1) },
      }),
    );
    assert.equal((await invoke('direct')).answer, 1);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'direct', ZipFile: zip(2) }));
    assert.equal((await invoke('direct')).answer, 2);
  });

  it('never from a zip whose names lead out of it', async () => {
    count += 1;
    const s3 = await bench.aws.s3(bench.region);
    const zip = zipSync({ 'index.mjs': strToU8('export const handler = 1'), '../../escaped.txt': strToU8('out') });
    await s3.putObject({ Bucket: 'code', Key: 'slip.zip', Body: zip });
    const made = await bench.create('AWS::Lambda::Function', {
      FunctionName: 'slip',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: role,
      Code: { S3Bucket: 'code', S3Key: 'slip.zip' },
    });
    const { error, answer } = await invoke(made.physicalId);
    assert.equal(error, 'Unhandled');
    assert.match(answer.errorMessage, /leads out of it/);
    assert.equal(existsSync(`${tmpdir()}/escaped.txt`), false);
  });

  it('never from a zip that changed after the deployment', async () => {
    const made = await deploy({ 'index.mjs': 'export const handler = async () => 1;' });
    const s3 = await bench.aws.s3(bench.region);
    await s3.putObject({
      Bucket: 'code',
      Key: `${count}.zip`,
      Body: zipSync({ 'index.mjs': strToU8('export const handler = async () => 2;') }),
    });
    assert.match((await invoke(made.physicalId)).answer.errorMessage, /has changed since/);
  });

  it('asynchronously, and not at all in a dry run', async () => {
    const made = await deploy({
      'index.mjs': `export const handler = async ({ word }) => { console.log('heard ' + word); };`,
    });
    const send = (InvocationType: 'Event' | 'DryRun', word: string) =>
      lambda.send(
        new InvokeCommand({
          FunctionName: made.physicalId,
          InvocationType,
          Payload: strToU8(JSON.stringify({ word })),
        }),
      );
    assert.equal((await send('DryRun', 'dry')).StatusCode, 204);
    assert.equal((await send('Event', 'event')).StatusCode, 202);
    const messages = await logged(`/aws/lambda/${made.physicalId}`, /heard event/);
    assert.ok(!messages.some((message) => /heard dry/.test(message)));
  });

  it('or the caller hears why not', async () => {
    await assert.rejects(invoke('nobody'), {
      name: 'ResourceNotFoundException',
      message: /Function not found.*nobody/,
    });
    const python = await bench.create('AWS::Lambda::Function', {
      FunctionName: 'snake',
      Runtime: 'python3.13',
      Handler: 'index.handler',
      Role: role,
      Code: { ZipFile: 'x = 1' },
    });
    await assert.rejects(invoke(python.physicalId), /Node\.js functions only/);
  });

  it('and leave nothing in the temporary directory when they stop', async function () {
    // One of its own: other suites run at the same time.
    const folder = temporaryFolder();
    const shared = process.env.TMPDIR;
    process.env.TMPDIR = folder.path;
    const unpacked = async () =>
      (await readdir(folder.path)).filter((name) => name.startsWith('backdrift-functions-')).length;
    try {
      const own = await startBench(this);
      await makeRole(own);
      const made = await own.create('AWS::Lambda::Function', {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: role,
        Code: { ZipFile: 'exports.handler = async () => 1;' },
      });
      const client = new LambdaClient({
        endpoint: own.url,
        region: own.region,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      });
      await client.send(new InvokeCommand({ FunctionName: made.physicalId }));
      assert.equal(await unpacked(), 1);
      client.destroy();
      await own.stop();
      assert.equal(await unpacked(), 0);
    } finally {
      if (shared === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = shared;
      folder.remove();
    }
  });
});
