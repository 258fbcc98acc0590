/**
 * Seconds of service time that an operation on one resource takes at time scale 1. Orders of magnitude, so that a
 * demonstration feels like AWS, not promises. Creates of tables, functions, buckets and queues follow the sums that
 * cdkd publishes in its docs/benchmarks.md (github.com/go-to-k/cdkd); the rest are guesses after them.
 */
interface Durations {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

const usual: Durations = { create: 2, update: 2, delete: 1 };

const byType: ReadonlyMap<string, Durations> = new Map([
  ['AWS::Amplify::App', { create: 3, update: 2, delete: 2 }],
  ['AWS::ApiGateway::RestApi', { create: 3, update: 3, delete: 2 }],
  ['AWS::CloudWatch::Alarm', { create: 3, update: 2, delete: 2 }],
  ['AWS::Cognito::UserPool', { create: 4, update: 3, delete: 2 }],
  ['AWS::DynamoDB::Table', { create: 12, update: 10, delete: 8 }],
  ['AWS::Events::Rule', { create: 30, update: 5, delete: 5 }],
  ['AWS::IAM::ManagedPolicy', { create: 16, update: 3, delete: 2 }],
  ['AWS::IAM::Policy', { create: 16, update: 3, delete: 1 }],
  ['AWS::IAM::Role', { create: 17, update: 3, delete: 2 }],
  ['AWS::Lambda::Function', { create: 7, update: 6, delete: 4 }],
  ['AWS::Logs::LogGroup', { create: 4, update: 2, delete: 2 }],
  ['AWS::S3::Bucket', { create: 20, update: 4, delete: 3 }],
  ['AWS::SQS::Queue', { create: 65, update: 60, delete: 60 }],
]);

/** Seconds at scale 1. */
export function duration(type: string, operation: keyof Durations): number {
  return (byType.get(type) ?? usual)[operation];
}

/** What CloudFormation takes itself, in seconds at scale 1, apart from the resources. */
export const stackDurations = {
  /** From the request to the first resource. */
  start: 2,
  /** From the last resource to the final status; also the clean-up phase of an update at least. */
  end: 1,
  /** Making a change set: 6 to 15 s are reported (github.com/aws/aws-cdk/pull/22079). */
  changeSet: 8,
} as const;
