import assert from 'node:assert/strict';
import type { AwsCall } from '../../../../local-aws/iam/aws-call.ts';
import { demandReader } from '../../../../local-aws/iam/demands/demands-of.ts';
import { s3Location } from '../../../../local-aws/iam/demands/s3.ts';

const read = demandReader(async (_region, id) =>
  id === 'password' ? 'arn:aws:secretsmanager:us-east-2:123456789012:secret:password-AbCdEf' : undefined,
);

function call(service: string, given: Partial<AwsCall> = {}): AwsCall {
  return {
    service,
    region: 'us-east-2',
    operation: '',
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { host: '127.0.0.1:4577' },
    input: undefined,
    form: new URLSearchParams(),
    body: undefined,
    ...given,
  };
}

/** `action resource` of each demand, without what all resources here have in common; or why there are none. */
async function wanted(given: AwsCall): Promise<string[] | string> {
  const demands = await read(given);
  if (demands.kind !== 'demands') return demands.kind;
  return demands.demands.map(({ action, resource }) =>
    `${action} ${resource}`.replace(/arn:aws:[a-z-]+:us-east-2:123456789012:/, ''),
  );
}

const targets: Record<string, string> = {
  dynamodb: 'DynamoDB_20120810',
  'cognito-idp': 'AWSCognitoIdentityProviderService',
  events: 'AWSEvents',
  logs: 'Logs_20140328',
  secretsmanager: 'secretsmanager',
  sqs: 'AmazonSQS',
  ssm: 'AmazonSSM',
};

function json(service: string, operation: string, input: unknown): Promise<string[] | string> {
  const headers = { host: '127.0.0.1:4577', 'x-amz-target': `${targets[service]}.${operation}` };
  return wanted(call(service, { operation, input, headers }));
}

function form(service: string, fields: Record<string, string>): Promise<string[] | string> {
  return wanted(call(service, { operation: fields.Action ?? '', form: new URLSearchParams(fields) }));
}

function s3(method: string, url: string, headers: Record<string, string> = {}, body?: string) {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1:4577');
  return wanted(
    call('s3', {
      method,
      path: pathname,
      query: searchParams,
      headers: { host: '127.0.0.1:4577', ...headers },
      body: body === undefined ? undefined : Buffer.from(body),
    }),
  );
}

