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
