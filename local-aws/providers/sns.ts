import * as z from 'zod';
import { type Aws, localAccount } from './aws.ts';
import { isMissing, orUndo } from './failure.ts';
import { changed, document, flag, tags, text, texts } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';
import { element, queryCall } from './service-call.ts';

const Topic = z.looseObject({
  TopicName: text.optional(),
  DisplayName: text.optional(),
  FifoTopic: flag.optional(),
  ContentBasedDeduplication: flag.optional(),
  KmsMasterKeyId: text.optional(),
  Subscription: z.array(z.looseObject({ Endpoint: text, Protocol: text })).optional(),
  Tags: tags.optional(),
});
type Topic = z.infer<typeof Topic>;

function sns(aws: Aws, region: string) {
  return (action: string, parameters: Record<string, string | undefined>) =>
    queryCall(aws.endpoint, { service: 'sns', region, version: '2010-03-31' }, action, parameters);
}

/** A map as the Query protocol spells it: `Attributes.entry.1.key`, `Attributes.entry.1.value`. */
function entries(name: string, values: Record<string, string | undefined>): Record<string, string> {
  const present = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(
    present.flatMap(([key, value], index) => [
      [`${name}.entry.${index + 1}.key`, key],
      [`${name}.entry.${index + 1}.value`, value],
    ]),
  );
}

function topicAttributes(topic: Topic): Record<string, string | undefined> {
  return {
    DisplayName: topic.DisplayName,
    KmsMasterKeyId: topic.KmsMasterKeyId,
    ContentBasedDeduplication:
      topic.ContentBasedDeduplication === undefined ? undefined : String(topic.ContentBasedDeduplication),
  };
}

/** AWS::SNS::Topic, with the subscriptions written into it. */
export function topic(aws: Aws): ResourceProvider {
  const result = (arn: string) => ({
    physicalId: arn,
    attributes: { TopicArn: arn, TopicName: arn.slice(arn.lastIndexOf(':') + 1) },
  });
  return {
    create: async (request) => {
      const wanted = Topic.parse(request.properties);
      const call = sns(aws, request.region);
      const name =
        wanted.TopicName ?? (wanted.FifoTopic ? `${request.generatedName(251)}.fifo` : request.generatedName(256));
      const arn = `arn:aws:sns:${request.region}:${localAccount}:${name}`;
      if (await exists(() => call('GetTopicAttributes', { TopicArn: arn })))
        throw new ProviderError(
          `Resource of type 'AWS::SNS::Topic' with identifier '${arn}' already exists.`,
          'AlreadyExists',
        );
      const tagParameters = Object.fromEntries(
        (wanted.Tags ?? []).flatMap(({ Key, Value }, index) => [
          [`Tags.member.${index + 1}.Key`, Key],
          [`Tags.member.${index + 1}.Value`, Value],
        ]),
      );
      await call('CreateTopic', {
        Name: name,
        ...entries('Attributes', { ...topicAttributes(wanted), FifoTopic: wanted.FifoTopic ? 'true' : undefined }),
        ...tagParameters,
      });
      await orUndo(
        async () => {
          for (const { Endpoint, Protocol } of wanted.Subscription ?? [])
            await call('Subscribe', { TopicArn: arn, Endpoint, Protocol });
        },
        () => call('DeleteTopic', { TopicArn: arn }),
      );
      return result(arn);
    },
    update: async (request) => {
      const next = Topic.parse(request.properties);
      const previous = Topic.parse(request.previous);
      const call = sns(aws, request.region);
      const before = topicAttributes(previous);
      for (const [name, value] of Object.entries(topicAttributes(next)))
        if (value !== before[name])
          await call('SetTopicAttributes', {
            TopicArn: request.physicalId,
            AttributeName: name,
            AttributeValue: value ?? '',
          });
      if (changed(previous, next, 'Subscription'))
        for (const { Endpoint, Protocol } of next.Subscription ?? [])
          await call('Subscribe', { TopicArn: request.physicalId, Endpoint, Protocol });
      return result(request.physicalId);
    },
    delete: async (request) => {
      await sns(aws, request.region)('DeleteTopic', { TopicArn: request.physicalId });
    },
  };
}

async function exists(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

const Subscription = z.looseObject({
  TopicArn: text,
  Protocol: text,
  Endpoint: text.optional(),
  FilterPolicy: document.optional(),
  FilterPolicyScope: text.optional(),
  RawMessageDelivery: flag.optional(),
  RedrivePolicy: document.optional(),
  DeliveryPolicy: document.optional(),
});

/** AWS::SNS::Subscription. */
export function subscription(aws: Aws): ResourceProvider {
  function attributes(properties: unknown): Record<string, string | undefined> {
    const wanted = Subscription.parse(properties);
    return {
      FilterPolicy: wanted.FilterPolicy,
      FilterPolicyScope: wanted.FilterPolicyScope,
      RawMessageDelivery: wanted.RawMessageDelivery === undefined ? undefined : String(wanted.RawMessageDelivery),
      RedrivePolicy: wanted.RedrivePolicy,
      DeliveryPolicy: wanted.DeliveryPolicy,
    };
  }
  return {
    create: async (request) => {
      const wanted = Subscription.parse(request.properties);
      const answer = await sns(aws, request.region)('Subscribe', {
        TopicArn: wanted.TopicArn,
        Protocol: wanted.Protocol,
        Endpoint: wanted.Endpoint,
        ReturnSubscriptionArn: 'true',
        ...entries('Attributes', attributes(request.properties)),
      });
      const arn = element(answer, 'SubscriptionArn') ?? '';
      return { physicalId: arn, attributes: { Arn: arn } };
    },
    update: async (request) => {
      const before = attributes(request.previous);
      for (const [name, value] of Object.entries(attributes(request.properties)))
        if (value !== before[name])
          await sns(aws, request.region)('SetSubscriptionAttributes', {
            SubscriptionArn: request.physicalId,
            AttributeName: name,
            AttributeValue: value ?? '',
          });
      return { physicalId: request.physicalId, attributes: { Arn: request.physicalId } };
    },
    delete: async (request) => {
      await sns(aws, request.region)('Unsubscribe', { SubscriptionArn: request.physicalId });
    },
  };
}

const TopicPolicy = z.looseObject({ PolicyDocument: document, Topics: texts.min(1) });

/** AWS::SNS::TopicPolicy. Deleting it leaves the topics' policies as they are: a topic always has one. */
export function topicPolicy(aws: Aws): ResourceProvider {
  async function put(properties: unknown, id: string, region: string) {
    const wanted = TopicPolicy.parse(properties);
    for (const TopicArn of wanted.Topics)
      await sns(aws, region)('SetTopicAttributes', {
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: wanted.PolicyDocument,
      });
    return { physicalId: id, attributes: { Id: id } };
  }
  return {
    create: (request) => put(request.properties, request.generatedName(128), request.region),
    update: (request) => put(request.properties, request.physicalId, request.region),
    delete: async () => {},
  };
}
