import * as z from 'zod';
import { type Aws, localAccount } from './aws.ts';
import { isMissing, unlessMissing } from './failure.ts';
import { difference, document, flag, number, tagMap, tags, text, texts } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

/** Properties that are queue attributes under the same name, and how the API spells their absence. */
const attributeDefaults = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: undefined,
  DelaySeconds: '0',
  FifoThroughputLimit: undefined,
  KmsDataKeyReusePeriodSeconds: '300',
  KmsMasterKeyId: '',
  MaximumMessageSize: '262144',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  SqsManagedSseEnabled: undefined,
  VisibilityTimeout: '30',
} as const;

const Queue = z.looseObject({
  QueueName: text.optional(),
  FifoQueue: flag.optional(),
  ContentBasedDeduplication: flag.optional(),
  DeduplicationScope: text.optional(),
  DelaySeconds: number.optional(),
  FifoThroughputLimit: text.optional(),
  KmsDataKeyReusePeriodSeconds: number.optional(),
  KmsMasterKeyId: text.optional(),
  MaximumMessageSize: number.optional(),
  MessageRetentionPeriod: number.optional(),
  ReceiveMessageWaitTimeSeconds: number.optional(),
  RedriveAllowPolicy: document.optional(),
  RedrivePolicy: document.optional(),
  SqsManagedSseEnabled: flag.optional(),
  VisibilityTimeout: number.optional(),
  Tags: tags.optional(),
});
type Queue = z.infer<typeof Queue>;

function attributes(queue: Queue): Record<string, string> {
  const names = Object.keys(attributeDefaults) as (keyof typeof attributeDefaults)[];
  return Object.fromEntries(
    names.flatMap((name) => (queue[name] === undefined ? [] : [[name, String(queue[name])] as const])),
  );
}

/**
 * AWS::SQS::Queue. `front` is the address that clients of the local AWS use: a queue's URL names it, so that a function
 * which follows the URL comes in through the front door.
 */
export function queue(aws: Aws, front: () => string): ResourceProvider {
  function result(name: string, region: string) {
    const url = `${front().replace(/\/+$/, '')}/${localAccount}/${name}`;
    return {
      physicalId: url,
      attributes: { Arn: `arn:aws:sqs:${region}:${localAccount}:${name}`, QueueName: name, QueueUrl: url },
    };
  }

  return {
    create: async (request) => {
      const wanted = Queue.parse(request.properties);
      const name =
        wanted.QueueName ?? (wanted.FifoQueue ? `${request.generatedName(75)}.fifo` : request.generatedName(80));
      const sqs = await aws.sqs(request.region);
      // The API answers a second creation with the same attributes by the first queue; CloudFormation does not.
      const existing = await unlessMissing(sqs.getQueueUrl({ QueueName: name }));
      if (existing)
        throw new ProviderError(
          `Resource of type 'AWS::SQS::Queue' with identifier '${name}' already exists.`,
          'AlreadyExists',
        );
      await sqs.createQueue({
        QueueName: name,
        Attributes: { ...(wanted.FifoQueue && { FifoQueue: 'true' }), ...attributes(wanted) },
        tags: wanted.Tags && tagMap(wanted.Tags),
      });
      return result(name, request.region);
    },
    update: async (request) => {
      const next = Queue.parse(request.properties);
      const previous = Queue.parse(request.previous);
      const QueueUrl = request.physicalId;
      const sqs = await aws.sqs(request.region);
      const { put, removed } = difference(attributes(previous), attributes(next));
      const defaults: Record<string, string | undefined> = attributeDefaults;
      const reset = removed.flatMap((name) => (defaults[name] === undefined ? [] : [[name, defaults[name]] as const]));
      if (put.length + reset.length > 0)
        await sqs.setQueueAttributes({ QueueUrl, Attributes: Object.fromEntries([...put, ...reset]) });
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      if (tagChange.removed.length > 0) await sqs.untagQueue({ QueueUrl, TagKeys: tagChange.removed });
      if (tagChange.put.length > 0) await sqs.tagQueue({ QueueUrl, Tags: Object.fromEntries(tagChange.put) });
      return result(QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1), request.region);
    },
    delete: async (request) => {
      const sqs = await aws.sqs(request.region);
      await sqs.deleteQueue({ QueueUrl: request.physicalId });
    },
  };
}

const QueuePolicy = z.looseObject({ PolicyDocument: document, Queues: texts.min(1) });

/** AWS::SQS::QueuePolicy: one policy document set on every queue that it names (by URL). */
export function queuePolicy(aws: Aws): ResourceProvider {
  async function set(queues: string[], policy: string, region: string): Promise<void> {
    const sqs = await aws.sqs(region);
    for (const QueueUrl of queues) await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: policy } });
  }

  /** A queue that went before its policy took the policy with it. */
  async function clear(queues: string[], region: string): Promise<void> {
    for (const queueUrl of queues)
      try {
        await set([queueUrl], '', region);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
  }

  return {
    create: async (request) => {
      const wanted = QueuePolicy.parse(request.properties);
      await set(wanted.Queues, wanted.PolicyDocument, request.region);
      const id = request.generatedName(128);
      return { physicalId: id, attributes: { Id: id } };
    },
    update: async (request) => {
      const next = QueuePolicy.parse(request.properties);
      const previous = QueuePolicy.parse(request.previous);
      await set(next.Queues, next.PolicyDocument, request.region);
      await clear(
        previous.Queues.filter((queueUrl) => !next.Queues.includes(queueUrl)),
        request.region,
      );
      return { physicalId: request.physicalId, attributes: { Id: request.physicalId } };
    },
    delete: (request) => clear(QueuePolicy.parse(request.properties).Queues, request.region),
  };
}
