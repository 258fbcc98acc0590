import type { APIGateway } from '@aws-sdk/client-api-gateway';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { IAM } from '@aws-sdk/client-iam';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { S3 } from '@aws-sdk/client-s3';
import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { SQS } from '@aws-sdk/client-sqs';

/** moto's default account: every resource of the local AWS belongs to it. */
export const localAccount = '123456789012';

/** The service clients that providers and the data plane use, one per service and region, loaded when first asked for. */
export interface Aws {
  /** The endpoint behind the clients, without a slash at the end. */
  readonly endpoint: string;
  apiGateway(region: string): Promise<APIGateway>;
  cloudWatch(region: string): Promise<CloudWatch>;
  cognito(region: string): Promise<CognitoIdentityProvider>;
  dynamodb(region: string): Promise<DynamoDB>;
  eventBridge(region: string): Promise<EventBridge>;
  iam(region: string): Promise<IAM>;
  lambda(region: string): Promise<Lambda>;
  logs(region: string): Promise<CloudWatchLogs>;
  s3(region: string): Promise<S3>;
  scheduler(region: string): Promise<Scheduler>;
  sqs(region: string): Promise<SQS>;
}

/** What every client is made with. One attempt only: a retry would hide moto's own errors behind an AlreadyExists. */
function settings(endpoint: string, region: string) {
  return {
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
}

/** Clients of the services behind `moto` (an origin such as `http://127.0.0.1:5600`). */
export function connect(moto: string): Aws {
  const endpoint = moto.replace(/\/+$/, '');

  function perRegion<Client>(make: (region: string) => Promise<Client>): (region: string) => Promise<Client> {
    const clients = new Map<string, Promise<Client>>();
    return (region) => {
      const known = clients.get(region);
      if (known) return known;
      const client = make(region);
      clients.set(region, client);
      return client;
    };
  }

  return {
    endpoint,
    apiGateway: perRegion(
      async (region) => new (await import('@aws-sdk/client-api-gateway')).APIGateway(settings(endpoint, region)),
    ),
    cloudWatch: perRegion(
      async (region) => new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(settings(endpoint, region)),
    ),
    cognito: perRegion(
      async (region) =>
        new (await import('@aws-sdk/client-cognito-identity-provider')).CognitoIdentityProvider(
          settings(endpoint, region),
        ),
    ),
    dynamodb: perRegion(
      async (region) => new (await import('@aws-sdk/client-dynamodb')).DynamoDB(settings(endpoint, region)),
    ),
    eventBridge: perRegion(
      async (region) => new (await import('@aws-sdk/client-eventbridge')).EventBridge(settings(endpoint, region)),
    ),
    iam: perRegion(async (region) => new (await import('@aws-sdk/client-iam')).IAM(settings(endpoint, region))),
    lambda: perRegion(
      async (region) => new (await import('@aws-sdk/client-lambda')).Lambda(settings(endpoint, region)),
    ),
    logs: perRegion(
      async (region) =>
        new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(settings(endpoint, region)),
    ),
    s3: perRegion(
      async (region) =>
        new (await import('@aws-sdk/client-s3')).S3({ ...settings(endpoint, region), forcePathStyle: true }),
    ),
    scheduler: perRegion(
      async (region) => new (await import('@aws-sdk/client-scheduler')).Scheduler(settings(endpoint, region)),
    ),
    // A queue's URL names the front, which may not be there yet: requests go to the endpoint, not to the URL's host.
    sqs: perRegion(
      async (region) =>
        new (await import('@aws-sdk/client-sqs')).SQS({ ...settings(endpoint, region), useQueueUrlAsEndpoint: false }),
    ),
  };
}

/**
 * Loads what a deployment will ask for while nobody waits: the clients' code takes about a second to read, which the
 * first deployment would otherwise pay. One after another, so that requests which come meanwhile are answered.
 */
export async function preload(aws: Aws, region: string): Promise<void> {
  const clients = [
    aws.dynamodb,
    aws.cognito,
    aws.iam,
    aws.logs,
    aws.lambda,
    aws.apiGateway,
    aws.s3,
    aws.cloudWatch,
    aws.sqs,
  ];
  for (const client of [...clients, aws.eventBridge, aws.scheduler]) await client(region);
}
