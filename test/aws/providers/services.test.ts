import assert from 'node:assert/strict';
import { type Bench, refusal, startBench } from '../support/bench.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const allow = (Action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

describe('providers of the other services', () => {
  let bench: Bench;
  before(async function () {
    bench = await startBench(this);
  });
  after(() => bench?.stop());

  it('AWS::IAM::Role', async () => {
    const iam = await bench.aws.iam(bench.region);
    const own = await bench.create('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: 'own',
      PolicyDocument: allow('s3:GetObject'),
    });
    const wanted = {
      RoleName: 'create-task',
      Path: '/backdrift/',
      AssumeRolePolicyDocument: trust,
      MaxSessionDuration: '7200',
      Policies: [
        { PolicyName: 'table', PolicyDocument: allow('dynamodb:PutItem') },
        { PolicyName: 'logs', PolicyDocument: allow('logs:PutLogEvents') },
      ],
      ManagedPolicyArns: [own.physicalId, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      Tags: [{ Key: 'app', Value: 'one' }],
    };
    let role = await bench.create('AWS::IAM::Role', wanted);
    assert.equal(role.physicalId, 'create-task');
    assert.equal(role.attributes.Arn, 'arn:aws:iam::123456789012:role/backdrift/create-task');
    assert.match(role.attributes.RoleId ?? '', /^AROA/);
    const RoleName = role.physicalId;
    assert.deepEqual((await iam.listRolePolicies({ RoleName })).PolicyNames?.sort(), ['logs', 'table']);
    assert.ok(
      (await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies?.some(
        ({ PolicyArn }) => PolicyArn === own.physicalId,
      ),
    );
    await assert.rejects(
      bench.create('AWS::IAM::Role', wanted),
      refusal('AlreadyExists', /create-task already exists/),
    );

    role = await bench.update(role, {
      ...wanted,
      Description: 'creates tasks',
      Policies: [{ PolicyName: 'table', PolicyDocument: allow('dynamodb:UpdateItem') }],
      ManagedPolicyArns: [],
      Tags: [{ Key: 'team', Value: 'two' }],
    });
    assert.deepEqual((await iam.listRolePolicies({ RoleName })).PolicyNames, ['table']);
    const table = await iam.getRolePolicy({ RoleName, PolicyName: 'table' });
    assert.match(decodeURIComponent(table.PolicyDocument ?? ''), /UpdateItem/);
    assert.deepEqual((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies, []);
    const read = (await iam.getRole({ RoleName })).Role;
    assert.equal(read?.Description, 'creates tasks');
    assert.deepEqual(read?.Tags, [{ Key: 'team', Value: 'two' }]);

    await iam.putRolePolicy({ RoleName, PolicyName: 'by-hand', PolicyDocument: JSON.stringify(allow('s3:PutObject')) });
    await bench.delete(role);
    await assert.rejects(iam.getRole({ RoleName }), { name: 'NoSuchEntityException' });
    await bench.delete(role);
    await bench.delete(own);
    await bench.delete(own);
  });

  it('AWS::IAM::Policy and ManagedPolicy', async () => {
    const iam = await bench.aws.iam(bench.region);
    const role = await bench.create('AWS::IAM::Role', { RoleName: 'holder', AssumeRolePolicyDocument: trust });
    const other = await bench.create('AWS::IAM::Role', { RoleName: 'other', AssumeRolePolicyDocument: trust });
    let policy = await bench.create('AWS::IAM::Policy', {
      PolicyName: 'inline',
      PolicyDocument: allow('s3:GetObject'),
      Roles: ['holder'],
    });
    policy = await bench.update(policy, {
      PolicyName: 'inline',
      PolicyDocument: allow('s3:PutObject'),
      Roles: ['other'],
    });
    assert.deepEqual((await iam.listRolePolicies({ RoleName: 'holder' })).PolicyNames, []);
    assert.deepEqual((await iam.listRolePolicies({ RoleName: 'other' })).PolicyNames, ['inline']);
    await bench.delete(policy);
    assert.deepEqual((await iam.listRolePolicies({ RoleName: 'other' })).PolicyNames, []);
    await assert.rejects(
      bench.create('AWS::IAM::Policy', {
        PolicyName: 'x',
        PolicyDocument: allow('s3:Get*'),
        Roles: ['holder', 'nobody'],
      }),
      refusal('NotFound', /nobody/),
    );
    assert.deepEqual((await iam.listRolePolicies({ RoleName: 'holder' })).PolicyNames, []);

    let managed = await bench.create(
      'AWS::IAM::ManagedPolicy',
      { PolicyDocument: allow('s3:GetObject'), Roles: ['holder'] },
      'Managed',
    );
    assert.equal(managed.attributes.PolicyArn, managed.physicalId);
    assert.equal(managed.attributes.DefaultVersionId, 'v1');
    for (const action of ['a', 'b', 'c', 'd', 'e', 'f'])
      managed = await bench.update(managed, { PolicyDocument: allow(`s3:${action}`), Roles: ['other'] });
    assert.equal(managed.attributes.DefaultVersionId, 'v7');
    assert.equal((await iam.listPolicyVersions({ PolicyArn: managed.physicalId })).Versions?.length, 5);
    assert.equal((await iam.listAttachedRolePolicies({ RoleName: 'holder' })).AttachedPolicies?.length, 0);
    await bench.delete(managed);
    for (const one of [role, other]) await bench.delete(one);
  });

  it('AWS::Logs::LogGroup', async () => {
    const logs = await bench.aws.logs(bench.region);
    let group = await bench.create('AWS::Logs::LogGroup', {
      LogGroupName: '/app/x',
      RetentionInDays: '14',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    assert.equal(group.attributes.Arn, 'arn:aws:logs:us-east-2:123456789012:log-group:/app/x:*');
    const read = async () => (await logs.describeLogGroups({ logGroupNamePrefix: '/app/x' })).logGroups?.[0];
    assert.equal((await read())?.retentionInDays, 14);
    await assert.rejects(
      bench.create('AWS::Logs::LogGroup', { LogGroupName: '/app/x' }),
      refusal('AlreadyExists', /already exists/),
    );
    group = await bench.update(group, { LogGroupName: '/app/x', RetentionInDays: 30 });
    assert.equal((await read())?.retentionInDays, 30);
    group = await bench.update(group, { LogGroupName: '/app/x' });
    assert.equal((await read())?.retentionInDays, undefined);
    await bench.delete(group);
    assert.equal(await read(), undefined);
    await bench.delete(group);
  });

  it('AWS::Lambda::Function and what belongs to it', async () => {
    const lambda = await bench.aws.lambda(bench.region);
    const role = await bench.create('AWS::IAM::Role', { RoleName: 'runs', AssumeRolePolicyDocument: trust });
    const wanted = {
      FunctionName: 'tasks',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: role.attributes.Arn,
      Architectures: ['arm64'],
      Code: { ZipFile: 'exports.handler = async () => 1;' },
      MemorySize: '256',
      Timeout: 10,
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { TABLE: 'tasks', LIMIT: 5, ON: true } },
      DurableConfig: { ExecutionTimeout: 60 },
      ReservedConcurrentExecutions: 3,
      Tags: [{ Key: 'app', Value: 'one' }],
    };
    let made = await bench.create('AWS::Lambda::Function', wanted);
    assert.equal(made.attributes.Arn, 'arn:aws:lambda:us-east-2:123456789012:function:tasks');
    const read = () => lambda.getFunction({ FunctionName: 'tasks' });
    let now = await read();
    assert.equal(now.Configuration?.MemorySize, 256);
    assert.deepEqual(now.Configuration?.Environment?.Variables, { TABLE: 'tasks', LIMIT: '5', ON: 'true' });
    assert.deepEqual(now.Configuration?.Architectures, ['arm64']);
    assert.equal(now.Concurrency?.ReservedConcurrentExecutions, 3);
    await assert.rejects(bench.create('AWS::Lambda::Function', wanted), refusal('AlreadyExists', /already exist/));
    const { DurableConfig, ...plain } = wanted;
    assert.equal(bench.replaces('AWS::Lambda::Function', wanted, plain), true);
    assert.equal(bench.replaces('AWS::Lambda::Function', plain, { ...plain, Timeout: 5 }), false);

    const version = await bench.create('AWS::Lambda::Version', { FunctionName: made.physicalId });
    assert.equal(version.attributes.Version, '1');
    await assert.rejects(
      bench.create('AWS::Lambda::Version', { FunctionName: made.physicalId }),
      refusal('AlreadyExists', /^A version for this Lambda function exists \( 1 \)/),
    );
    let alias = await bench.create('AWS::Lambda::Alias', { FunctionName: 'tasks', FunctionVersion: '1', Name: 'live' });
    assert.equal(alias.physicalId, `${made.attributes.Arn}:live`);
    assert.equal(alias.attributes.AliasArn, alias.physicalId);

    const before = now.Configuration?.CodeSha256;
    made = await bench.update(made, {
      ...wanted,
      Timeout: 20,
      Code: { ZipFile: 'exports.handler = async () => 2;' },
      ReservedConcurrentExecutions: undefined,
    });
    now = await read();
    assert.equal(now.Configuration?.Timeout, 20);
    assert.notEqual(now.Configuration?.CodeSha256, before);
    assert.equal(now.Concurrency, undefined);
    const second = await bench.create('AWS::Lambda::Version', { FunctionName: 'tasks' });
    alias = await bench.update(alias, {
      ...alias.properties,
      FunctionVersion: second.attributes.Version,
      Description: 'now',
    });
    assert.equal(
      (await lambda.getAlias({ FunctionName: 'tasks', Name: 'live' })).FunctionVersion,
      second.attributes.Version,
    );

    const permission = await bench.create('AWS::Lambda::Permission', {
      FunctionName: made.attributes.Arn,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:us-east-2:123456789012:x/*/GET/v1',
    });
    const statements = async () =>
      JSON.parse((await lambda.getPolicy({ FunctionName: 'tasks' })).Policy ?? '{}').Statement;
    assert.equal((await statements())[0].Sid, permission.physicalId);
    await bench.delete(permission);
    await bench.delete(permission);

    const queue = await bench.create('AWS::SQS::Queue', { QueueName: 'work' });
    let source = await bench.create('AWS::Lambda::EventSourceMapping', {
      FunctionName: 'tasks',
      EventSourceArn: queue.attributes.Arn,
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    assert.equal(source.attributes.Id, source.physicalId);
    assert.match(source.attributes.EventSourceMappingArn ?? '', /event-source-mapping:/);
    source = await bench.update(source, { ...source.properties, BatchSize: 7 });
    assert.equal((await lambda.getEventSourceMapping({ UUID: source.physicalId })).BatchSize, 7);
    const sqs = await bench.aws.sqs(bench.region);
    await sqs.sendMessage({ QueueUrl: queue.physicalId, MessageBody: 'waits for its consumer' });
    const { Messages } = await sqs.receiveMessage({ QueueUrl: queue.physicalId });
    assert.equal(Messages?.[0]?.Body, 'waits for its consumer');
    await bench.delete(source);
    await bench.delete(source);
    await bench.delete(queue);

    let config = await bench.create('AWS::Lambda::EventInvokeConfig', {
      FunctionName: 'tasks',
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 1,
    });
    config = await bench.update(config, { ...config.properties, MaximumRetryAttempts: '0' });
    assert.equal((await lambda.getFunctionEventInvokeConfig({ FunctionName: 'tasks' })).MaximumRetryAttempts, 0);
    await bench.delete(config);
    await bench.delete(config);

    const url = await bench.create('AWS::Lambda::Url', { TargetFunctionArn: made.attributes.Arn, AuthType: 'NONE' });
    assert.match(url.attributes.FunctionUrl ?? '', /^https:\/\/.*lambda-url\.us-east-2/);
    await bench.update(url, { ...url.properties, AuthType: 'AWS_IAM' });
    assert.equal((await lambda.getFunctionUrlConfig({ FunctionName: 'tasks' })).AuthType, 'AWS_IAM');
    await bench.delete(url);
    await bench.delete(url);

    for (const part of [alias, version, second, made]) {
      await bench.delete(part);
      await bench.delete(part);
    }
    await assert.rejects(read(), { name: 'ResourceNotFoundException' });
    await assert.rejects(
      bench.create('AWS::Lambda::Function', { ...plain, Code: { S3Bucket: 'nowhere', S3Key: 'x.zip' } }),
      refusal('InvalidRequest', /NoSuchBucket|does not exist/),
    );
  });

  it('AWS::Cognito::UserPool, client, group and domain', async () => {
    const cognito = await bench.aws.cognito(bench.region);
    const wanted = {
      UserPoolName: 'people',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireLowercase: true } },
      DeletionProtection: 'ACTIVE',
      UserPoolTier: 'ESSENTIALS',
      Schema: [{ Name: 'tenant_id', AttributeDataType: 'String', Mutable: true }],
    };
    let pool = await bench.create('AWS::Cognito::UserPool', wanted);
    const UserPoolId = pool.physicalId;
    assert.deepEqual(pool.attributes, {
      Arn: `arn:aws:cognito-idp:us-east-2:123456789012:userpool/${UserPoolId}`,
      ProviderName: `cognito-idp.us-east-2.amazonaws.com/${UserPoolId}`,
      ProviderURL: `https://cognito-idp.us-east-2.amazonaws.com/${UserPoolId}`,
      UserPoolId,
    });
    const read = async () => (await cognito.describeUserPool({ UserPoolId })).UserPool;
    assert.equal((await read())?.Policies?.PasswordPolicy?.MinimumLength, 12);
    assert.equal((await cognito.getUserPoolMfaConfig({ UserPoolId })).SoftwareTokenMfaConfiguration?.Enabled, true);
    assert.ok((await read())?.SchemaAttributes?.some(({ Name }) => Name === 'custom:tenant_id'));

    for (const Schema of [[], [{ Name: 'tenant_id', AttributeDataType: 'Number', Mutable: true }]])
      await assert.rejects(
        bench.update(pool, { ...wanted, Schema }),
        refusal('InvalidRequest', /^Existing schema attributes cannot be modified or deleted\.$/),
      );
    await assert.rejects(
      bench.update(pool, { ...wanted, UsernameAttributes: ['phone_number'] }),
      refusal('InvalidRequest', /^Updates are not allowed for property - UsernameAttributes\.$/),
    );
    await assert.rejects(bench.delete(pool), refusal('InvalidRequest', /deletion protection is activated/));
    pool = await bench.update(pool, {
      ...wanted,
      DeletionProtection: 'INACTIVE',
      Policies: { PasswordPolicy: { MinimumLength: 16 } },
      Schema: [...wanted.Schema, { Name: 'plan', AttributeDataType: 'String' }],
    });
    assert.equal((await read())?.Policies?.PasswordPolicy?.MinimumLength, 16);
    assert.ok((await read())?.SchemaAttributes?.some(({ Name }) => Name === 'custom:plan'));

    let client = await bench.create('AWS::Cognito::UserPoolClient', {
      UserPoolId,
      ClientName: 'web',
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
      AccessTokenValidity: '60',
      TokenValidityUnits: { AccessToken: 'minutes' },
      PreventUserExistenceErrors: 'ENABLED',
    });
    assert.equal(client.attributes.ClientId, client.physicalId);
    assert.equal(client.attributes.Name, 'web');
    assert.equal(client.attributes.ClientSecret, undefined);
    client = await bench.update(client, { ...client.properties, AccessTokenValidity: 30 });
    const readClient = async () =>
      (await cognito.describeUserPoolClient({ UserPoolId, ClientId: client.physicalId })).UserPoolClient;
    assert.equal((await readClient())?.AccessTokenValidity, 30);
    const secret = await bench.create('AWS::Cognito::UserPoolClient', { UserPoolId, GenerateSecret: true }, 'Secret');
    assert.ok(secret.attributes.ClientSecret);

    let group = await bench.create('AWS::Cognito::UserPoolGroup', { UserPoolId, GroupName: 'admin', Precedence: 1 });
    group = await bench.update(group, { ...group.properties, Description: 'all rights' });
    assert.equal((await cognito.getGroup({ UserPoolId, GroupName: 'admin' })).Group?.Description, 'all rights');
    await assert.rejects(
      bench.create('AWS::Cognito::UserPoolGroup', { UserPoolId, GroupName: 'admin' }),
      refusal('AlreadyExists', /exists/),
    );

    const domain = await bench.create('AWS::Cognito::UserPoolDomain', { UserPoolId, Domain: 'my-people' });
    assert.equal(domain.physicalId, 'my-people');
    assert.equal(typeof domain.attributes.CloudFrontDistribution, 'string');
    await assert.rejects(bench.delete(pool), refusal('InvalidRequest', /domain configured/));
    for (const part of [domain, group, client, secret, pool]) {
      await bench.delete(part);
      await bench.delete(part);
    }
    await assert.rejects(read(), { name: 'ResourceNotFoundException' });
  });

  it('AWS::Events::Rule and EventBus', async () => {
    const events = await bench.aws.eventBridge(bench.region);
    const targets = (...ids: string[]) =>
      ids.map((Id) => ({
        Id,
        Arn: 'arn:aws:lambda:us-east-2:123456789012:function:x',
        RetryPolicy: { MaximumRetryAttempts: 3 },
      }));
    let rule = await bench.create('AWS::Events::Rule', {
      Name: 'nightly',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      State: 'ENABLED',
      Targets: targets('a', 'b'),
    });
    assert.equal(rule.ref ?? rule.physicalId, 'nightly');
    assert.equal(rule.attributes.Arn, 'arn:aws:events:us-east-2:123456789012:rule/nightly');
    rule = await bench.update(rule, {
      ...rule.properties,
      ScheduleExpression: 'rate(1 hour)',
      State: 'DISABLED',
      Targets: targets('b', 'c'),
    });
    const read = await events.describeRule({ Name: 'nightly' });
    assert.equal(read.ScheduleExpression, 'rate(1 hour)');
    assert.equal(read.State, 'DISABLED');
    assert.deepEqual((await events.listTargetsByRule({ Rule: 'nightly' })).Targets?.map(({ Id }) => Id).sort(), [
      'b',
      'c',
    ]);
    await bench.delete(rule);
    await assert.rejects(events.describeRule({ Name: 'nightly' }), { name: 'ResourceNotFoundException' });
    await bench.delete(rule);

    const bus = await bench.create('AWS::Events::EventBus', { Name: 'orders' });
    const onBus = await bench.create('AWS::Events::Rule', {
      Name: 'made',
      EventBusName: 'orders',
      EventPattern: { source: ['app'] },
    });
    assert.equal(onBus.physicalId, 'orders|made');
    assert.deepEqual(
      JSON.parse((await events.describeRule({ Name: 'made', EventBusName: 'orders' })).EventPattern ?? ''),
      { source: ['app'] },
    );
    for (const part of [onBus, bus]) {
      await bench.delete(part);
      await bench.delete(part);
    }
  });

  it('AWS::Scheduler::Schedule and ScheduleGroup', async () => {
    const scheduler = await bench.aws.scheduler(bench.region);
    const group = await bench.create('AWS::Scheduler::ScheduleGroup', { Name: 'jobs' });
    assert.equal(group.attributes.Arn, 'arn:aws:scheduler:us-east-2:123456789012:schedule-group/jobs');
    assert.equal(group.attributes.State, 'ACTIVE');
    assert.match(group.attributes.CreationDate ?? '', /^\d{4}-/);
    let schedule = await bench.create('AWS::Scheduler::Schedule', {
      Name: 'archive',
      GroupName: 'jobs',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'arn:aws:lambda:us-east-2:123456789012:function:x', RoleArn: 'arn:aws:iam::123456789012:role/x' },
    });
    assert.equal(schedule.physicalId, 'archive');
    assert.equal(schedule.attributes.Arn, 'arn:aws:scheduler:us-east-2:123456789012:schedule/jobs/archive');
    schedule = await bench.update(schedule, {
      ...schedule.properties,
      ScheduleExpression: 'rate(2 hours)',
      State: 'DISABLED',
    });
    const read = await scheduler.getSchedule({ Name: 'archive', GroupName: 'jobs' });
    assert.equal(read.ScheduleExpression, 'rate(2 hours)');
    assert.equal(read.State, 'DISABLED');
    for (const part of [schedule, group]) {
      await bench.delete(part);
      await bench.delete(part);
    }
    await assert.rejects(scheduler.getSchedule({ Name: 'archive', GroupName: 'jobs' }), {
      name: 'ResourceNotFoundException',
    });
  });

  it('AWS::CloudWatch::Alarm and Dashboard', async () => {
    const cloudWatch = await bench.aws.cloudWatch(bench.region);
    let alarm = await bench.create('AWS::CloudWatch::Alarm', {
      AlarmName: 'errors',
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: '1',
      MetricName: 'Errors',
      Namespace: 'AWS/Lambda',
      Period: 60,
      Statistic: 'Sum',
      Threshold: '5',
      TreatMissingData: 'notBreaching',
      Dimensions: [{ Name: 'FunctionName', Value: 'x' }],
    });
    assert.equal(alarm.attributes.Arn, 'arn:aws:cloudwatch:us-east-2:123456789012:alarm:errors');
    const read = async () => (await cloudWatch.describeAlarms({ AlarmNames: ['errors'] })).MetricAlarms?.[0];
    assert.equal((await read())?.Threshold, 5);
    alarm = await bench.update(alarm, { ...alarm.properties, Threshold: 9 });
    assert.equal((await read())?.Threshold, 9);
    await bench.delete(alarm);
    assert.equal(await read(), undefined);
    await bench.delete(alarm);

    let board = await bench.create('AWS::CloudWatch::Dashboard', {
      DashboardName: 'main',
      DashboardBody: '{"widgets":[]}',
    });
    board = await bench.update(board, { ...board.properties, DashboardBody: { widgets: [], start: '-PT3H' } });
    assert.match((await cloudWatch.getDashboard({ DashboardName: 'main' })).DashboardBody ?? '', /PT3H/);
    await bench.delete(board);
    await bench.delete(board);
  });

  it('AWS::SNS::Topic, Subscription and TopicPolicy', async () => {
    let topic = await bench.create('AWS::SNS::Topic', {
      TopicName: 'alarms',
      DisplayName: 'Alarms & more',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    assert.equal(topic.physicalId, 'arn:aws:sns:us-east-2:123456789012:alarms');
    assert.equal(topic.attributes.TopicName, 'alarms');
    await assert.rejects(
      bench.create('AWS::SNS::Topic', { TopicName: 'alarms' }),
      refusal('AlreadyExists', /alarms' already exists/),
    );
    topic = await bench.update(topic, { ...topic.properties, DisplayName: 'Changed' });
    let subscription = await bench.create('AWS::SNS::Subscription', {
      TopicArn: topic.physicalId,
      Protocol: 'sqs',
      Endpoint: 'arn:aws:sqs:us-east-2:123456789012:none',
      RawMessageDelivery: true,
    });
    assert.match(subscription.attributes.Arn ?? '', /^arn:aws:sns:us-east-2:123456789012:alarms:/);
    subscription = await bench.update(subscription, { ...subscription.properties, FilterPolicy: { kind: ['a'] } });
    const policy = await bench.create('AWS::SNS::TopicPolicy', {
      Topics: [topic.physicalId],
      PolicyDocument: allow('sns:Publish'),
    });
    const { queryCall } = await import('../../../local-aws/providers/service-call.ts');
    const ask = (action: string, parameters: Record<string, string>) =>
      queryCall(bench.moto, { service: 'sns', region: bench.region, version: '2010-03-31' }, action, parameters);
    const attributes = await ask('GetTopicAttributes', { TopicArn: topic.physicalId });
    assert.match(attributes, /Changed/);
    assert.match(attributes, /sns:Publish/);
    assert.match(await ask('GetSubscriptionAttributes', { SubscriptionArn: subscription.physicalId }), /FilterPolicy/);
    for (const part of [policy, subscription, topic]) {
      await bench.delete(part);
      await bench.delete(part);
    }
    await assert.rejects(ask('GetTopicAttributes', { TopicArn: topic.physicalId }), /does not exist/i);
  });

  it('AWS::SSM::Parameter', async () => {
    const { jsonCall } = await import('../../../local-aws/providers/service-call.ts');
    const read = () =>
      jsonCall(bench.moto, { service: 'ssm', region: bench.region, prefix: 'AmazonSSM' }, 'GetParameter', {
        Name: '/app/key',
      });
    let parameter = await bench.create('AWS::SSM::Parameter', {
      Name: '/app/key',
      Type: 'String',
      Value: 'one',
      Tags: { app: 'x' },
    });
    assert.deepEqual(parameter.attributes, { Type: 'String', Value: 'one' });
    await assert.rejects(
      bench.create('AWS::SSM::Parameter', { Name: '/app/key', Type: 'String', Value: 'two' }),
      refusal('AlreadyExists', /already exists/),
    );
    parameter = await bench.update(parameter, { ...parameter.properties, Value: 'two' });
    assert.match(JSON.stringify(await read()), /"Value":"two"/);
    await bench.delete(parameter);
    await assert.rejects(read(), { name: 'ParameterNotFound' });
    await bench.delete(parameter);
  });

  it('the small ones of API Gateway', async () => {
    const gateway = await bench.aws.apiGateway(bench.region);
    const api = await bench.create('AWS::ApiGateway::RestApi', {
      Name: 'parts',
      Description: 'before',
      BinaryMediaTypes: ['image/png'],
    });
    const RestApiId = api.physicalId;
    await bench.update(api, {
      Name: 'renamed',
      Description: 'after',
      BinaryMediaTypes: ['image/jpeg', 'application/pdf'],
    });
    const renamed = await gateway.getRestApi({ restApiId: RestApiId });
    assert.equal(renamed.name, 'renamed');
    assert.equal(renamed.description, 'after');
    assert.deepEqual(renamed.binaryMediaTypes, ['image/jpeg', 'application/pdf']);

    let model = await bench.create('AWS::ApiGateway::Model', { RestApiId, Name: 'Task', Schema: { type: 'object' } });
    model = await bench.update(model, { ...model.properties, Schema: { type: 'array' } });
    assert.match((await gateway.getModel({ restApiId: RestApiId, modelName: 'Task' })).schema ?? '', /array/);
    let validator = await bench.create('AWS::ApiGateway::RequestValidator', {
      RestApiId,
      Name: 'body',
      ValidateRequestBody: true,
    });
    assert.equal(validator.attributes.RequestValidatorId, validator.physicalId);
    validator = await bench.update(validator, { ...validator.properties, ValidateRequestParameters: 'true' });
    const read = await gateway.getRequestValidator({ restApiId: RestApiId, requestValidatorId: validator.physicalId });
    assert.equal(read.validateRequestParameters, true);
    let authorizer = await bench.create('AWS::ApiGateway::Authorizer', {
      RestApiId,
      Name: 'a',
      Type: 'COGNITO_USER_POOLS',
      ProviderARNs: ['arn:aws:cognito-idp:us-east-2:123456789012:userpool/x'],
    });
    authorizer = await bench.update(authorizer, { ...authorizer.properties, Name: 'b' });
    assert.equal(
      (await gateway.getAuthorizer({ restApiId: RestApiId, authorizerId: authorizer.physicalId })).name,
      'b',
    );
    assert.equal(
      bench.replaces(authorizer.type, authorizer.properties, { ...authorizer.properties, ProviderARNs: [] }),
      true,
    );
    let response = await bench.create('AWS::ApiGateway::GatewayResponse', {
      RestApiId,
      ResponseType: 'UNAUTHORIZED',
      StatusCode: '401',
    });
    response = await bench.update(response, {
      ...response.properties,
      ResponseParameters: { 'gatewayresponse.header.X': "'1'" },
    });
    const shaped = await gateway.getGatewayResponse({ restApiId: RestApiId, responseType: 'UNAUTHORIZED' });
    assert.deepEqual(shaped.responseParameters, { 'gatewayresponse.header.X': "'1'" });

    const method = await bench.create('AWS::ApiGateway::Method', {
      RestApiId,
      ResourceId: api.attributes.RootResourceId,
      HttpMethod: 'GET',
      Integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{"statusCode":200}' },
        IntegrationResponses: [{ StatusCode: 200 }],
      },
      MethodResponses: [{ StatusCode: '200' }],
    });
    const deployment = await bench.create('AWS::ApiGateway::Deployment', { RestApiId });
    let stage = await bench.create('AWS::ApiGateway::Stage', {
      RestApiId,
      StageName: 'live',
      DeploymentId: deployment.physicalId,
      TracingEnabled: true,
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 50,
          ThrottlingBurstLimit: '100',
          MetricsEnabled: true,
        },
      ],
      AccessLogSetting: {
        DestinationArn: 'arn:aws:logs:us-east-2:123456789012:log-group:/api:*',
        Format: '$context.requestId',
      },
    });
    const live = () => gateway.getStage({ restApiId: RestApiId, stageName: 'live' });
    assert.equal((await live()).methodSettings?.['*/*']?.throttlingBurstLimit, 100);
    assert.equal((await live()).accessLogSettings?.format, '$context.requestId');
    stage = await bench.update(stage, {
      ...stage.properties,
      TracingEnabled: false,
      Variables: { a: '1' },
      AccessLogSetting: undefined,
    });
    assert.deepEqual((await live()).variables, { a: '1' });
    assert.equal((await live()).accessLogSettings, undefined);

    // A deployment that brings its own stage, replaced by the next one, as other tools deploy.
    const first = await bench.create('AWS::ApiGateway::Deployment', { RestApiId, StageName: 'own' });
    const second = await bench.create('AWS::ApiGateway::Deployment', { RestApiId, StageName: 'own' });
    const own = () => gateway.getStage({ restApiId: RestApiId, stageName: 'own' });
    assert.equal((await own()).deploymentId, second.physicalId);
    await bench.delete(first);
    assert.equal((await own()).deploymentId, second.physicalId);
    await bench.delete(second);
    await assert.rejects(own(), /Invalid stage identifier|NotFound/);

    const key = await bench.create('AWS::ApiGateway::ApiKey', { Name: 'k', Enabled: true });
    await bench.update(key, { Name: 'k', Enabled: false });
    const plan = await bench.create('AWS::ApiGateway::UsagePlan', {
      UsagePlanName: 'p',
      ApiStages: [{ ApiId: RestApiId, Stage: 'live' }],
      Throttle: { RateLimit: 5, BurstLimit: 10 },
    });
    const member = await bench.create('AWS::ApiGateway::UsagePlanKey', {
      KeyId: key.physicalId,
      KeyType: 'API_KEY',
      UsagePlanId: plan.physicalId,
    });
    let account = await bench.create('AWS::ApiGateway::Account', {
      CloudWatchRoleArn: 'arn:aws:iam::123456789012:role/x',
    });
    account = await bench.update(account, { CloudWatchRoleArn: 'arn:aws:iam::123456789012:role/y' });
    assert.match((await gateway.getAccount({})).cloudwatchRoleArn ?? '', /role\/y$/);
    const handle = await bench.create('AWS::CloudFormation::WaitConditionHandle', {});
    for (const part of [
      handle,
      account,
      member,
      plan,
      key,
      stage,
      deployment,
      method,
      response,
      authorizer,
      validator,
      model,
      api,
    ])
      for (const time of ['first', 'second'])
        await bench.delete(part).catch((error) => assert.fail(`${part.type}, ${time} time: ${error}`));
  });

  it('cover what the templates are made of', () => {
    for (const type of ['AWS::Amplify::App', 'AWS::Amplify::Branch', 'AWS::CloudFormation::WaitConditionHandle'])
      assert.ok(bench.types().includes(type), type);
    assert.ok(bench.types().length >= 45);
  });
});
