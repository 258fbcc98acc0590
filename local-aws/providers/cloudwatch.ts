import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { type Aws, localAccount } from './aws.ts';
import { difference, document, flag, number, passed, tagMap, tags, text, texts } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const Alarm = z.looseObject({
  AlarmName: text.optional(),
  ActionsEnabled: flag.optional(),
  AlarmActions: texts.optional(),
  AlarmDescription: text.optional(),
  ComparisonOperator: z.custom<CloudWatch.ComparisonOperator>((value) => typeof value === 'string').optional(),
  DatapointsToAlarm: number.optional(),
  Dimensions: z.array(z.looseObject({ Name: text, Value: text })).optional(),
  EvaluateLowSampleCountPercentile: text.optional(),
  EvaluationPeriods: number.optional(),
  ExtendedStatistic: text.optional(),
  InsufficientDataActions: texts.optional(),
  MetricName: text.optional(),
  Metrics: passed<CloudWatch.MetricDataQuery[]>().optional(),
  Namespace: text.optional(),
  OKActions: texts.optional(),
  Period: number.optional(),
  Statistic: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']).optional(),
  Tags: tags.optional(),
  Threshold: number.optional(),
  ThresholdMetricId: text.optional(),
  TreatMissingData: text.optional(),
  Unit: z.custom<CloudWatch.StandardUnit>((value) => typeof value === 'string').optional(),
});

/** AWS::CloudWatch::Alarm. */
export function alarm(aws: Aws): ResourceProvider {
  async function put(AlarmName: string, properties: unknown, region: string) {
    const wanted = Alarm.parse(properties);
    const cloudWatch = await aws.cloudWatch(region);
    await cloudWatch.putMetricAlarm({ ...wanted, AlarmName, EvaluationPeriods: wanted.EvaluationPeriods ?? 1 });
    return {
      physicalId: AlarmName,
      attributes: { Arn: `arn:aws:cloudwatch:${region}:${localAccount}:alarm:${AlarmName}` },
    };
  }
  return {
    create: (request) =>
      put(Alarm.parse(request.properties).AlarmName ?? request.generatedName(255), request.properties, request.region),
    update: async (request) => {
      const made = await put(request.physicalId, request.properties, request.region);
      const cloudWatch = await aws.cloudWatch(request.region);
      const change = difference(
        tagMap(Alarm.parse(request.previous).Tags),
        tagMap(Alarm.parse(request.properties).Tags),
      );
      const ResourceARN = made.attributes.Arn;
      if (change.removed.length > 0) await cloudWatch.untagResource({ ResourceARN, TagKeys: change.removed });
      if (change.put.length > 0)
        await cloudWatch.tagResource({ ResourceARN, Tags: change.put.map(([Key, Value]) => ({ Key, Value })) });
      return made;
    },
    delete: async (request) => {
      const cloudWatch = await aws.cloudWatch(request.region);
      await cloudWatch.deleteAlarms({ AlarmNames: [request.physicalId] });
    },
  };
}

const Dashboard = z.looseObject({ DashboardName: text.optional(), DashboardBody: document });

/** AWS::CloudWatch::Dashboard. */
export function dashboard(aws: Aws): ResourceProvider {
  async function put(DashboardName: string, properties: unknown, region: string) {
    const cloudWatch = await aws.cloudWatch(region);
    await cloudWatch.putDashboard({ DashboardName, DashboardBody: Dashboard.parse(properties).DashboardBody });
    return { physicalId: DashboardName, attributes: {} };
  }
  return {
    create: (request) =>
      put(
        Dashboard.parse(request.properties).DashboardName ?? request.generatedName(255),
        request.properties,
        request.region,
      ),
    update: (request) => put(request.physicalId, request.properties, request.region),
    delete: async (request) => {
      const cloudWatch = await aws.cloudWatch(request.region);
      await cloudWatch.deleteDashboards({ DashboardNames: [request.physicalId] });
    },
  };
}
