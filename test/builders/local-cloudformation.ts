import { Readable } from 'node:stream';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { OtherServices } from '../../local-aws/cloudformation/engine.ts';
import { type CloudFormation, createCloudFormation } from '../../local-aws/cloudformation/service.ts';
import type { ResourceProvider } from '../../local-aws/providers/provider.ts';
import { MemoryCloud } from '../fakes/memory-provider.ts';
import { ServiceClock } from '../fakes/service-clock.ts';

export interface LocalCloudFormation {
  /** AWS's own client; its requests go straight into the service, without a socket. */
  client: CloudFormationClient;
  service: CloudFormation;
  clock: ServiceClock;
  cloud: MemoryCloud;
  log: string[];
}

/** Types of the tests: `Test::Unit::Thing` has no schema; a Thing's `Fixed` cannot change in place. */
export const thing = 'Test::Unit::Thing';

/** The local CloudFormation over a cloud in memory, under a clock that the test moves. */
export function localCloudFormation(services: Partial<OtherServices> = {}): LocalCloudFormation {
  const clock = new ServiceClock();
  const cloud = new MemoryCloud();
  const log: string[] = [];
  const providers = new Map<string, ResourceProvider>([
    [thing, cloud.provider(thing, 'Name', ['Fixed'])],
    ['AWS::SQS::Queue', cloud.provider('AWS::SQS::Queue', 'QueueName')],
    ['AWS::DynamoDB::Table', cloud.provider('AWS::DynamoDB::Table', 'TableName')],
  ]);
  const service = createCloudFormation({
    account: '123456789012',
    clock,
    log: (line) => log.push(line),
    providers: () => providers,
    services: {
      readObject: async () => ({ found: false, reason: 'Access Denied' }),
      ssm: () => async () => undefined,
      dynamic: () => async () => undefined,
      ...services,
    },
  });
  const client = new CloudFormationClient({
    region: 'us-east-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { body?: unknown }) => {
        const answer = await service.answer(String(request.body ?? ''), 'us-east-2');
        return {
          response: {
            statusCode: answer.status,
            headers: { 'content-type': 'text/xml' },
            body: Readable.from([Buffer.from(answer.body)]),
          },
        };
      },
    },
  });
  return { client, service, clock, cloud, log };
}
