import assert from 'node:assert/strict';
import { blueprint, userFunction } from '../../builders/blueprint.ts';
import { saasCrm, taskManager } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

const crm = compiled(saasCrm());

describe('a queue', () => {
  it('hides a message for six times the function’s timeout, and gives up on it after five deliveries', () => {
    assert.deepEqual(crm.resource('sqs', 'EmailsQueue').Properties, {
      VisibilityTimeout: 360,
      MessageRetentionPeriod: 345_600,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['EmailsQueueDeadLetters', 'Arn'] }, maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
    });
    assert.equal(crm.property('sqs', 'ArchiveJob', 'VisibilityTimeout'), 5400);
    // Three retries after the first attempt.
    assert.equal(crm.property('sqs', 'ArchiveJob', 'RedrivePolicy', 'maxReceiveCount'), 4);
  });

  it('has a dead-letter queue of its own kind that keeps messages longest', () => {
    assert.deepEqual(crm.resource('sqs', 'OrderedQueueDeadLetters').Properties, {
      FifoQueue: true,
      ContentBasedDeduplication: true,
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
    assert.equal(crm.property('sqs', 'EmailsQueueDeadLetters', 'FifoQueue'), undefined);
    assert.equal(crm.property('sqs', 'UndeliveredSchedules', 'FifoQueue'), undefined);
  });

  it('refuses plain HTTP, each of them', () => {
    const { Resources } = crm.stack('sqs').template;
    for (const [id, { Type }] of Object.entries(Resources)) {
      if (Type !== 'AWS::SQS::Queue') continue;
      assert.deepEqual(crm.property('sqs', `${id}Policy`, 'Queues'), [{ Ref: id }]);
      assert.deepEqual(crm.property('sqs', `${id}Policy`, 'PolicyDocument', 'Statement', 0), {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: { 'Fn::GetAtt': [id, 'Arn'] },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  it('feeds its function, failures told apart', () => {
    assert.deepEqual(crm.resource('lambda', 'EmailsQueueSource').Properties, {
      EventSourceArn: {
        'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:\${EmailsQueueName}`,
      },
      FunctionName: { 'Fn::GetAtt': ['CustomSendEmailFunction', 'Arn'] },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    assert.equal(crm.property('lambda', 'ReportJobSource', 'BatchSize'), 1);
  });

  it('gives one message at a time where order counts, so that none dies for the one before it', () => {
    assert.equal(crm.property('lambda', 'OrderedQueueSource', 'BatchSize'), 1);
  });

  it('is known to its function by the name that it has in AWS', () => {
    const { Variables } = crm.resource('lambda', 'CustomSendEmailFunction').Properties.Environment as {
      Variables: Record<string, unknown>;
    };
    const { 'Fn::Sub': text } = Variables.WORK_QUEUES as { 'Fn::Sub': string };
    const names: Record<string, string> = { EmailsQueueName: 'queue-a', OrderedQueueName: 'queue-b.fifo' };
    const described: unknown = JSON.parse(text.replace(/\$\{(\w+)\}/g, (_, name: string) => names[name] ?? ''));
    assert.deepEqual(described, {
      'queue-a': { queue: 'emails', attempts: 5 },
      'queue-b.fifo': { queue: 'ordered', attempts: 5 },
    });
    assert.equal(Variables.BACKDRIFT_SERVICE, 'saa-s-crm-dev');
  });
});

describe('a job', () => {
  it('is a rule that fills the job’s queue, and may', () => {
    const rule = crm.resource('eventbridge', 'ReportSchedule').Properties;
    assert.equal(rule.ScheduleExpression, 'cron(0/15 8-18 ? * MON-FRI *)');
    assert.equal(rule.Name, 'backdrift-saa-s-crm-dev-report');
    assert.deepEqual(crm.property('eventbridge', 'ReportSchedule', 'Targets', 0), {
      Id: 'queue',
      Arn: { 'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:\${ReportJobName}` },
      InputTransformer: {
        InputPathsMap: { id: '$.id', time: '$.time' },
        InputTemplate: '{"job":"report","id":<id>,"time":<time>}',
      },
      SqsParameters: { MessageGroupId: 'report' },
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
      DeadLetterConfig: {
        Arn: {
          'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:\${UndeliveredSchedulesName}`,
        },
      },
    });
    const sources = (id: string) =>
      crm.property('sqs', `${id}Policy`, 'PolicyDocument', 'Statement', 1, 'Condition', 'ArnEquals', 'aws:SourceArn');
    const arn = (name: string) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${name}`,
    });
    assert.deepEqual(sources('ReportJob'), [arn('backdrift-saa-s-crm-dev-report')]);
    assert.deepEqual(sources('UndeliveredSchedules'), [
      arn('backdrift-saa-s-crm-dev-archive'),
      arn('backdrift-saa-s-crm-dev-report'),
    ]);
    assert.equal(sources('EmailsQueue'), undefined);
  });

  it('runs one at a time through a FIFO queue where it says so', () => {
    assert.equal(crm.property('sqs', 'ReportJob', 'FifoQueue'), true);
    assert.equal(crm.property('sqs', 'ArchiveJob', 'FifoQueue'), undefined);
    assert.equal(crm.property('eventbridge', 'ArchiveSchedule', 'Targets', 0, 'SqsParameters'), undefined);
  });

  it('with a schedule that cannot be is reported, the others stay', () => {
    const jobs = ['0 0 1 * MON', '0 0 * * *'].map((schedule, at) => ({
      name: `job${at}`,
      schedule,
      function: 'act',
      sequential: false,
    }));
    const { problems, stack } = compiled(blueprint({ functions: [userFunction('act')], jobs }));
    assert.deepEqual(
      problems.map(({ code, path }) => [code, path]),
      [['schedule', ['jobs', 0, 'schedule']]],
    );
    assert.deepEqual(Object.keys(stack('eventbridge').template.Resources), ['Job1Schedule']);
  });
});

describe('alarms', () => {
  it('watch what nobody waits for in a stack of their own', () => {
    assert.deepEqual(Object.keys(crm.stack('cloudwatch').template.Resources), [
      'ArchiveJobDeadLettersAlarm',
      'ReportJobDeadLettersAlarm',
      'EmailsQueueDeadLettersAlarm',
      'OrderedQueueDeadLettersAlarm',
      'UndeliveredSchedulesAlarm',
      'CustomArchiveDealsErrorsAlarm',
      'CustomSendEmailErrorsAlarm',
      'WorkflowOnboardingErrorsAlarm',
      'Dashboard',
    ]);
    assert.deepEqual(crm.property('cloudwatch', 'EmailsQueueDeadLettersAlarm', 'Dimensions'), [
      { Name: 'QueueName', Value: { Ref: 'EmailsQueueDeadLettersName' } },
    ]);
  });

  it('watch what a caller waits for where it is made', () => {
    const { stacks, property } = compiled(taskManager());
    assert.deepEqual(property('api', 'ErrorsAlarm', 'Dimensions'), [
      { Name: 'ApiName', Value: property('api', 'RestApi', 'Name') },
      { Name: 'Stage', Value: property('api', 'Stage', 'StageName') },
    ]);
    const alarms = stacks.map(
      ({ template }) =>
        Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length,
    );
    assert.deepEqual(alarms, [0, 2, 1, 1, 0]);
  });
});

describe('monitoring', () => {
  const mails = { email: ['ops@example.com', 'on+call@example.org'], dashboard: true };

  it('tells every alarm of every stack to one topic, and the topic to each address', () => {
    const { stacks, resource } = compiled({ ...saasCrm(), monitoring: mails });
    const alarms = stacks.flatMap(({ template }) =>
      Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm'),
    );
    assert.ok(alarms.length > 10);
    const name = resource('cloudwatch', 'AlarmTopic').Properties.TopicName;
    for (const { Properties } of alarms) {
      assert.deepEqual(Properties.AlarmActions, [
        { 'Fn::Sub': `arn:\${AWS::Partition}:sns:\${AWS::Region}:\${AWS::AccountId}:${name}` },
      ]);
    }
    const subscriptions = Object.values(stacks.at(-1)?.template.Resources ?? {}).filter(
      ({ Type }) => Type === 'AWS::SNS::Subscription',
    );
    assert.deepEqual(
      subscriptions.map(({ Properties }) => [Properties.Protocol, Properties.Endpoint]),
      mails.email.map((address) => ['email', address]),
    );
  });

  it('tells nobody where nobody is named, and makes no stack for it', () => {
    const { stacks } = compiled(taskManager());
    assert.deepEqual(
      stacks.map(({ layer }) => layer),
      ['cognito', 'dynamodb', 'lambda', 'api', 'amplify'],
    );
    assert.ok(!JSON.stringify(stacks.map(({ template }) => template)).includes('AlarmActions'));
    const withMails = compiled({ ...taskManager(), monitoring: mails });
    assert.equal(withMails.stacks.at(-1)?.layer, 'cloudwatch');
  });

  it('changes the alarm of a table that was compiled before', () => {
    const shared = taskManager();
    compiled(shared);
    const { property } = compiled({ ...shared, monitoring: mails });
    assert.ok(property('dynamodb', 'TasksTableThrottlesAlarm', 'AlarmActions'));
  });

  it('lets only the alarms of this account publish, and only over TLS', () => {
    const { property } = compiled({ ...taskManager(), monitoring: mails });
    const statements = property('cloudwatch', 'AlarmTopicPolicy', 'PolicyDocument', 'Statement');
    assert.ok(Array.isArray(statements));
    assert.deepEqual(
      statements.map((statement) => (statement as { Effect: string; Principal: unknown }).Principal),
      [{ Service: 'cloudwatch.amazonaws.com' }, '*'],
    );
    assert.deepEqual(property('cloudwatch', 'AlarmTopicPolicy', 'PolicyDocument', 'Statement', 1, 'Effect'), 'Deny');
  });
});

describe('the dashboard', () => {
  /** The body as CloudWatch gets it, parameters by their own name. */
  function body(text: unknown): { widgets: { x: number; y: number; properties: Properties }[] } {
    const { 'Fn::Sub': template } = text as { 'Fn::Sub': string };
    return JSON.parse(
      template.replace(/\$\{(!?)([^}]+)\}/g, (_, kept: string, name: string) => (kept ? `$\{${name}}` : name)),
    );
  }
  interface Properties {
    title: string;
    region: string;
    metrics: [string, string, ...unknown[]][];
  }
  const graphs = (dashboard: ReturnType<typeof body>) =>
    new Map(dashboard.widgets.map(({ properties }) => [properties.title, properties.metrics]));

  it('stands in the lambda stack where there is none for monitoring, and may be left out', () => {
    const { property } = compiled(taskManager());
    assert.equal(property('lambda', 'Dashboard', 'DashboardName'), 'backdrift-task-manager-dev');
    const without = compiled({ ...taskManager(), monitoring: { email: [], dashboard: false } });
    assert.ok(!JSON.stringify(without.stacks.map(({ template }) => template)).includes('Dashboard'));
    const idle = compiled(blueprint({ entities: taskManager().entities }));
    assert.ok(!JSON.stringify(idle.stacks.map(({ template }) => template)).includes('Dashboard'));
  });

  it('shows the API, functions, tables, queues and dead letters by the names that they have in AWS', () => {
    const shown = graphs(body(crm.property('cloudwatch', 'Dashboard', 'DashboardBody')));
    assert.deepEqual(
      shown.get('Messages that could not be delivered')?.map(([, , , name]) => name),
      [
        'ArchiveJobDeadLettersName',
        'ReportJobDeadLettersName',
        'EmailsQueueDeadLettersName',
        'OrderedQueueDeadLettersName',
        'UndeliveredSchedulesName',
      ],
    );
    const functions = shown.get('Errors of functions')?.map(([, , , name]) => name);
    assert.ok(functions?.includes(crm.property('lambda', 'CustomSendEmailFunction', 'FunctionName')));
    assert.ok(functions?.includes(crm.property('lambda', 'WorkflowOnboardingFunction', 'FunctionName')));
    assert.ok(shown.get('Throttled requests to tables')?.some(([, , , name]) => name === 'ContactsTableName'));
    assert.deepEqual(shown.get('Requests to the API')?.[0]?.slice(0, 6), [
      'AWS/ApiGateway',
      'Count',
      'ApiName',
      crm.property('api', 'RestApi', 'Name'),
      'Stage',
      crm.property('api', 'Stage', 'StageName'),
    ]);
    assert.deepEqual(shown.get('Requests to the API')?.at(-1)?.slice(0, 4), [
      'Backdrift',
      'Errors',
      'Service',
      'saa-s-crm-dev',
    ]);
  });

  it('takes every name that it shows as a parameter', () => {
    for (const [layer, { template }] of [
      ['cloudwatch', crm.stack('cloudwatch')],
      ['lambda', compiled(taskManager()).stack('lambda')],
    ] as const) {
      const text = JSON.stringify(template.Resources.Dashboard?.Properties.DashboardBody);
      for (const [, name = ''] of text.matchAll(/\$\{(\w+)\}/g))
        assert.ok(template.Parameters?.[name], `${layer}: ${name}`);
    }
  });

  it('stays within the free number of metrics, dead letters first', () => {
    const many = [...Array(60).keys()].map((at) => userFunction(`act${at}`));
    const queues = many.slice(0, 10).map(({ name }) => ({ name: `queue-${name}`, function: name, fifo: false }));
    const { property } = compiled({ ...taskManager(), functions: many, queues });
    const shown = graphs(body(property('cloudwatch', 'Dashboard', 'DashboardBody')));
    const metrics = new Set([...shown.values()].flat().map((metric) => JSON.stringify(metric.slice(0, -1))));
    assert.ok(metrics.size <= 50, `${metrics.size} metrics`);
    assert.equal(shown.get('Messages that could not be delivered')?.length, 10);
  });
});
