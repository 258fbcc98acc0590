import type * as S3 from '@aws-sdk/client-s3';
import * as z from 'zod';
import { flag, text } from './property.ts';

const Filter = z.looseObject({
  S3Key: z.looseObject({ Rules: z.array(z.looseObject({ Name: text, Value: text })) }),
});

const event = z.custom<S3.Event>((value) => typeof value === 'string', 'an event name is expected');

const Notification = z.looseObject({
  EventBridgeConfiguration: z.looseObject({ EventBridgeEnabled: flag.optional() }).optional(),
  LambdaConfigurations: z.array(z.looseObject({ Event: event, Function: text, Filter: Filter.optional() })).optional(),
  QueueConfigurations: z.array(z.looseObject({ Event: event, Queue: text, Filter: Filter.optional() })).optional(),
  TopicConfigurations: z.array(z.looseObject({ Event: event, Topic: text, Filter: Filter.optional() })).optional(),
});

function filter(given: z.infer<typeof Filter> | undefined): S3.NotificationConfigurationFilter | undefined {
  if (!given) return undefined;
  const rules = given.S3Key.Rules.map(({ Name, Value }) => ({
    Name: z.custom<S3.FilterRuleName>((name) => typeof name === 'string').parse(Name),
    Value,
  }));
  return { Key: { FilterRules: rules } };
}

/** A bucket's NotificationConfiguration as the S3 API takes it: one event per entry there, a list of events here. */
export function notifications(given: unknown): S3.NotificationConfiguration {
  const wanted = Notification.parse(given ?? {});
  const bridge = wanted.EventBridgeConfiguration;
  return {
    ...(bridge && bridge.EventBridgeEnabled !== false && { EventBridgeConfiguration: {} }),
    LambdaFunctionConfigurations: wanted.LambdaConfigurations?.map((entry) => ({
      LambdaFunctionArn: entry.Function,
      Events: [entry.Event],
      Filter: filter(entry.Filter),
    })),
    QueueConfigurations: wanted.QueueConfigurations?.map((entry) => ({
      QueueArn: entry.Queue,
      Events: [entry.Event],
      Filter: filter(entry.Filter),
    })),
    TopicConfigurations: wanted.TopicConfigurations?.map((entry) => ({
      TopicArn: entry.Topic,
      Events: [entry.Event],
      Filter: filter(entry.Filter),
    })),
  };
}
