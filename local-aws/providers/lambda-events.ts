import type * as Lambda from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { functionReference } from '../data-plane/function-reference.ts';
import type { EventSources } from '../delivery/event-sources.ts';
import { type Aws, localAccount } from './aws.ts';
import { unlessMissing } from './failure.ts';
import { flag, number, passed, text } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const EventSourceMapping = z.looseObject({
  FunctionName: text,
  EventSourceArn: text.optional(),
  BatchSize: number.optional(),
  BisectBatchOnFunctionError: flag.optional(),
  DestinationConfig: passed<Lambda.DestinationConfig>().optional(),
  Enabled: flag.optional(),
  FilterCriteria: passed<Lambda.FilterCriteria>().optional(),
  FunctionResponseTypes: passed<Lambda.FunctionResponseType[]>().optional(),
  MaximumBatchingWindowInSeconds: number.optional(),
  MaximumRecordAgeInSeconds: number.optional(),
  MaximumRetryAttempts: number.optional(),
  ParallelizationFactor: number.optional(),
  ScalingConfig: passed<Lambda.ScalingConfig>().optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']).optional(),
  TumblingWindowInSeconds: number.optional(),
});

/**
 * AWS::Lambda::EventSourceMapping. Made disabled in moto whatever the template says: an enabled one makes moto take
 * each message off the queue at once and hand it to Docker, so that the message is lost where there is no Docker. What
 * was wanted is noted for the delivery of the local AWS.
 */
export function eventSourceMapping(aws: Aws, sources: EventSources): ResourceProvider {
  function settings(properties: unknown) {
    const { FunctionName, EventSourceArn, StartingPosition, Enabled, ...wanted } = EventSourceMapping.parse(properties);
    const common = {
      FunctionName,
      BatchSize: wanted.BatchSize,
      BisectBatchOnFunctionError: wanted.BisectBatchOnFunctionError,
      DestinationConfig: wanted.DestinationConfig,
      Enabled: false,
      FilterCriteria: wanted.FilterCriteria,
      FunctionResponseTypes: wanted.FunctionResponseTypes,
      MaximumBatchingWindowInSeconds: wanted.MaximumBatchingWindowInSeconds,
      MaximumRecordAgeInSeconds: wanted.MaximumRecordAgeInSeconds,
      MaximumRetryAttempts: wanted.MaximumRetryAttempts,
      ParallelizationFactor: wanted.ParallelizationFactor,
      ScalingConfig: wanted.ScalingConfig,
      TumblingWindowInSeconds: wanted.TumblingWindowInSeconds,
    };
    return { common, EventSourceArn, StartingPosition };
  }
  function note(id: string, region: string, properties: unknown): void {
    const wanted = EventSourceMapping.parse(properties);
    const maximum = wanted.ScalingConfig?.MaximumConcurrency;
    sources.note({
      region,
      id,
      queueArn: wanted.EventSourceArn ?? '',
      functionName: wanted.FunctionName,
      batchSize: wanted.BatchSize ?? 10,
      reportsFailures: wanted.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
      ...(maximum !== undefined && { maximumConcurrency: maximum }),
      enabled: wanted.Enabled ?? true,
    });
  }
  function result(id: string, region: string) {
    return {
      physicalId: id,
      attributes: {
        Id: id,
        EventSourceMappingArn: `arn:aws:lambda:${region}:${localAccount}:event-source-mapping:${id}`,
      },
    };
  }
  return {
    create: async (request) => {
      const { common, EventSourceArn, StartingPosition } = settings(request.properties);
      const lambda = await aws.lambda(request.region);
      const made = await lambda.createEventSourceMapping({ ...common, EventSourceArn, StartingPosition });
      note(made.UUID ?? '', request.region, request.properties);
      return result(made.UUID ?? '', request.region);
    },
    update: async (request) => {
      const lambda = await aws.lambda(request.region);
      await lambda.updateEventSourceMapping({ ...settings(request.properties).common, UUID: request.physicalId });
      note(request.physicalId, request.region, request.properties);
      return result(request.physicalId, request.region);
    },
    delete: async (request) => {
      sources.forget(request.physicalId);
      const lambda = await aws.lambda(request.region);
      await lambda.deleteEventSourceMapping({ UUID: request.physicalId });
    },
  };
}

const EventInvokeConfig = z.looseObject({
  FunctionName: text,
  Qualifier: text,
  MaximumEventAgeInSeconds: number.optional(),
  MaximumRetryAttempts: number.optional(),
  DestinationConfig: passed<Lambda.DestinationConfig>().optional(),
});

/** AWS::Lambda::EventInvokeConfig: what becomes of an asynchronous invocation that fails. */
export function eventInvokeConfig(aws: Aws): ResourceProvider {
  async function put(properties: unknown, region: string) {
    const wanted = EventInvokeConfig.parse(properties);
    const { name } = functionReference(wanted.FunctionName);
    const lambda = await aws.lambda(region);
    await lambda.putFunctionEventInvokeConfig({
      FunctionName: name,
      Qualifier: wanted.Qualifier,
      MaximumEventAgeInSeconds: wanted.MaximumEventAgeInSeconds,
      MaximumRetryAttempts: wanted.MaximumRetryAttempts,
      DestinationConfig: wanted.DestinationConfig,
    });
    return { physicalId: `${name}|${wanted.Qualifier}`, attributes: {} };
  }
  async function remove(properties: unknown, region: string): Promise<void> {
    const wanted = EventInvokeConfig.parse(properties);
    const lambda = await aws.lambda(region);
    await lambda.deleteFunctionEventInvokeConfig({
      FunctionName: functionReference(wanted.FunctionName).name,
      Qualifier: wanted.Qualifier,
    });
  }
  return {
    create: (request) => put(request.properties, request.region),
    update: async (request) => {
      // moto would keep the old one beside the new one, and answer with the old one.
      await unlessMissing(remove(request.previous, request.region));
      return put(request.properties, request.region);
    },
    delete: (request) => remove(request.properties, request.region),
  };
}
