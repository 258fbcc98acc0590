import type { PropertyDifference, ResourceDifference } from '../changes/template-diff.ts';

/** What a change amounts to, in a few words: `update routes`, `add index by_project`. Undefined where nothing helps. */
export function noteOf(difference: ResourceDifference): string | undefined {
  if (difference.uncertain) return 'if the account allows it';
  if (difference.action === 'create' || difference.action === 'delete') return undefined;
  const topics = [
    ...indexTopics(difference),
    ...difference.properties.flatMap((property) => topicOf(difference.type, property)),
    ...(difference.attributes.some((name) => name !== 'Metadata') ? ['update deletion rules'] : []),
    ...(difference.attributes.includes('Metadata') && difference.properties.length === 0 ? ['update label'] : []),
  ];
  return joined([...new Set(topics)]);
}

/** By type and property. Properties that only accompany another one say nothing of their own. */
const topics: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'AWS::ApiGateway::RestApi': { Body: 'update routes', BodyS3Location: 'update routes' },
  'AWS::ApiGateway::Method': {
    Integration: 'update integration',
    AuthorizationType: 'update access',
    AuthorizerId: 'update access',
    AuthorizationScopes: 'update access',
    RequestModels: 'update validation',
    RequestParameters: 'update validation',
    RequestValidatorId: 'update validation',
  },
  'AWS::ApiGateway::Model': { Schema: 'update validation' },
  'AWS::ApiGateway::Stage': {
    DeploymentId: 'serve the new routes',
    MethodSettings: 'update throttling',
    AccessLogSetting: 'update access log',
  },
  'AWS::Lambda::Function': {
    Code: 'update code',
    Environment: 'update environment',
    Role: 'update permissions',
    MemorySize: 'update memory',
    Timeout: 'update timeout',
    Runtime: 'update runtime',
  },
  'AWS::Lambda::Permission': { SourceArn: 'update permissions', FunctionName: 'update permissions' },
  'AWS::IAM::Role': {
    Policies: 'update permissions',
    ManagedPolicyArns: 'update permissions',
    AssumeRolePolicyDocument: 'update trust',
    PermissionsBoundary: 'update permissions boundary',
  },
  'AWS::IAM::Policy': { PolicyDocument: 'update permissions' },
  'AWS::S3::BucketPolicy': { PolicyDocument: 'update permissions' },
  'AWS::SQS::QueuePolicy': { PolicyDocument: 'update permissions' },
  'AWS::DynamoDB::Table': {
    GlobalSecondaryIndexes: undefined,
    AttributeDefinitions: undefined,
    KeySchema: 'change primary key',
    TimeToLiveSpecification: 'update expiry',
    PointInTimeRecoverySpecification: 'update backups',
    DeletionProtectionEnabled: 'update deletion protection',
  },
  'AWS::Cognito::UserPool': {
    Policies: 'update password rules',
    MfaConfiguration: 'update second factor',
    EnabledMfas: 'update second factor',
    Schema: 'update user attributes',
    UserPoolTier: 'update plan',
  },
  'AWS::Cognito::UserPoolClient': {
    AccessTokenValidity: 'update token lifetimes',
    IdTokenValidity: 'update token lifetimes',
    RefreshTokenValidity: 'update token lifetimes',
    TokenValidityUnits: 'update token lifetimes',
  },
  'AWS::Logs::LogGroup': { RetentionInDays: 'update retention' },
  'AWS::Scheduler::Schedule': { ScheduleExpression: 'update schedule', Target: 'update target' },
  'AWS::Events::Rule': { ScheduleExpression: 'update schedule', Targets: 'update target' },
  'AWS::CloudWatch::Alarm': { Threshold: 'update threshold' },
};

function topicOf(type: string, { path, because }: PropertyDifference): string[] {
  const [property = ''] = path;
  if (because !== undefined) return [`follow ${because}`];
  const known = Object.hasOwn(topics, type) ? topics[type] : undefined;
  if (known === undefined || !Object.hasOwn(known, property)) return [`update ${property}`];
  const topic = known[property];
  return topic === undefined ? [] : [topic];
}

/** `add index by_project`: the members of a table's list of indexes by name. */
function indexTopics({ type, properties }: ResourceDifference): string[] {
  if (type !== 'AWS::DynamoDB::Table') return [];
  return properties.flatMap(({ path: [property, member, ...below], before, after }) => {
    if (property === 'AttributeDefinitions' && below.length > 0)
      return [`change type of ${(member ?? '').slice(1, -1)}`];
    if (property !== 'GlobalSecondaryIndexes') return [];
    if (member === undefined) return before === undefined ? indexNames('add', after) : changedList(before, after);
    const name = member.slice(1, -1);
    if (below.length > 0) return [`change index ${name}`];
    return [before === undefined ? `add index ${name}` : `remove index ${name}`];
  });
}

function changedList(before: PropertyDifference['before'], after: PropertyDifference['after']): string[] {
  return after === undefined ? indexNames('remove', before) : ['reorder indexes'];
}

function indexNames(verb: string, list: PropertyDifference['before']): string[] {
  if (!Array.isArray(list)) return [`${verb} indexes`];
  return list.map((index) =>
    typeof index === 'object' && index !== null && !Array.isArray(index) && typeof index.IndexName === 'string'
      ? `${verb} index ${index.IndexName}`
      : `${verb} index`,
  );
}

/** A few topics in a row; of many, the first and how many more. `update code, update timeout` becomes `update code and timeout`. */
function joined(all: readonly string[]): string | undefined {
  if (all.length === 0) return undefined;
  const shown = all.length > 3 ? [...all.slice(0, 2), `${all.length - 2} more`] : [...all];
  const verb = shown[0]?.split(' ')[0] ?? '';
  const words = shown.map((topic, at) =>
    at > 0 && topic.startsWith(`${verb} `) ? topic.slice(verb.length + 1) : topic,
  );
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}
