import type { Api } from '../blueprint/blueprint.ts';
import { alarmActions } from './alarm-names.ts';
import { arn, metadata, ref, sub } from './layer.ts';
import type { Scope } from './scope.ts';
import { stageName } from './stage-name.ts';
import type { TemplateResource } from './template.ts';

/**
 * `true` once API Gateway of this account and region may write to CloudWatch Logs (its account setting
 * `cloudwatchRoleArn`). Without that role a stage with an access log cannot be made, and the setting is one for the
 * whole account, so it is not for a stack of one project to own. Until then the API runs without an access log.
 */
export const accessLogsParameter = 'AccessLogs';
export const accessLogsCondition = 'HasAccessLogs';

/** What is logged of a request: nothing about who asked, and the route instead of the path with its ids. */
const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  bytes: '$context.responseLength',
  latency: '$context.responseLatency',
  integrationStatus: '$context.integration.status',
  integrationLatency: '$context.integration.latency',
  error: '$context.error.responseType',
});

/** Deployment, stage with throttling and access log, and the alarm on errors. */
export function stageResources(
  scope: Scope,
  declared: Api,
  deploymentId: string,
  apiName: string,
): Record<string, TemplateResource> {
  const label = `${scope.slug}-api`;
  return {
    [deploymentId]: {
      Type: 'AWS::ApiGateway::Deployment',
      Metadata: metadata(`${label}-deployment`, 'api'),
      Properties: { RestApiId: ref('RestApi') },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Metadata: metadata(`${label}-stage`, 'api'),
      Properties: {
        RestApiId: ref('RestApi'),
        DeploymentId: ref(deploymentId),
        StageName: stageName,
        MethodSettings: [
          {
            HttpMethod: '*',
            ResourcePath: '/*',
            ThrottlingRateLimit: declared.throttle.rate,
            ThrottlingBurstLimit: declared.throttle.burst,
            DataTraceEnabled: false,
            MetricsEnabled: false,
          },
        ],
        AccessLogSetting: {
          'Fn::If': [
            accessLogsCondition,
            { DestinationArn: sub(arn('logs', `log-group:\${AccessLogGroup}`)), Format: accessLogFormat },
            ref('AWS::NoValue'),
          ],
        },
      },
    },
    AccessLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Condition: accessLogsCondition,
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Metadata: metadata(`${label}-access-logs`, 'api'),
      Properties: {
        LogGroupName: `/backdrift/${scope.slug}/${scope.environment}/api-access`,
        RetentionInDays: scope.logRetentionDays,
      },
    },
    ErrorsAlarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Metadata: metadata(`${label}-errors`, 'api'),
      Properties: {
        ...alarmActions(scope),
        AlarmDescription:
          'The API answered with 5xx at least five times in five minutes: a function failed, was throttled, or took too long.',
        Namespace: 'AWS/ApiGateway',
        MetricName: '5XXError',
        Dimensions: [
          { Name: 'ApiName', Value: apiName },
          { Name: 'Stage', Value: stageName },
        ],
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      },
    },
  };
}
