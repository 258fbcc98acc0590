import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import type { Compose } from '../../../local-aws/compose.ts';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { ProviderError, type ResourceProvider } from '../../../local-aws/providers/provider.ts';
import { localAwsFor } from '../support/local-aws.ts';

export const region = 'us-east-2';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Settings of an SDK client for a local AWS. */
export function clientOf(endpoint: string) {
  return { endpoint, region, credentials, maxAttempts: 1, forcePathStyle: true };
}

/** The environment of a client program. Nothing of the user's own configuration gets in. */
export function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

export function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
}

/** Runs a program to its end. Rejects with what it printed when it fails. */
export async function run(
  file: string,
  args: string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { ...options, maxBuffer: 50_000_000, timeout: 110_000 });
  return stdout;
}

/** Buckets and queues, made in moto: two providers of the tests' own, so that these tests judge the stack engine alone. */
const twoServices: Compose = ({ motoEndpoint }) => {
  const endpoint = motoEndpoint ?? '';
  const s3 = new S3(clientOf(endpoint));
  const sqs = new SQS(clientOf(endpoint));
  const refused = (error: unknown): never => {
    throw new ProviderError(error instanceof Error ? error.message : String(error), 'GeneralServiceException');
  };
  const bucket: ResourceProvider = {
    async create(request) {
      const name = String(request.properties.BucketName ?? request.generatedName(63, true));
      const placed = { CreateBucketConfiguration: { LocationConstraint: region } } as const;
      await s3.createBucket({ Bucket: name, ...placed }).catch(refused);
      return { physicalId: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
    },
    update: async ({ physicalId }) => ({ physicalId, attributes: { Arn: `arn:aws:s3:::${physicalId}` } }),
    delete: async ({ physicalId }) => {
      await s3.deleteBucket({ Bucket: physicalId }).catch(refused);
    },
  };
  const attributes = (properties: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      ['VisibilityTimeout', 'DelaySeconds', 'RedrivePolicy']
        .filter((name) => properties[name] !== undefined)
        .map((name) => [
          name,
          typeof properties[name] === 'object' ? JSON.stringify(properties[name]) : String(properties[name]),
        ]),
    );
  const describe = async (url: string) => {
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    const arn = Attributes?.QueueArn ?? '';
    return { physicalId: url, attributes: { Arn: arn, QueueName: arn.split(':').at(-1) ?? '', QueueUrl: url } };
  };
  const queue: ResourceProvider = {
    async create(request) {
      const name = String(request.properties.QueueName ?? request.generatedName(80));
      const { QueueUrl = '' } = await sqs.createQueue({ QueueName: name, Attributes: attributes(request.properties) });
      return describe(QueueUrl);
    },
    async update({ physicalId, properties }) {
      await sqs.setQueueAttributes({ QueueUrl: physicalId, Attributes: attributes(properties) }).catch(refused);
      return describe(physicalId);
    },
    delete: async ({ physicalId }) => {
      await sqs.deleteQueue({ QueueUrl: physicalId }).catch(refused);
    },
  };
  return {
    providers: new Map([
      ['AWS::S3::Bucket', bucket],
      ['AWS::SQS::Queue', queue],
    ]),
    handlers: [],
  };
};

/** A local AWS with these two providers, for a suite's `before` hook. */
export function startForTest(context: Mocha.Context, scale = 0): Promise<LocalAws> {
  return localAwsFor(context, { scale, compose: twoServices });
}
