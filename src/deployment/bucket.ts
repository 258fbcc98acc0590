import type { Template } from '../stacks/template.ts';
import { artifactBucket, bootstrapStack } from './names.ts';
import { type Clock, type Connection, isFailure, type StackDescription } from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import { nextStep } from './recovery.ts';
import { withRetries } from './retry.ts';
import { waitUntilIdle } from './wait.ts';
import { watchOperation } from './watch.ts';

export type BucketOutcome =
  | { status: 'ready' }
  | { status: 'cancelled' }
  | { status: 'failed'; problem: DeploymentProblem };

/** How often the stack is judged anew before we give up: somebody else may be making it at the same moment. */
const rounds = 5;

/**
 * Makes the bucket of templates, code and history by a stack of its own. Called when the bucket is not there;
 * `live` is what is known of its stack.
 */
export async function createBucket(
  connection: Connection,
  clock: Clock,
  live: StackDescription | undefined,
  signal: AbortSignal,
): Promise<BucketOutcome> {
  const { cloudFormation } = connection;
  const name = artifactBucket(connection.identity.account, connection.target.region);
  let stack = live;
  // A complete stack without its bucket is stale; one that was completed while we looked on is not.
  let stale = true;
  for (let round = 1; round <= rounds; round += 1) {
    if (signal.aborted) return { status: 'cancelled' };
    const { step } = nextStep(stack?.status);
    if (stack === undefined) {
      const made = await submitBucketStack(connection, clock, name, signal);
      if (made.status !== 'already-exists') return made;
      const found = await withRetries(clock, () => cloudFormation.describeStack(bootstrapStack));
      if (isFailure(found)) return failed(name, found.message);
      stack = found.status === 'found' ? found.stack : undefined;
      stale = false;
    } else if (step === 'wait') {
      const idle = await waitUntilIdle(cloudFormation, clock, stack.stackId, signal);
      if (isFailure(idle)) return failed(name, idle.message);
      stack = idle.status === 'idle' ? idle.stack : undefined;
      stale = false;
    } else if (step === 'update-if-changed' && !stale) {
      return { status: 'ready' };
    } else {
      // It never came to be, or its bucket was deleted by hand. Nothing is in it that deleting could touch.
      const removed = await removeBucketStack(connection, clock, stack, signal);
      if (removed !== undefined) return failed(name, removed);
      stack = undefined;
    }
  }
  return failed(name, `The stack ${bootstrapStack} keeps changing under us.`);
}

async function submitBucketStack(
  connection: Connection,
  clock: Clock,
  bucket: string,
  signal: AbortSignal,
): Promise<BucketOutcome | { status: 'already-exists' }> {
  const { cloudFormation } = connection;
  const token = `bd-bootstrap-${clock.now()}`;
  const asked = clock.now();
  const created = await withRetries(clock, () =>
    cloudFormation.createStack({
      name: bootstrapStack,
      template: { body: JSON.stringify(bucketTemplate(bucket), null, 2) },
      parameters: {},
      tags: { 'backdrift:bootstrap': 'true' },
      token,
      onFailure: 'rollback',
    }),
  );
  if (isFailure(created)) return failed(bucket, created.message);
  if (created.status !== 'submitted') return { status: 'already-exists' };
  const operation = { stackId: created.stackId, token, roundTrip: clock.now() - asked };
  const end = await watchOperation(cloudFormation, clock, operation, unwatched, signal);
  if (end.status === 'complete') return { status: 'ready' };
  return failed(bucket, end.status === 'deleted' ? 'The stack was deleted while it was created.' : end.reason);
}

/** Gives the reason when it does not work. */
async function removeBucketStack(
  connection: Connection,
  clock: Clock,
  stack: StackDescription,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { cloudFormation } = connection;
  const token = `bd-bootstrap-delete-${clock.now()}`;
  const asked = clock.now();
  const deleted = await withRetries(clock, () => cloudFormation.deleteStack(stack.stackId, token));
  if (isFailure(deleted) || deleted.status === 'busy') return deleted.message;
  const operation = { stackId: stack.stackId, token, roundTrip: clock.now() - asked };
  const end = await watchOperation(cloudFormation, clock, operation, unwatched, signal);
  if (end.status === 'deleted') return undefined;
  return end.status === 'complete' ? 'The old stack could not be deleted.' : end.reason;
}

/** Two resources of which nobody needs to see each event. */
const unwatched = { event: () => {}, refused: () => {} };

function failed(bucket: string, cause: string): { status: 'failed'; problem: DeploymentProblem } {
  return {
    status: 'failed',
    problem: {
      code: 'no-bucket',
      message: `The bucket ${bucket}, which keeps templates, code and history, could not be created.`,
      hint: `Look at the stack ${bootstrapStack} in the CloudFormation console; it needs the right to create S3 buckets.`,
      cause,
    },
  };
}

/** Versioned, encrypted, closed to the public, TLS only; survives the deletion of its stack, as history lives in it. */
export function bucketTemplate(name: string): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Backdrift: the bucket of templates, code and deployment history of this account and region',
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BucketName: name,
          VersioningConfiguration: { Status: 'Enabled' },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
          },
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          LifecycleConfiguration: {
            Rules: [
              {
                Id: 'abandoned-uploads',
                Status: 'Enabled',
                AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
              },
            ],
          },
        },
      },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'TlsOnly',
                Effect: 'Deny',
                Principal: '*',
                Action: 's3:*',
                Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
    },
    Outputs: { BucketName: { Value: { Ref: 'Bucket' } } },
  };
}
