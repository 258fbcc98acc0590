import { closedBucket, tlsOnlyPolicy } from '../stacks/closed-bucket.ts';
import { bootstrapStack } from '../stacks/names.ts';
import type { Template } from '../stacks/template.ts';
import { artifactBucket } from './names.ts';
import { type Connection, isFailure, type ObjectStore, type StackDescription } from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import { nextStep, operationEnd } from './recovery.ts';
import { withRetries } from './retry.ts';
import { waitUntilIdle } from './wait.ts';
import type { WatchParts } from './watch.ts';

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
  parts: WatchParts,
  live: StackDescription | undefined,
): Promise<BucketOutcome> {
  const { cloudFormation, clock, signal } = parts;
  const name = artifactBucket(connection.identity.account, connection.target.region);
  let stack = live;
  // A complete stack without its bucket is stale; one that was completed while we looked on is not.
  let stale = true;
  for (let round = 1; round <= rounds; round += 1) {
    if (signal.aborted) return { status: 'cancelled' };
    const { step } = nextStep(stack?.status);
    if (stack === undefined) {
      const made = await submitBucketStack(parts, name);
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
      const removed = await removeBucketStack(parts, stack);
      if (removed !== undefined) return failed(name, removed);
      stack = undefined;
    }
  }
  return failed(name, `The stack ${bootstrapStack} keeps changing under us.`);
}

async function submitBucketStack(
  parts: WatchParts,
  bucket: string,
): Promise<BucketOutcome | { status: 'already-exists' }> {
  const { cloudFormation, clock, observed, signal } = parts;
  const token = `bd-bootstrap-${clock.now()}`;
  const template = bucketTemplate(bucket);
  const asked = clock.now();
  const created = await withRetries(clock, () =>
    cloudFormation.createStack({
      name: bootstrapStack,
      template: { body: JSON.stringify(template, null, 2) },
      parameters: {},
      tags: { 'backdrift:bootstrap': 'true' },
      token,
      onFailure: 'rollback',
    }),
  );
  if (isFailure(created)) return failed(bucket, created.message);
  if (created.status !== 'submitted') return { status: 'already-exists' };
  const { stackId } = created;
  // Of two resources nobody needs to see each event; they are read only when something is wrong.
  const idle = await waitUntilIdle(cloudFormation, clock, stackId, signal, clock.now() - asked);
  observed.observe(Object.keys(template.Resources).length, clock.now() - asked);
  if (isFailure(idle)) return failed(bucket, idle.message);
  if (idle.status === 'cancelled') return idle;
  if (idle.status === 'gone') return failed(bucket, 'The stack was deleted while it was created.');
  if (operationEnd(idle.stack.status) === 'complete') return { status: 'ready' };
  const read = await cloudFormation.events(stackId, token);
  const cause = isFailure(read) ? undefined : read.events.find((event) => event.status.endsWith('_FAILED'));
  return failed(bucket, cause?.reason ?? idle.stack.reason ?? `CloudFormation ended with ${idle.stack.status}.`);
}

/** Gives the reason when it does not work. */
async function removeBucketStack(parts: WatchParts, stack: StackDescription): Promise<string | undefined> {
  const { cloudFormation, clock, signal } = parts;
  const token = `bd-bootstrap-delete-${clock.now()}`;
  const deleted = await withRetries(clock, () => cloudFormation.deleteStack(stack.stackId, token));
  if (isFailure(deleted) || deleted.status === 'busy') return deleted.message;
  const idle = await waitUntilIdle(cloudFormation, clock, stack.stackId, signal);
  if (isFailure(idle)) return idle.message;
  return idle.status === 'idle' ? (idle.stack.reason ?? `CloudFormation ended with ${idle.stack.status}.`) : undefined;
}

/**
 * The store on a bucket that was made a moment ago: it may not be known everywhere in S3 yet, so a write that does not
 * find it is to be sent again.
 */
export function inNewBucket(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async putIfAbsent(key, body, contentType) {
      const written = await store.putIfAbsent(key, body, contentType);
      return isFailure(written) && written.code === 'NoSuchBucket' ? { ...written, status: 'unreachable' } : written;
    },
  };
}

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
          ...closedBucket,
        },
      },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: tlsOnlyPolicy([`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]),
        },
      },
    },
    Outputs: { BucketName: { Value: { Ref: 'Bucket' } } },
  };
}