describe('What a call needs leave for', () => {
  it('in DynamoDB: the table, or the index', async () => {
    for (const operation of ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'])
      assert.deepEqual(await json('dynamodb', operation, { TableName: 't' }), [`dynamodb:${operation} table/t`]);
    assert.deepEqual(await json('dynamodb', 'Query', { TableName: 't', IndexName: 'i' }), [
      'dynamodb:Query table/t/index/i',
    ]);
    assert.deepEqual(await json('dynamodb', 'ListTables', {}), ['dynamodb:ListTables *']);
    const arn = 'arn:aws:dynamodb:us-east-2:123456789012:table/t';
    assert.deepEqual(await json('dynamodb', 'GetItem', { TableName: arn }), ['dynamodb:GetItem table/t']);
  });

  it('in DynamoDB: every table of a batch, every member of a transaction', async () => {
    assert.deepEqual(await json('dynamodb', 'BatchWriteItem', { RequestItems: { a: [], b: [] } }), [
      'dynamodb:BatchWriteItem table/a',
      'dynamodb:BatchWriteItem table/b',
    ]);
    const TransactItems = [
      { Put: { TableName: 'a' } },
      { Put: { TableName: 'a' } },
      { Update: { TableName: 'a' } },
      { Delete: { TableName: 'b' } },
      { ConditionCheck: { TableName: 'c' } },
    ];
    assert.deepEqual(await json('dynamodb', 'TransactWriteItems', { TransactItems }), [
      'dynamodb:PutItem table/a',
      'dynamodb:UpdateItem table/a',
      'dynamodb:DeleteItem table/b',
      'dynamodb:ConditionCheckItem table/c',
    ]);
    assert.deepEqual(await json('dynamodb', 'TransactGetItems', { TransactItems: [{ Get: { TableName: 'a' } }] }), [
      'dynamodb:GetItem table/a',
    ]);
    assert.equal(
      await json('dynamodb', 'TransactWriteItems', { TransactItems: [{ Steal: { TableName: 'a' } }] }),
      'unknown',
    );
    assert.equal(await json('dynamodb', 'TransactWriteItems', { TransactItems: [{ toString: {} }] }), 'unknown');
  });

  it('in SQS: the queue, and for a batch what its members need', async () => {
    const QueueUrl = 'http://127.0.0.1:4577/123456789012/mails';
    for (const [operation, action] of [
      ['SendMessage', 'SendMessage'],
      ['SendMessageBatch', 'SendMessage'],
      ['DeleteMessageBatch', 'DeleteMessage'],
      ['ReceiveMessage', 'ReceiveMessage'],
      ['ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'],
    ] as const)
      assert.deepEqual(await json('sqs', operation, { QueueUrl }), [`sqs:${action} mails`]);
    assert.deepEqual(await form('sqs', { Action: 'SendMessage', QueueUrl }), ['sqs:SendMessage mails']);
    assert.deepEqual(await json('sqs', 'GetQueueUrl', { QueueName: 'mails' }), ['sqs:GetQueueUrl mails']);
    assert.equal(await json('sqs', 'CreateQueue', { QueueName: 'mails' }), 'unknown');
  });

  it('in Cognito: the pool; nothing for what users do themselves', async () => {
    assert.deepEqual(await json('cognito-idp', 'AdminGetUser', { UserPoolId: 'us-east-2_a' }), [
      'cognito-idp:AdminGetUser userpool/us-east-2_a',
    ]);
    assert.equal(await json('cognito-idp', 'InitiateAuth', { ClientId: 'c' }), 'free');
  });

  it('in S3: the object', async () => {
    const cases: [method: string, url: string, ...actions: string[]][] = [
      ['GET', '/b/k', 'GetObject'],
      ['GET', '/b/k?x-id=GetObject&response-content-type=a', 'GetObject'],
      ['HEAD', '/b/k', 'GetObject'],
      ['GET', '/b/k?versionId=1', 'GetObjectVersion'],
      ['PUT', '/b/k', 'PutObject'],
      ['PUT', '/b/k?x-id=PutObject&X-Amz-Signature=a&X-Amz-Expires=9', 'PutObject'],
      ['PUT', '/b/k?x-amz-acl=public-read', 'PutObject', 'PutObjectAcl'],
      ['PUT', '/b/k?partNumber=1&uploadId=u', 'PutObject'],
      ['POST', '/b/k?uploads', 'PutObject'],
      ['POST', '/b/k?uploadId=u', 'PutObject'],
      ['DELETE', '/b/k?uploadId=u', 'AbortMultipartUpload'],
      ['GET', '/b/k?uploadId=u', 'ListMultipartUploadParts'],
      ['DELETE', '/b/k', 'DeleteObject'],
      ['DELETE', '/b/k?versionId=1', 'DeleteObjectVersion'],
      ['GET', '/b/k?tagging', 'GetObjectTagging'],
      ['PUT', '/b/k?tagging', 'PutObjectTagging'],
      ['DELETE', '/b/k?tagging', 'DeleteObjectTagging'],
      ['GET', '/b/k?acl', 'GetObjectAcl'],
      ['GET', '/b/k?tagging&versionId=1', 'GetObjectVersionTagging'],
    ];
    for (const [method, url, ...actions] of cases)
      assert.deepEqual(
        await s3(method, url),
        actions.map((action) => `s3:${action} arn:aws:s3:::b/k`),
        `${method} ${url}`,
      );
    assert.deepEqual(await s3('PUT', '/b/a%20b/%C3%BC'), ['s3:PutObject arn:aws:s3:::b/a b/ü']);
    assert.deepEqual(await s3('PUT', '/b/k', { 'x-amz-copy-source': '/other/a%2Fb' }), [
      's3:PutObject arn:aws:s3:::b/k',
      's3:GetObject arn:aws:s3:::other/a/b',
    ]);
    for (const [method, url] of [
      ['GET', '/b/k?torrent'],
      ['PATCH', '/b/k'],
      ['POST', '/b/k?restore'],
      ['POST', '/b/k?select&select-type=2'],
    ] as const)
      assert.equal(await s3(method, url), 'unknown', `${method} ${url}`);
  });

  it('in S3: the bucket', async () => {
    const cases: [method: string, url: string, action: string][] = [
      ['GET', '/b?list-type=2&prefix=a/', 'ListBucket'],
      ['GET', '/b/', 'ListBucket'],
      ['HEAD', '/b', 'ListBucket'],
      ['GET', '/b?versions', 'ListBucketVersions'],
      ['GET', '/b?uploads', 'ListBucketMultipartUploads'],
      ['GET', '/b?location', 'GetBucketLocation'],
    ];
    for (const [method, url, action] of cases)
      assert.deepEqual(await s3(method, url), [`s3:${action} arn:aws:s3:::b`], url);
    for (const [method, url] of [
      ['PUT', '/b'],
      ['DELETE', '/b'],
      ['PUT', '/b?policy'],
      ['GET', '/b?policy'],
      ['GET', '/b?toString'],
    ] as const)
      assert.equal(await s3(method, url), 'unknown', `${method} ${url}`);
    const some =
      '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>';
    assert.deepEqual(await s3('POST', '/b?delete', {}, some), [
      's3:DeleteObject arn:aws:s3:::b/a&b',
      's3:DeleteObjectVersion arn:aws:s3:::b/c',
    ]);
    assert.equal(await s3('POST', '/b?delete', {}, '<Delete/>'), 'unknown');
    const context = await read(
      call('s3', { method: 'GET', path: '/b', query: new URLSearchParams('prefix=users/1/&list-type=2') }),
    );
    assert.equal(context.kind === 'demands' && context.demands[0]?.context?.['s3:prefix'], 'users/1/');
  });

  it('in S3: with the bucket in the path or in the host', () => {
    assert.deepEqual(s3Location('127.0.0.1:4577', '/b/k/l'), { bucket: 'b', key: 'k/l' });
    assert.deepEqual(s3Location('localhost:4577', '/b/k'), { bucket: 'b', key: 'k' });
    assert.deepEqual(s3Location('b.localhost:4577', '/k/l'), { bucket: 'b', key: 'k/l' });
    assert.deepEqual(s3Location('my.b.s3.localhost', '/k'), { bucket: 'my.b', key: 'k' });
    assert.deepEqual(s3Location('b.s3.us-east-2.localhost', '/k'), { bucket: 'b', key: 'k' });
    assert.deepEqual(s3Location('s3.us-east-2.localhost', '/b/k'), { bucket: 'b', key: 'k' });
    assert.deepEqual(s3Location('s3.localhost', '/b/k'), { bucket: 'b', key: 'k' });
  });

  it('in Lambda: the function with what it is asked for by', async () => {
    const invoke = (reference: string, query = '') =>
      wanted(
        call('lambda', {
          path: `/2015-03-31/functions/${reference}/invocations`,
          query: new URLSearchParams(query),
        }),
      );
    assert.deepEqual(await invoke('f'), ['lambda:InvokeFunction function:f']);
    assert.deepEqual(await invoke('f', 'Qualifier=live'), ['lambda:InvokeFunction function:f:live']);
    const arn = encodeURIComponent('arn:aws:lambda:us-east-2:123456789012:function:f:live');
    assert.deepEqual(await invoke(arn), ['lambda:InvokeFunction function:f:live']);
    const execution = encodeURIComponent(
      'arn:aws:lambda:us-east-2:123456789012:function:f:3/durable-execution/name/0b1c',
    );
    assert.deepEqual(await wanted(call('lambda', { path: `/2025-12-01/durable-executions/${execution}/checkpoint` })), [
      'lambda:CheckpointDurableExecution function:f:3',
    ]);
    assert.deepEqual(
      await wanted(call('lambda', { method: 'GET', path: `/2025-12-01/durable-executions/${execution}/state` })),
      ['lambda:GetDurableExecutionState function:f:3'],
    );
    assert.equal(await wanted(call('lambda', { method: 'GET', path: '/2015-03-31/functions' })), 'unknown');
  });

  it('in SNS, SES and EventBridge', async () => {
    const TopicArn = 'arn:aws:sns:us-east-2:123456789012:news';
    assert.deepEqual(await form('sns', { Action: 'Publish', TopicArn }), ['sns:Publish news']);
    assert.deepEqual(await form('sns', { Action: 'Publish', PhoneNumber: '+1' }), ['sns:Publish *']);
    assert.deepEqual(await form('ses', { Action: 'SendEmail', Source: 'Ann <ann@example.com>' }), [
      'ses:SendEmail identity/ann@example.com',
    ]);
    const mail = { FromEmailAddress: 'ann@example.com', Destination: { ToAddresses: ['bob@example.com'] } };
    assert.deepEqual(await wanted(call('ses', { path: '/v2/email/outbound-emails', input: mail })), [
      'ses:SendEmail identity/ann@example.com',
    ]);
    assert.deepEqual(await json('events', 'PutEvents', { Entries: [{ Source: 's' }, { EventBusName: 'own' }] }), [
      'events:PutEvents event-bus/default',
      'events:PutEvents event-bus/own',
    ]);
    assert.equal(await json('events', 'PutRule', { Name: 'r' }), 'unknown');
  });

  it('in SSM, Secrets Manager and Logs', async () => {
    assert.deepEqual(await json('ssm', 'GetParameter', { Name: '/app/x:3' }), ['ssm:GetParameter parameter/app/x']);
    assert.deepEqual(await json('ssm', 'GetParameters', { Names: ['a', '/b'] }), [
      'ssm:GetParameters parameter/a',
      'ssm:GetParameters parameter/b',
    ]);
    assert.deepEqual(await json('ssm', 'GetParametersByPath', { Path: '/app' }), [
      'ssm:GetParametersByPath parameter/app',
    ]);
    assert.equal(await json('ssm', 'SendCommand', { DocumentName: 'x' }), 'unknown');
    assert.deepEqual(await json('secretsmanager', 'GetSecretValue', { SecretId: 'password' }), [
      'secretsmanager:GetSecretValue secret:password-AbCdEf',
    ]);
    assert.deepEqual(await json('secretsmanager', 'GetSecretValue', { SecretId: 'missing' }), [
      'secretsmanager:GetSecretValue secret:missing',
    ]);
    const logs = { logGroupName: '/aws/lambda/f', logStreamName: 's' };
    assert.deepEqual(await json('logs', 'PutLogEvents', logs), [
      'logs:PutLogEvents log-group:/aws/lambda/f:log-stream:s',
    ]);
    assert.deepEqual(await json('logs', 'CreateLogStream', logs), [
      'logs:CreateLogStream log-group:/aws/lambda/f:log-stream:',
    ]);
  });

  it('is unknown for another service, for a header of another service, and for an input of another shape', async () => {
    assert.equal(await form('iam', { Action: 'CreateUser' }), 'unknown');
    assert.equal(await wanted(call('constructor')), 'unknown');
    const headers = { host: 'x', 'x-amz-target': 'AmazonSQS.SendMessage' };
    assert.equal(
      await wanted(call('dynamodb', { operation: 'GetItem', input: { TableName: 't' }, headers })),
      'unknown',
    );
    for (const input of [undefined, null, [], { TableName: 1 }, { TableName: ['t'] }])
      assert.equal(await json('dynamodb', 'GetItem', input), 'unknown');
    for (const operation of [
      'ExecuteStatement',
      'BatchExecuteStatement',
      'ExecuteTransaction',
      'CreateTable',
      'toString',
    ])
      assert.equal(await json('dynamodb', operation, { TableName: 't', Statement: 'SELECT * FROM t' }), 'unknown');
  });
});
