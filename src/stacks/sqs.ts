import { ruleName } from './eventbridge-names.ts';
import { arn, attribute, type LayerContent, literal, metadata, ref, sub } from './layer.ts';
import { nameParameter, undeliveredId, urlParameter, type WorkQueue, workQueues } from './queues.ts';
import type { Scope } from './scope.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { timeoutOf } from './timeout.ts';
import { writeMembers } from './written.ts';

/** Seconds in 14 days, the longest that SQS keeps a message. */
const longestRetention = 1_209_600;

/**
 * A queue and a dead-letter queue for each job and each of `queues:`. Encrypted, TLS only; a message stays invisible
 * for six times the function's timeout, so that it is not delivered again while the function still works on it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function sqs(scope: Scope): LayerContent {
  const queues = workQueues(scope.blueprint);
  const jobs = queues.filter((queue) => queue.kind === 'job');
  const resources: Record<string, TemplateResource> = {};
  for (const queue of queues) Object.assign(resources, queueResources(scope, queue));
  if (jobs.length > 0) Object.assign(resources, undelivered(scope, jobs));
  const named = [...queues.flatMap(({ id, deadLettersId }) => [id, deadLettersId])];
  if (jobs.length > 0) named.push(undeliveredId);
  return {
    resources: [writeMembers(resources)],
    outputs: {
      ...Object.fromEntries(named.map((id) => [nameParameter(id), { Value: attribute(id, 'QueueName') }])),
      ...Object.fromEntries(queues.map(({ id }) => [urlParameter(id), { Value: ref(id) }])),
    },
  };
}

function queueResources(scope: Scope, queue: WorkQueue): Record<string, TemplateResource> {
  const { id, deadLettersId, label, source } = queue;
  return {
    [id]: queueResource(label, source, {
      ...fifo(queue),
      VisibilityTimeout: 6 * consumerTimeout(scope, queue),
      MessageRetentionPeriod: 345_600,
      RedrivePolicy: {
        deadLetterTargetArn: attribute(deadLettersId, 'Arn'),
        maxReceiveCount: queue.maxReceiveCount,
      },
    }),
    [deadLettersId]: queueResource(`${label}-dead-letters`, source, {
      ...fifo(queue),
      MessageRetentionPeriod: longestRetention,
    }),
    [`${id}Policy`]: policy(label, source, [
      tlsOnly(id),
      ...(queue.kind === 'job' ? [fromRules(id, [ruleArn(scope, queue.name)])] : []),
    ]),
    [`${deadLettersId}Policy`]: policy(`${label}-dead-letters`, source, [tlsOnly(deadLettersId)]),
  };
}

function undelivered(scope: Scope, jobs: WorkQueue[]): Record<string, TemplateResource> {
  const label = 'undelivered-schedules';
  return {
    [undeliveredId]: queueResource(label, 'jobs', { MessageRetentionPeriod: longestRetention }),
    [`${undeliveredId}Policy`]: policy(label, 'jobs', [
      tlsOnly(undeliveredId),
      fromRules(
        undeliveredId,
        jobs.map((job) => ruleArn(scope, job.name)),
      ),
    ]),
  };
}

function queueResource(label: string, source: string, properties: Record<string, TemplateValue>): TemplateResource {
  return {
    Type: 'AWS::SQS::Queue',
    Metadata: metadata(label, source),
    Properties: { ...properties, SqsManagedSseEnabled: true },
  };
}

/** A dead-letter queue is of the kind of its source. */
function fifo(queue: WorkQueue): Record<string, TemplateValue> {
  return queue.fifo ? { FifoQueue: true, ContentBasedDeduplication: true } : {};
}

function consumerTimeout({ blueprint }: Scope, queue: WorkQueue): number {
  const consumer = blueprint.functions.find(({ name }) => name === queue.function);
  return consumer === undefined ? 30 : timeoutOf(blueprint, consumer);
}

function policy(
  label: string,
  source: string,
  statements: { queueId: string; statement: TemplateValue }[],
): TemplateResource {
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Metadata: metadata(`${label}-policy`, source),
    Properties: {
      Queues: statements.slice(0, 1).map(({ queueId }) => ref(queueId)),
      PolicyDocument: { Version: '2012-10-17', Statement: statements.map(({ statement }) => statement) },
    },
  };
}

function tlsOnly(queueId: string): { queueId: string; statement: TemplateValue } {
  return {
    queueId,
    statement: {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Resource: attribute(queueId, 'Arn'),
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  };
}

function fromRules(queueId: string, rules: string[]): { queueId: string; statement: TemplateValue } {
  return {
    queueId,
    statement: {
      Sid: 'FromSchedules',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: attribute(queueId, 'Arn'),
      Condition: { ArnEquals: { 'aws:SourceArn': rules.map(sub) } },
    },
  };
}

/** By name, because the rule is in a stack that comes after this one. */
function ruleArn(scope: Scope, job: string): string {
  return arn('events', `rule/${literal(ruleName(scope, job))}`);
}
