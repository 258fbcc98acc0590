import assert from 'node:assert/strict';
import { type Bench, refusal, startBench } from '../support/bench.ts';

describe('providers of tables, buckets and queues', () => {
  let bench: Bench;
  before(async function () {
    bench = await startBench(this);
  });
  after(() => bench?.stop());

  const key = {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  const index = (IndexName: string, attribute: string) => ({
    IndexName,
    KeySchema: [{ AttributeName: attribute, KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  });

  it('AWS::DynamoDB::Table', async () => {
    const dynamodb = await bench.aws.dynamodb(bench.region);
    const wanted = {
      ...key,
      TableName: 'tasks',
      AttributeDefinitions: [...key.AttributeDefinitions, { AttributeName: 'project', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [index('by_project', 'project')],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: 'true' },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      SSESpecification: { SSEEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      DeletionProtectionEnabled: true,
      Tags: [{ Key: 'app', Value: 'one' }],
    };
    let table = await bench.create('AWS::DynamoDB::Table', wanted);
    assert.equal(table.physicalId, 'tasks');
    assert.equal(table.attributes.Arn, 'arn:aws:dynamodb:us-east-2:123456789012:table/tasks');
    assert.match(table.attributes.StreamArn ?? '', /table\/tasks\/stream\//);

    const read = async () => (await dynamodb.describeTable({ TableName: 'tasks' })).Table;
    const made = await read();
    assert.equal(made?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
    assert.deepEqual(
      made?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName),
      ['by_project'],
    );
    assert.equal(made?.DeletionProtectionEnabled, true);
    const recovery = await dynamodb.describeContinuousBackups({ TableName: 'tasks' });
    assert.equal(
      recovery.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      'ENABLED',
    );
    const ttl = await dynamodb.describeTimeToLive({ TableName: 'tasks' });
    assert.deepEqual(ttl.TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });

    await assert.rejects(bench.create('AWS::DynamoDB::Table', wanted), refusal('AlreadyExists', /already exists/i));
    await assert.rejects(bench.delete(table), refusal('InvalidRequest', /DeletionProtectionEnabled/));
    const two = [index('by_project', 'project'), index('by_a', 'a'), index('by_b', 'b')];
    await assert.rejects(
      bench.update(table, { ...wanted, GlobalSecondaryIndexes: two }),
      refusal('InvalidRequest', /^Cannot perform more than one GSI creation or deletion in a single update$/),
    );
    await assert.rejects(
      bench.update(table, { ...wanted, GlobalSecondaryIndexes: [index('by_project', 'other')] }),
      refusal('InvalidRequest', /Cannot update GSI's properties other than/),
    );
    assert.deepEqual(
      (await read())?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName),
      ['by_project'],
    );

    table = await bench.update(table, {
      ...wanted,
      AttributeDefinitions: [...wanted.AttributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [index('by_project', 'project'), index('by_owner', 'owner')],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: false },
      DeletionProtectionEnabled: false,
      Tags: [{ Key: 'team', Value: 'two' }],
    });
    const updated = await read();
    assert.deepEqual(updated?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort(), [
      'by_owner',
      'by_project',
    ]);
    assert.equal(updated?.DeletionProtectionEnabled, false);
    const off = await dynamodb.describeTimeToLive({ TableName: 'tasks' });
    assert.equal(off.TimeToLiveDescription?.TimeToLiveStatus, 'DISABLED');
    const tagged = await dynamodb.listTagsOfResource({ ResourceArn: updated?.TableArn });
    assert.deepEqual(tagged.Tags, [{ Key: 'team', Value: 'two' }]);
    table = await bench.update(table, { ...table.properties, GlobalSecondaryIndexes: [index('by_owner', 'owner')] });
    assert.deepEqual(
      (await read())?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName),
      ['by_owner'],
    );

    await bench.delete(table);
    await assert.rejects(read(), { name: 'ResourceNotFoundException' });
    await bench.delete(table);
  });

  it('AWS::DynamoDB::Table: a create that fails half-way leaves no table', async () => {
    const dynamodb = await bench.aws.dynamodb(bench.region);
    await assert.rejects(
      bench.create('AWS::DynamoDB::Table', {
        ...key,
        TableName: 'half',
        DeletionProtectionEnabled: true,
        ResourcePolicy: { PolicyDocument: '{"not a policy' },
        TimeToLiveSpecification: { Enabled: true },
      }),
    );
    await assert.rejects(dynamodb.describeTable({ TableName: 'half' }), { name: 'ResourceNotFoundException' });
  });

  it('AWS::DynamoDB::Table: what replaces, and what is no table at all', async () => {
    const sorted = { ...key, KeySchema: [...key.KeySchema, { AttributeName: 'at', KeyType: 'RANGE' }] };
    assert.equal(bench.replaces('AWS::DynamoDB::Table', key, sorted), true);
    assert.equal(bench.replaces('AWS::DynamoDB::Table', key, { ...key, BillingMode: 'PROVISIONED' }), false);
    await assert.rejects(
      bench.create('AWS::DynamoDB::Table', { ...key, BillingMode: 'FREE' }, 'Odd'),
      refusal('InvalidRequest', /^Properties validation failed for resource Odd with message: \[#\/BillingMode: /),
    );
  });

  it('AWS::S3::Bucket', async () => {
    const s3 = await bench.aws.s3(bench.region);
    const wanted = {
      BucketName: 'files-of-mine',
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: 'true',
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      CorsConfiguration: {
        CorsRules: [
          { AllowedMethods: ['PUT'], AllowedOrigins: ['https://a.example'], ExposedHeaders: ['ETag'], MaxAge: '300' },
        ],
      },
      LifecycleConfiguration: {
        Rules: [
          { Id: 'parts', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
          {
            Id: 'old',
            Status: 'Enabled',
            Prefix: 'tmp/',
            ExpirationInDays: 30,
            NoncurrentVersionExpiration: { NoncurrentDays: 10 },
          },
        ],
      },
      Tags: [{ Key: 'app', Value: 'one' }],
    };
    let bucket = await bench.create('AWS::S3::Bucket', wanted);
    assert.deepEqual(bucket.attributes, {
      Arn: 'arn:aws:s3:::files-of-mine',
      DomainName: 'files-of-mine.s3.amazonaws.com',
      DualStackDomainName: 'files-of-mine.s3.dualstack.us-east-2.amazonaws.com',
      RegionalDomainName: 'files-of-mine.s3.us-east-2.amazonaws.com',
      WebsiteURL: 'http://files-of-mine.s3-website-us-east-2.amazonaws.com',
    });
    const Bucket = bucket.physicalId;
    assert.equal((await s3.getBucketVersioning({ Bucket })).Status, 'Enabled');
    assert.deepEqual((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration, {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const encryption = await s3.getBucketEncryption({ Bucket });
    assert.equal(
      encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
      'AES256',
    );
    const cors = await s3.getBucketCors({ Bucket });
    assert.deepEqual(cors.CORSRules?.[0]?.ExposeHeaders, ['ETag']);
    assert.equal(cors.CORSRules?.[0]?.MaxAgeSeconds, 300);
    const lifecycle = await s3.getBucketLifecycleConfiguration({ Bucket });
    assert.equal(lifecycle.Rules?.find(({ ID }) => ID === 'old')?.Expiration?.Days, 30);
    assert.equal(
      lifecycle.Rules?.find(({ ID }) => ID === 'parts')?.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
      7,
    );
    assert.equal((await s3.getBucketLocation({ Bucket })).LocationConstraint, 'us-east-2');
    await assert.rejects(
      bench.create('AWS::S3::Bucket', wanted),
      refusal('AlreadyExists', /files-of-mine already exists/),
    );

    bucket = await bench.update(bucket, {
      BucketName: Bucket,
      VersioningConfiguration: { Status: 'Suspended' },
      Tags: [{ Key: 'app', Value: 'two' }],
    });
    assert.equal((await s3.getBucketVersioning({ Bucket })).Status, 'Suspended');
    await assert.rejects(s3.getBucketCors({ Bucket }), { name: 'NoSuchCORSConfiguration' });
    await assert.rejects(s3.getBucketLifecycleConfiguration({ Bucket }), { name: 'NoSuchLifecycleConfiguration' });
    assert.deepEqual((await s3.getBucketTagging({ Bucket })).TagSet, [{ Key: 'app', Value: 'two' }]);

    await s3.putObject({ Bucket, Key: 'a', Body: 'b' });
    await assert.rejects(bench.delete(bucket), refusal('ResourceConflict', /not empty/));
    const versions = await s3.listObjectVersions({ Bucket });
    for (const { Key, VersionId } of versions.Versions ?? []) await s3.deleteObject({ Bucket, Key, VersionId });
    await bench.delete(bucket);
    await assert.rejects(s3.headBucket({ Bucket }), { name: 'NotFound' });
    await bench.delete(bucket);
  });

  it('AWS::S3::Bucket without a name gets a valid one', async () => {
    const bucket = await bench.create('AWS::S3::Bucket', {}, 'UploadsBucket');
    assert.match(bucket.physicalId, /^[a-z0-9-]{3,63}$/);
    await bench.delete(bucket);
  });

  it('AWS::S3::BucketPolicy keeps what moto understands', async () => {
    const s3 = await bench.aws.s3(bench.region);
    const bucket = await bench.create('AWS::S3::Bucket', { BucketName: 'policed' });
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: 'arn:aws:s3:::policed/*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const allow = {
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::policed/*',
    };
    let policy = await bench.create('AWS::S3::BucketPolicy', {
      Bucket: 'policed',
      PolicyDocument: { Version: '2012-10-17', Statement: [deny, allow] },
    });
    assert.equal(policy.physicalId, 'policed');
    const kept = JSON.parse((await s3.getBucketPolicy({ Bucket: 'policed' })).Policy ?? '');
    assert.deepEqual(kept.Statement, [allow]);
    await s3.putObject({ Bucket: 'policed', Key: 'still', Body: 'writable' });
    policy = await bench.update(policy, {
      Bucket: 'policed',
      PolicyDocument: { Version: '2012-10-17', Statement: deny },
    });
    await assert.rejects(s3.getBucketPolicy({ Bucket: 'policed' }), { name: 'NoSuchBucketPolicy' });
    await bench.delete(policy);
    await s3.deleteObject({ Bucket: 'policed', Key: 'still' });
    await bench.delete(bucket);
    await assert.rejects(
      bench.create('AWS::S3::BucketPolicy', { Bucket: 'policed', PolicyDocument: { Statement: [deny] } }),
      refusal('NotFound', /bucket does not exist/),
    );
    await bench.delete(policy);
  });

  it('AWS::SQS::Queue and QueuePolicy', async () => {
    const sqs = await bench.aws.sqs(bench.region);
    const dead = await bench.create('AWS::SQS::Queue', { MessageRetentionPeriod: '1209600' }, 'Dead');
    let queue = await bench.create('AWS::SQS::Queue', {
      QueueName: 'emails',
      VisibilityTimeout: 180,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: dead.attributes.Arn, maxReceiveCount: 5 },
      Tags: [{ Key: 'app', Value: 'one' }],
    });
    assert.equal(queue.physicalId, `${bench.url}/123456789012/emails`);
    assert.deepEqual(queue.attributes, {
      Arn: 'arn:aws:sqs:us-east-2:123456789012:emails',
      QueueName: 'emails',
      QueueUrl: queue.physicalId,
    });
    const QueueUrl = queue.physicalId;
    const read = async () => (await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] })).Attributes ?? {};
    const made = await read();
    assert.equal(made.VisibilityTimeout, '180');
    assert.equal(JSON.parse(made.RedrivePolicy ?? '{}').maxReceiveCount, 5);
    await assert.rejects(bench.create('AWS::SQS::Queue', { QueueName: 'emails' }), refusal('AlreadyExists', /emails/));

    const statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
    let policy = await bench.create('AWS::SQS::QueuePolicy', {
      Queues: [QueueUrl, dead.physicalId],
      PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
    });
    assert.equal(policy.attributes.Id, policy.physicalId);
    assert.equal(JSON.parse((await read()).Policy ?? '{}').Statement[0].Action, 'sqs:SendMessage');
    policy = await bench.update(policy, { ...policy.properties, Queues: [dead.physicalId] });
    assert.equal((await read()).Policy ?? '', '');

    queue = await bench.update(queue, { QueueName: 'emails', DelaySeconds: 5 });
    const updated = await read();
    assert.equal(updated.DelaySeconds, '5');
    assert.equal(updated.VisibilityTimeout, '30');
    assert.equal(updated.RedrivePolicy ?? '', '');
    await bench.delete(policy);
    await bench.delete(queue);
    await bench.delete(dead);
    await assert.rejects(read());
    await bench.delete(queue);
    const fifo = await bench.create('AWS::SQS::Queue', { FifoQueue: true, ContentBasedDeduplication: true }, 'Orders');
    assert.match(fifo.physicalId, /\.fifo$/);
    await bench.delete(fifo);
  });
});
