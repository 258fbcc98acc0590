import assert from 'node:assert/strict';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { STS } from '@aws-sdk/client-sts';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { account, allow, anybody, type FunctionWithRole, functionWithRole, region } from './role-of-a-function.ts';

const tableArn = `arn:aws:dynamodb:${region}:${account}:table/tasks`;

describe('calls with the credentials of a function', () => {
  let local: LocalAws;
  let fn: FunctionWithRole;
  const said: string[] = [];
  const closing: { destroy(): void }[] = [];

  before(async function () {
    local = await localAwsFor(this, { log: (line) => said.push(line) });
    fn = await functionWithRole(local.url, 'worker');
    const owner = client(DynamoDB, anybody);
    await owner.createTable({
      TableName: 'tasks',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
  });
  after(async () => {
    for (const one of closing) one.destroy();
    fn?.close();
    await local?.stop();
  });

  function client<Client extends { destroy(): void }>(
    Service: new (settings: object) => Client,
    credentials: object = fn.credentials,
    more: object = {},
  ): Client {
    const made = new Service({ endpoint: local.url, region, credentials, maxAttempts: 1, ...more });
    closing.push(made);
    return made;
  }

  async function refused(work: Promise<unknown>, name: string, message: RegExp): Promise<void> {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.equal(error.name, name, error.message);
      assert.match(error.message, message);
      return true;
    });
  }

  it('say who is calling', async () => {
    const identity = await client(STS).getCallerIdentity({});
    assert.equal(identity.Arn, `arn:aws:sts::${account}:assumed-role/worker-role/worker`);
    assert.equal(identity.Account, account);
    assert.match(identity.UserId ?? '', /^AROA[A-Z0-9]+:worker$/);
    assert.match(fn.credentials.accessKeyId, /^ASIA[A-Z0-9]{16}$/);
  });

  it('do what the role allows, from the moment on when it does, until it does not', async () => {
    const dynamodb = client(DynamoDB);
    const get = () => dynamodb.getItem({ TableName: 'tasks', Key: { id: { S: 'a' } } });
    const none =
      /^User: arn:aws:sts::123456789012:assumed-role\/worker-role\/worker is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-2:123456789012:table\/tasks because no identity-based policy allows the dynamodb:GetItem action$/;
    for (let round = 0; round < 3; round++) {
      await fn.allow(allow('dynamodb:PutItem', tableArn));
      await refused(get(), 'AccessDeniedException', none);
      await fn.allow(allow('dynamodb:GetItem', tableArn));
      assert.equal((await get()).Item, undefined);
    }
    await fn.iam.deleteRolePolicy({ RoleName: fn.roleName, PolicyName: 'all' });
    await refused(get(), 'AccessDeniedException', none);
    const advice = said.filter((line) => line.includes('dynamodb:GetItem'));
    assert.equal(advice.length, 1, 'once, however often it is tried');
    assert.match(
      advice[0] ?? '',
      /^IAM: worker may not dynamodb:GetItem on arn:\S+:table\/tasks\. Add the entity .* "uses:"/,
    );
  });

  it('are counted where they were refused', async () => {
    const control = async (method: string): Promise<unknown> =>
      (await fetch(`${local.url}/_local/denials`, { method })).json();
    await control('DELETE');
    await fn.allow(allow('dynamodb:PutItem', tableArn));
    for (let count = 0; count < 3; count++)
      await assert.rejects(client(DynamoDB).getItem({ TableName: 'tasks', Key: { id: { S: 'a' } } }));
    await client(DynamoDB).putItem({ TableName: 'tasks', Item: { id: { S: 'a' } } });
    assert.deepEqual(await control('GET'), {
      denials: [{ session: 'worker', action: 'dynamodb:GetItem', resource: tableArn, count: 3 }],
    });
    await control('DELETE');
    assert.deepEqual(await control('GET'), { denials: [] });
    await fn.iam.deleteRolePolicy({ RoleName: fn.roleName, PolicyName: 'all' });
  });

  it('do what attached policies allow, within the boundary', async () => {
    const dynamodb = client(DynamoDB);
    const put = () => dynamodb.putItem({ TableName: 'tasks', Item: { id: { S: 'b' } } });
    const policy = async (PolicyName: string, ...Statement: object[]) => {
      const made = await fn.iam.createPolicy({
        PolicyName,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      });
      return made.Policy?.Arn;
    };
    const PolicyArn = await policy('writing', allow('dynamodb:*', '*'));
    const RoleName = fn.roleName;
    await refused(put(), 'AccessDeniedException', /no identity-based policy/);
    await fn.iam.attachRolePolicy({ RoleName, PolicyArn });
    await put();
    const narrow = await policy('narrow', allow('dynamodb:GetItem', '*'));
    await fn.iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: narrow });
    await refused(put(), 'AccessDeniedException', /because no permissions boundary allows the dynamodb:PutItem action/);
    await fn.iam.deleteRolePermissionsBoundary({ RoleName });
    await fn.iam.createPolicyVersion({
      PolicyArn,
      SetAsDefault: true,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: { ...allow('*', '*'), Effect: 'Deny' } }),
    });
    await refused(put(), 'AccessDeniedException', /with an explicit deny in an identity-based policy/);
    await fn.iam.detachRolePolicy({ RoleName, PolicyArn });
  });

  it('are refused in the words of each service', async () => {
    await fn.allow(allow('sts:GetCallerIdentity', '*'));
    const url = `${local.url}/${account}/mails`;
    const who = /User: arn:aws:sts::123456789012:assumed-role\/worker-role\/worker is not authorized to perform: /;
    const cases: [work: () => Promise<unknown>, name: string][] = [
      [() => client(SQS).sendMessage({ QueueUrl: url, MessageBody: 'x' }), 'AccessDenied'],
      [() => client(S3).putObject({ Bucket: 'files', Key: 'a b', Body: 'x' }), 'AccessDenied'],
      [() => client(S3).listObjectsV2({ Bucket: 'files' }), 'AccessDenied'],
      [() => client(Lambda).invoke({ FunctionName: 'worker' }), 'AccessDeniedException'],
      [
        () => client(CognitoIdentityProvider).adminGetUser({ UserPoolId: `${region}_a`, Username: 'x' }),
        'AccessDeniedException',
      ],
      [() => client(EventBridge).putEvents({ Entries: [{ Source: 's' }] }), 'AccessDeniedException'],
      [
        () => client(CloudWatchLogs).createLogStream({ logGroupName: 'g', logStreamName: 's' }),
        'AccessDeniedException',
      ],
    ];
    for (const [work, name] of cases) await refused(work(), name, who);
    // A HEAD has no body to say why.
    await refused(client(S3).headObject({ Bucket: 'files', Key: 'a' }), 'Unknown', /UnknownError/);
  });

  it('are refused where nothing here can judge', async () => {
    await fn.allow(allow('*', '*'));
    await refused(client(IAM).listRoles({}), 'AccessDenied', /does not know what the service iam is asked for/);
    await refused(
      client(DynamoDB).executeStatement({ Statement: 'SELECT * FROM tasks' }),
      'AccessDeniedException',
      /does not know the action dynamodb:ExecuteStatement/,
    );
    await refused(
      client(STS).assumeRole({ RoleArn: 'arn:aws:iam::1:role/x', RoleSessionName: 's' }),
      'AccessDenied',
      /sts/,
    );
  });

  it('whose signature is not theirs are refused', async () => {
    await fn.allow(allow('*', '*'));
    const { credentials } = fn;
    const wrong = { ...credentials, secretAccessKey: 'another' };
    await refused(client(DynamoDB, wrong).listTables({}), 'InvalidSignatureException', /does not match/);
    await refused(client(S3, wrong).getObject({ Bucket: 'b', Key: 'k' }), 'SignatureDoesNotMatch', /does not match/);
    await refused(client(STS, wrong).getCallerIdentity({}), 'SignatureDoesNotMatch', /does not match/);
    const stale = { ...credentials, sessionToken: 'another' };
    await refused(client(DynamoDB, stale).listTables({}), 'UnrecognizedClientException', /token/);
    const past = { ...credentials, accessKeyId: 'ASIALOCALAAAAAAAAAAA' };
    await refused(
      client(DynamoDB, past).listTables({}),
      'UnrecognizedClientException',
      /does not exist in our records/,
    );
    await refused(client(S3, past).getObject({ Bucket: 'b', Key: 'k' }), 'InvalidAccessKeyId', /does not exist/);
    const slow = client(DynamoDB, credentials, { systemClockOffset: -16 * 60_000 });
    await refused(slow.listTables({}), 'InvalidSignatureException', /difference between the request time/);
  });

  it('with keys of anybody else are not looked at, temporary ones of AWS included', async () => {
    await fn.iam.deleteRolePolicy({ RoleName: fn.roleName, PolicyName: 'all' });
    for (const accessKeyId of ['AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE', 'test']) {
      const { TableNames } = await client(DynamoDB, { accessKeyId, secretAccessKey: 'x' }).listTables({});
      assert.deepEqual(TableNames, ['tasks']);
    }
  });

  it('do not tell whether an object is there, unless the role may list', async () => {
    const owner = client(S3, anybody, { forcePathStyle: true });
    await owner.createBucket({ Bucket: 'files', CreateBucketConfiguration: { LocationConstraint: region } });
    await owner.putObject({ Bucket: 'files', Key: 'there', Body: 'x' });
    const s3 = client(S3);
    const missing = () => s3.getObject({ Bucket: 'files', Key: 'mis sing/ü' });
    await fn.allow(allow('s3:GetObject', 'arn:aws:s3:::files/*'));
    assert.equal(await (await s3.getObject({ Bucket: 'files', Key: 'there' })).Body?.transformToString(), 'x');
    await refused(missing(), 'AccessDenied', /s3:ListBucket on resource: "arn:aws:s3:::files"/);
    await fn.allow(allow('s3:GetObject', 'arn:aws:s3:::files/*'), allow('s3:ListBucket', 'arn:aws:s3:::files'));
    await refused(missing(), 'NoSuchKey', /./);
  });

  it('may be limited to a prefix of a bucket', async () => {
    const s3 = client(S3);
    const condition = { StringLike: { 's3:prefix': 'users/7/*' } };
    await fn.allow(allow('s3:ListBucket', 'arn:aws:s3:::files', condition));
    await s3.listObjectsV2({ Bucket: 'files', Prefix: 'users/7/' });
    await refused(s3.listObjectsV2({ Bucket: 'files', Prefix: 'users/8/' }), 'AccessDenied', /ListBucket/);
    await refused(s3.listObjectsV2({ Bucket: 'files' }), 'AccessDenied', /ListBucket/);
  });

  it('carry bodies of any kind through: a stream, an empty one, a large one', async () => {
    await fn.allow(allow(['s3:PutObject', 's3:GetObject'], 'arn:aws:s3:::files/*'), allow('dynamodb:*', tableArn));
    const s3 = client(S3);
    const large = Buffer.alloc(9 * 1024 * 1024, 'a');
    for (const [Key, Body] of [
      ['large', large],
      ['empty', ''],
      ['odd name +&?', 'x'],
    ] as const) {
      await s3.putObject({ Bucket: 'files', Key, Body });
      const back = await (await s3.getObject({ Bucket: 'files', Key })).Body?.transformToByteArray();
      assert.equal(Buffer.compare(Buffer.from(back ?? []), Buffer.from(Body)), 0, Key);
    }
    const Item = { id: { S: 'x'.repeat(10) }, text: { S: 'ü'.repeat(150_000) } };
    await client(DynamoDB).putItem({ TableName: 'tasks', Item });
  });

  it('need the right to write their log: without it no line arrives', async () => {
    const logs = client(CloudWatchLogs, anybody);
    const group = '/aws/lambda/logging';
    const own = `arn:aws:logs:${region}:${account}:log-group:${group}:*`;
    await logs.createLogGroup({ logGroupName: group });
    const logging = await functionWithRole(local.url, 'logging');
    const arrived = async () => (await logs.describeLogStreams({ logGroupName: group })).logStreams?.length;
    try {
      assert.equal(await until(() => said.some((line) => /logging may not logs:CreateLogStream/.test(line))), true);
      assert.equal(await arrived(), 0);

      await logging.allow(allow('logs:CreateLogStream', own));
      await logging.invoke();
      assert.equal(await until(() => said.some((line) => /logging may not logs:PutLogEvents/.test(line))), true);
      assert.equal(await arrived(), 1);
      assert.deepEqual((await logs.filterLogEvents({ logGroupName: group })).events, []);

      await logging.allow(allow(['logs:CreateLogStream', 'logs:PutLogEvents'], own));
      await logging.invoke();
      const lines = async () => (await logs.filterLogEvents({ logGroupName: group })).events ?? [];
      assert.equal(await until(async () => (await lines()).some(({ message }) => message?.includes('said by'))), true);
    } finally {
      logging.close();
    }
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
