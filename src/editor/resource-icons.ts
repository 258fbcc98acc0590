/** The codicon that stands for a resource type, by the longest prefix that fits. */
export function resourceIcon(type: string): string {
  const match = icons.find(([prefix]) => type.startsWith(prefix));
  return match ? match[1] : 'symbol-misc';
}

const icons: readonly (readonly [string, string])[] = [
  ['AWS::DynamoDB::', 'database'],
  ['AWS::Lambda::Permission', 'key'],
  ['AWS::Lambda::EventSourceMapping', 'plug'],
  ['AWS::Lambda::', 'symbol-event'],
  ['AWS::ApiGateway::Authorizer', 'shield'],
  ['AWS::ApiGateway', 'globe'],
  ['AWS::Cognito::', 'organization'],
  ['AWS::S3::BucketPolicy', 'shield'],
  ['AWS::S3::', 'archive'],
  ['AWS::SQS::QueuePolicy', 'shield'],
  ['AWS::SQS::', 'inbox'],
  ['AWS::Events::', 'calendar'],
  ['AWS::Scheduler::', 'calendar'],
  ['AWS::IAM::', 'key'],
  ['AWS::Logs::', 'output'],
  ['AWS::CloudWatch::', 'bell'],
  ['AWS::SNS::', 'megaphone'],
  ['AWS::Amplify::', 'browser'],
];
