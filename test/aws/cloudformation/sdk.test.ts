import assert from 'node:assert/strict';
import { connect } from 'node:net';
import {
  CloudFormation,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { clientOf, startForTest } from './local-aws.ts';

const template = (seconds: number) =>
  JSON.stringify({
    Parameters: { Secret: { Type: 'String', NoEcho: true, Default: 'hush & <hide>' } },
    Resources: {
      Letters: { Type: 'AWS::SQS::Queue' },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: seconds,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': 'Letters.Arn' }, maxReceiveCount: 3 },
        },
      },
      Files: { Type: 'AWS::S3::Bucket' },
    },
    Outputs: { Url: { Value: { Ref: 'Queue' }, Description: 'a < b & "c"\r\n' }, Bucket: { Value: { Ref: 'Files' } } },
  });

const quickly = { maxWaitTime: 30, minDelay: 1, maxDelay: 1 };

describe('Local AWS over a socket, with the AWS SDK', function () {
  this.timeout(60_000);
  let local: LocalAws;
  let cloudFormation: CloudFormation;
  let s3: S3;

  before(async function () {
    local = await startForTest(this);
    cloudFormation = new CloudFormation(clientOf(local.url));
    s3 = new S3(clientOf(local.url));
  });
  after(() => local?.stop());
  beforeEach(async () => {
    await fetch(`${local.url}/_local/reset`, { method: 'POST' });
  });

  it('creates, updates and deletes real resources; waiters, outputs and messages come through', async () => {
    const sqs = new SQS(clientOf(local.url));
    await cloudFormation.createStack({ StackName: 'app', TemplateBody: template(30), Tags: [] });
    await waitUntilStackCreateComplete({ client: cloudFormation, ...quickly }, { StackName: 'app' });
    const described = await cloudFormation.describeStacks({ StackName: 'app' });
    const [stack] = described.Stacks ?? [];
    assert.equal(stack?.Parameters?.[0]?.ParameterValue, '****');
    const url = stack?.Outputs?.find((output) => output.OutputKey === 'Url');
    assert.equal(url?.Description, 'a < b & "c"\r\n');
    const timeout = async () => {
      const all = await sqs.getQueueAttributes({ QueueUrl: url?.OutputValue, AttributeNames: ['All'] });
      return all.Attributes?.VisibilityTimeout;
    };
    assert.equal(await timeout(), '30');
    await cloudFormation.updateStack({ StackName: 'app', TemplateBody: template(60) });
    await waitUntilStackUpdateComplete({ client: cloudFormation, ...quickly }, { StackName: 'app' });
    assert.equal(await timeout(), '60');
    await assert.rejects(cloudFormation.updateStack({ StackName: 'app', UsePreviousTemplate: true }), {
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
    await cloudFormation.deleteStack({ StackName: 'app' });
    await waitUntilStackDeleteComplete({ client: cloudFormation, ...quickly }, { StackName: stack?.StackId });
    assert.equal((await s3.listBuckets({})).Buckets?.length, 0);
  });

  it('reads templates from its own S3, by every form of address, and never from elsewhere', async () => {
    await s3.createBucket({ Bucket: 'templates', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
    await s3.putObject({ Bucket: 'templates', Key: 'a dir/app.json', Body: template(30) });
    const port = new URL(local.url).port;
    for (const address of [
      'https://templates.s3.us-east-2.amazonaws.com/a%20dir/app.json',
      'https://s3.us-east-2.amazonaws.com/templates/a%20dir/app.json',
      `http://127.0.0.1:${port}/templates/a%20dir/app.json`,
      `http://templates.localhost:${port}/a%20dir/app.json`,
    ]) {
      const summary = await cloudFormation.getTemplateSummary({ TemplateURL: address });
      assert.deepEqual(summary.ResourceTypes?.sort(), ['AWS::S3::Bucket', 'AWS::SQS::Queue'], address);
    }
    const missing = 'https://templates.s3.amazonaws.com/none.json';
    await assert.rejects(
      cloudFormation.validateTemplate({ TemplateURL: missing }),
      /S3 error: The specified key does not exist/,
    );
    await assert.rejects(
      cloudFormation.validateTemplate({ TemplateURL: 'http://127.0.0.1.example/x' }),
      /must be a supported URL/,
    );
  });

  it('pages through events, newest first, while they grow', async () => {
    const resources = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`R${i}`, { Type: 'Test::Unit::Thing' }]),
    );
    await cloudFormation.createStack({ StackName: 'big', TemplateBody: JSON.stringify({ Resources: resources }) });
    await waitUntilStackCreateComplete({ client: cloudFormation, ...quickly }, { StackName: 'big' });
    const first = await cloudFormation.describeStackEvents({ StackName: 'big' });
    await cloudFormation.deleteStack({ StackName: 'big' });
    const second = await cloudFormation.describeStackEvents({
      StackName: first.StackEvents?.[0]?.StackId,
      NextToken: first.NextToken,
    });
    const all = [...(first.StackEvents ?? []), ...(second.StackEvents ?? [])];
    assert.equal(all.length, 182);
    assert.equal(new Set(all.map((event) => event.EventId)).size, 182);
    const times = all.map((event) => event.Timestamp?.getTime() ?? 0);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    assert.equal(
      (await cloudFormation.listStackResources({ StackName: 'big' }).catch(() => undefined))?.NextToken,
      undefined,
    );
  });

  it('keeps regions apart', async () => {
    const west = new CloudFormation({ ...clientOf(local.url), region: 'us-west-2' });
    await west.createStack({
      StackName: 'app',
      TemplateBody: JSON.stringify({ Resources: { R: { Type: 'Test::Unit::Thing' } } }),
    });
    assert.deepEqual((await cloudFormation.listStacks({})).StackSummaries, []);
    assert.match(
      (await west.listStacks({})).StackSummaries?.[0]?.StackId ?? '',
      /^arn:aws:cloudformation:us-west-2:123456789012:stack\/app\//,
    );
  });

  it('passes everything else to moto byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
    await s3.createBucket({ Bucket: 'data', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
    await s3.putObject({
      Bucket: 'data',
      Key: 'x/ü &+?.bin',
      Body: bytes,
      Metadata: { note: 'kept' },
      ContentType: 'application/x-own',
    });
    const read = await s3.getObject({ Bucket: 'data', Key: 'x/ü &+?.bin' });
    assert.deepEqual(Buffer.from((await read.Body?.transformToByteArray()) ?? []), bytes);
    assert.equal(read.Metadata?.note, 'kept');
    await assert.rejects(s3.putObject({ Bucket: 'data', Key: 'x/ü &+?.bin', Body: 'again', IfNoneMatch: '*' }), {
      name: 'PreconditionFailed',
    });
    const scope = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-2/s3/aws4_request, SignedHeaders=host, Signature=x`;
    const headers = { Host: `data.localhost:${local.port}`, Authorization: scope };
    const listed = await rawRequest(local.port, 'GET /?list-type=2 HTTP/1.1', headers, '');
    assert.match(listed, /<Name>data<\/Name>/, 'virtual-host style');
    assert.match(listed, /<Key>x\/ü &amp;\+\?\.bin<\/Key>/);
  });

  it('counts calls by service and action', async () => {
    await fetch(`${local.url}/_local/calls`, { method: 'DELETE' });
    await cloudFormation.listStacks({});
    await cloudFormation.listStacks({});
    await new SQS(clientOf(local.url)).listQueues({});
    await s3.listBuckets({});
    const counts = await (await fetch(`${local.url}/_local/calls`)).json();
    assert.deepEqual(counts, { 'cloudformation.ListStacks': 2, 's3.ListBuckets': 1, 'sqs.ListQueues': 1 });
  });

  it('changes the time scale while an operation runs', async () => {
    const scale = (value: number) =>
      fetch(`${local.url}/_local/scale`, { method: 'POST', body: JSON.stringify({ scale: value }) });
    assert.equal((await scale(-1)).status, 400);
    await scale(100);
    await cloudFormation.createStack({ StackName: 'app', TemplateBody: template(30) });
    assert.equal(
      (await cloudFormation.describeStacks({ StackName: 'app' })).Stacks?.[0]?.StackStatus,
      'CREATE_IN_PROGRESS',
    );
    await scale(0);
    await waitUntilStackCreateComplete({ client: cloudFormation, ...quickly }, { StackName: 'app' });
  });

  it('keeps web pages out', async () => {
    const form = 'Action=DeleteStack&StackName=app&Version=2010-05-15';
    const post = (headers: Record<string, string>, path = '/') =>
      rawRequest(local.port, `POST ${path} HTTP/1.1`, { Host: `127.0.0.1:${local.port}`, ...headers }, form);
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    assert.match(await post(type), /^HTTP\/1\.1 200 /);
    assert.match(await post({ ...type, Host: 'evil.example' }), /^HTTP\/1\.1 403 /);
    assert.match(await post({ ...type, Origin: 'https://evil.example' }), /^HTTP\/1\.1 403 /);
    assert.match(await post({ ...type, Origin: 'null' }), /^HTTP\/1\.1 403 /);
    assert.match(await post({ ...type, Origin: 'http://localhost.evil.example' }), /^HTTP\/1\.1 403 /);
    assert.match(await post({ 'Sec-Fetch-Site': 'cross-site' }, '/_local/reset'), /^HTTP\/1\.1 403 /);
    assert.match(await post({ ...type, Origin: 'http://localhost:3000' }), /^HTTP\/1\.1 200 /);
  });
});

/** A request with exactly these headers, which fetch would not send. Answers with all that comes back. */
function rawRequest(port: number, line: string, headers: Record<string, string>, body: string): Promise<string> {
  const all = { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n${head.join('')}\r\n${body}`));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
