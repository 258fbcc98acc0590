import { notifies, topicName } from './alarm-names.ts';
import { arn, metadata, ref, sub } from './layer.ts';
import { sha256 } from './names.ts';
import type { Scope } from './scope.ts';
import type { TemplateResource } from './template.ts';

const source = 'monitoring';

/**
 * The topic that every alarm of the project is told to, and who gets a mail of it. Nobody but CloudWatch's alarms of this
 * account may publish. Not encrypted with a key of SNS: alarms could not publish to it then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function topic(scope: Scope): Record<string, TemplateResource> {
  if (!notifies(scope.blueprint)) return {};
  return {
    AlarmTopic: {
      Type: 'AWS::SNS::Topic',
      Metadata: metadata('alarms', source),
      Properties: { TopicName: topicName(scope), DisplayName: `${scope.slug} ${scope.environment}`.slice(0, 100) },
    },
    AlarmTopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Metadata: metadata('alarms-policy', source),
      Properties: {
        Topics: [ref('AlarmTopic')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'FromAlarms',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: ref('AlarmTopic'),
              Condition: {
                ArnLike: { 'aws:SourceArn': sub(arn('cloudwatch', 'alarm:*')) },
                StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
              },
            },
            {
              Sid: 'TlsOnly',
              Effect: 'Deny',
              Principal: '*',
              Action: 'sns:Publish',
              Resource: ref('AlarmTopic'),
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
    // By address, so that one more subscriber does not make the others confirm again.
    ...Object.fromEntries(
      scope.blueprint.monitoring.email.map((address): [string, TemplateResource] => [
        `AlarmMail${sha256(address).slice(0, 8)}`,
        {
          Type: 'AWS::SNS::Subscription',
          Metadata: metadata(address, source),
          Properties: { TopicArn: ref('AlarmTopic'), Protocol: 'email', Endpoint: address },
        },
      ]),
    ),
  };
}
