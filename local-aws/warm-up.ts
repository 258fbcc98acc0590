import type { Aws } from './providers/aws.ts';
import { queryCall } from './providers/service-call.ts';

/**
 * Asks every service that a deployment uses for something small, while nobody waits. moto loads a service's code when it
 * is first asked (100 to 300 ms each), and so do the SDK's clients here: without this the first deployment pays for both.
 * One after another, so that requests which come meanwhile are answered in between. A service that fails here fails again,
 * with a message, when somebody needs it.
 */
export async function warmUp(aws: Aws, region: string): Promise<void> {
  const reads: (() => Promise<unknown>)[] = [
    () => queryCall(aws.endpoint, { service: 'sts', region, version: '2011-06-15' }, 'GetCallerIdentity', {}),
    async () => (await aws.s3(region)).listBuckets(),
    async () => (await aws.cognito(region)).listUserPools({ MaxResults: 1 }),
    async () => (await aws.dynamodb(region)).listTables({ Limit: 1 }),
    async () => (await aws.iam(region)).listRoles({ MaxItems: 1 }),
    async () => (await aws.logs(region)).describeLogGroups({ limit: 1 }),
    async () => (await aws.cloudWatch(region)).describeAlarms({ MaxRecords: 1 }),
    async () => (await aws.lambda(region)).listFunctions({ MaxItems: 1 }),
    async () => (await aws.apiGateway(region)).getRestApis({ limit: 1 }),
    async () => (await aws.sqs(region)).listQueues({ MaxResults: 1 }),
    async () => (await aws.eventBridge(region)).listRules({ Limit: 1 }),
    async () => (await aws.scheduler(region)).listSchedules({ MaxResults: 1 }),
  ];
  for (const read of reads) await Promise.allSettled([read()]);
}
