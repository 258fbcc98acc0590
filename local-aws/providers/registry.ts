import type { Amplify } from '../amplify/amplify.ts';
import type { ApiSnapshots } from '../data-plane/api-snapshots.ts';
import type { DeployedFunctions } from '../data-plane/deployed-functions.ts';
import type { BucketNotifications } from '../delivery/bucket-notifications.ts';
import type { EventSources } from '../delivery/event-sources.ts';
import type { RuleNews } from '../delivery/rule-news.ts';
import { amplifyApp, amplifyBranch } from './amplify.ts';
import { account, apiKey, usagePlan, usagePlanKey } from './api-account.ts';
import { apiMethod, apiResource } from './api-method.ts';
import { authorizer, gatewayResponse, model, requestValidator } from './api-parts.ts';
import { restApi } from './api-rest.ts';
import { deployment, stage } from './api-stage.ts';
import { connect, preload } from './aws.ts';
import { alarm, dashboard } from './cloudwatch.ts';
import { userPoolClient, userPoolDomain, userPoolGroup } from './cognito-client.ts';
import { userPool } from './cognito-pool.ts';
import { table } from './dynamodb.ts';
import { eventBus, rule } from './events.ts';
import { guarded } from './failure.ts';
import { role } from './iam.ts';
import { managedPolicy, policy } from './iam-policy.ts';
import { alias, permission, url, version } from './lambda-access.ts';
import { eventInvokeConfig, eventSourceMapping } from './lambda-events.ts';
import { lambdaFunction } from './lambda-function.ts';
import { logGroup } from './logs.ts';
import type { ResourceProvider } from './provider.ts';
import { bucket, bucketPolicy } from './s3.ts';
import { schedule, scheduleGroup } from './scheduler.ts';
import { subscription, topic, topicPolicy } from './sns.ts';
import { queue, queuePolicy } from './sqs.ts';
import { parameter } from './ssm.ts';

export interface ProviderOptions {
  /** moto's endpoint, such as `http://127.0.0.1:5600`. */
  moto: string;
  amplify: Amplify;
  /** Where deployments leave the API that they deployed, for the data plane. */
  snapshots: ApiSnapshots;
  /** Where functions leave their code, for the data plane. */
  functions: DeployedFunctions;
  /** Where mappings of queues to functions are noted, for delivery. */
  sources: EventSources;
  /** Where changed schedules are told. */
  rules: RuleNews;
  /** Where notifications of buckets are noted, for delivery. */
  buckets: BucketNotifications;
  /** The address that clients use, for queue URLs. Without it a queue's URL names moto itself. */
  selfUrl?: () => string;
  /** Region whose clients are made ready at once, in the background. Without it each is loaded when first needed. */
  preload?: string;
}

/** Every resource type that the local AWS makes real, by type name. */
export function createProviders(options: ProviderOptions): ReadonlyMap<string, ResourceProvider> {
  const aws = connect(options.moto);
  const { amplify, snapshots, functions, sources, rules, buckets } = options;
  // Should a client not load, the request that needs it says so.
  if (options.preload) preload(aws, options.preload).catch(() => {});
  const front = options.selfUrl ?? (() => aws.endpoint);
  const providers: Record<string, ResourceProvider> = {
    'AWS::Amplify::App': amplifyApp(amplify),
    'AWS::Amplify::Branch': amplifyBranch(amplify),
    'AWS::ApiGateway::Account': account(aws),
    'AWS::ApiGateway::ApiKey': apiKey(aws),
    'AWS::ApiGateway::Authorizer': authorizer(aws),
    'AWS::ApiGateway::Deployment': deployment(aws, snapshots),
    'AWS::ApiGateway::GatewayResponse': gatewayResponse(aws),
    'AWS::ApiGateway::Method': apiMethod(aws),
    'AWS::ApiGateway::Model': model(aws),
    'AWS::ApiGateway::RequestValidator': requestValidator(aws),
    'AWS::ApiGateway::Resource': apiResource(aws),
    'AWS::ApiGateway::RestApi': restApi(aws, snapshots),
    'AWS::ApiGateway::Stage': stage(aws),
    'AWS::ApiGateway::UsagePlan': usagePlan(aws),
    'AWS::ApiGateway::UsagePlanKey': usagePlanKey(aws),
    'AWS::CloudFormation::WaitConditionHandle': waitConditionHandle(),
    'AWS::CloudWatch::Alarm': alarm(aws),
    'AWS::CloudWatch::Dashboard': dashboard(aws),
    'AWS::Cognito::UserPool': userPool(aws),
    'AWS::Cognito::UserPoolClient': userPoolClient(aws),
    'AWS::Cognito::UserPoolDomain': userPoolDomain(aws),
    'AWS::Cognito::UserPoolGroup': userPoolGroup(aws),
    'AWS::DynamoDB::Table': table(aws),
    'AWS::Events::EventBus': eventBus(aws),
    'AWS::Events::Rule': rule(aws, rules),
    'AWS::IAM::ManagedPolicy': managedPolicy(aws),
    'AWS::IAM::Policy': policy(aws),
    'AWS::IAM::Role': role(aws),
    'AWS::Lambda::Alias': alias(aws),
    'AWS::Lambda::EventInvokeConfig': eventInvokeConfig(aws),
    'AWS::Lambda::EventSourceMapping': eventSourceMapping(aws, sources),
    'AWS::Lambda::Function': lambdaFunction(aws, functions),
    'AWS::Lambda::Permission': permission(aws),
    'AWS::Lambda::Url': url(aws),
    'AWS::Lambda::Version': version(aws, functions),
    'AWS::Logs::LogGroup': logGroup(aws),
    'AWS::S3::Bucket': bucket(aws, buckets),
    'AWS::S3::BucketPolicy': bucketPolicy(aws),
    'AWS::SNS::Subscription': subscription(aws),
    'AWS::SNS::Topic': topic(aws),
    'AWS::SNS::TopicPolicy': topicPolicy(aws),
    'AWS::SQS::Queue': queue(aws, front),
    'AWS::SQS::QueuePolicy': queuePolicy(aws),
    'AWS::SSM::Parameter': parameter(aws),
    'AWS::Scheduler::Schedule': schedule(aws),
    'AWS::Scheduler::ScheduleGroup': scheduleGroup(aws),
  };
  return new Map(Object.entries(providers).map(([type, provider]) => [type, guarded(provider)]));
}

/** AWS::CloudFormation::WaitConditionHandle: a name to hang a signal on; as a placeholder resource it costs nothing. */
function waitConditionHandle(): ResourceProvider {
  return {
    create: async (request) => ({ physicalId: request.generatedName(128), attributes: {} }),
    delete: async () => {},
  };
}
