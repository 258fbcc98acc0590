import type { Artifact } from '../stacks/stack.ts';
import type { DeploymentProblem } from './problem.ts';
import type { Identity, Target } from './target.ts';

/**
 * The world as the engine sees it. Every answer is a union: what may happen is in the type, and an exception is a bug
 * or a cancellation. `src/aws` implements these on the AWS SDK, the tests on a stateful fake under a virtual clock.
 */

/** Time. Nothing in the engine reads a clock or sets a timer of its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Why a call gave no answer. `code` is the service's own: ValidationError, AccessDenied. */
export interface Failure {
  status: /** Too many calls: the same call succeeds later. */
    | 'throttled'
    /** No answer, or a server error: whether a write arrived is unknown. */
    | 'unreachable'
    /** Credentials are missing or have expired: sign in, then the same call succeeds. */
    | 'unauthenticated'
    /** The service understood and refuses; the same call fails again. */
    | 'rejected';
  code: string;
  message: string;
}

const failures: readonly string[] = [
  'throttled',
  'unreachable',
  'unauthenticated',
  'rejected',
] satisfies Failure['status'][];

/** Tells a failure from the other outcomes of a call. */
export function isFailure(outcome: { status: string }): outcome is Failure {
  return failures.includes(outcome.status);
}

/** A stack as DescribeStacks tells it. */
export interface StackDescription {
  stackId: string;
  name: string;
  /** CloudFormation's own: CREATE_COMPLETE, UPDATE_ROLLBACK_FAILED. */
  status: string;
  reason?: string;
  /** ISO 8601; the creation until the first update. */
  updatedAt?: string;
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  tags: Record<string, string>;
}

export interface StackEvent {
  eventId: string;
  /** ISO 8601. */
  at: string;
  logicalId: string;
  resourceType: string;
  physicalId?: string;
  status: string;
  reason?: string;
  /** The ClientRequestToken of the operation that caused it. */
  token?: string;
  /** About the stack itself, not about a resource in it. */
  root: boolean;
}

export interface StackResource {
  logicalId: string;
  type: string;
  physicalId?: string;
  status: string;
  reason?: string;
}

/** What is asked of CloudFormation for one stack. */
export interface StackRequest {
  name: string;
  template: { url: string } | { body: string };
  parameters: Record<string, string>;
  /** The same on every deployment: a tag that changes would update every resource of the stack. */
  tags: Record<string, string>;
  /** ClientRequestToken: the same call sent twice is one operation. */
  token: string;
  /** On failure: undo the whole operation, or keep what succeeded so that the next update resumes from it. */
  onFailure: 'rollback' | 'keep';
}

export type SubmitOutcome =
  | { status: 'submitted'; stackId: string }
  /** Template and parameters are what the stack has already. */
  | { status: 'no-updates' }
  /** A create for a name that is taken. */
  | { status: 'already-exists' }
  /** An update for a stack that is gone. */
  | { status: 'absent' }
  /** Another operation runs on the stack. */
  | { status: 'busy'; message: string }
  | Failure;

export interface CloudFormation {
  createStack(request: StackRequest): Promise<SubmitOutcome>;
  updateStack(request: StackRequest): Promise<SubmitOutcome>;
  /** Retained resources stay. A stack that is gone counts as submitted. */
  deleteStack(
    stackId: string,
    token: string,
  ): Promise<{ status: 'submitted' } | { status: 'busy'; message: string } | Failure>;
  /** By name, or by id (the only way to a deleted stack). */
  describeStack(
    nameOrId: string,
  ): Promise<{ status: 'found'; stack: StackDescription } | { status: 'absent' } | Failure>;
  /** Those of the named stacks that exist, in as few calls as it takes. Deleted ones are left out. */
  describeStacks(names: readonly string[]): Promise<{ status: 'found'; stacks: StackDescription[] } | Failure>;
  /** What the operation with this token has reported after the event `after`, oldest first, each event once. */
  events(stackId: string, token: string, after?: string): Promise<{ status: 'found'; events: StackEvent[] } | Failure>;
  resources(stackId: string): Promise<{ status: 'found'; resources: StackResource[] } | { status: 'absent' } | Failure>;
  /** The template's text as it was submitted. */
  getTemplate(nameOrId: string): Promise<{ status: 'found'; body: string } | { status: 'absent' } | Failure>;
}

/** Objects in one bucket of the user's. A bucket that belongs to another account is refused, not used. */
export interface ObjectStore {
  readonly bucket: string;
  /** Where CloudFormation reads an object: an https address without credentials. */
  url(key: string): string;
  /** Writes where nothing is. Of two at once, one gets `exists`. */
  putIfAbsent(key: string, body: Uint8Array, contentType: string): Promise<WriteOutcome | { status: 'exists' }>;
  /** Writes over the version that was read. `changed` when somebody else was faster. */
  putIfMatch(
    key: string,
    body: Uint8Array,
    contentType: string,
    etag: string,
  ): Promise<WriteOutcome | { status: 'changed' }>;
  get(key: string): Promise<{ status: 'found'; body: Uint8Array; etag: string } | { status: 'absent' } | Failure>;
  head(key: string): Promise<{ status: 'found'; etag: string; size: number } | { status: 'absent' } | Failure>;
  /** Every key under a prefix, in ascending order. */
  list(prefix: string): Promise<{ status: 'found'; keys: string[] } | { status: 'no-bucket' } | Failure>;
}

export type WriteOutcome = { status: 'written'; etag: string } | Failure;

/** An Amplify branch without a repository: content is a zip that is uploaded. */
export interface FrontendBranch {
  appId: string;
  branch: string;
}

export interface Frontend {
  /** Uploads a zip and starts publishing it. `busy` while another job of the branch runs: there is one at a time. */
  start(
    target: FrontendBranch,
    zip: Uint8Array,
  ): Promise<{ status: 'started'; jobId: string } | { status: 'busy'; message: string } | Failure>;
  job(
    target: FrontendBranch,
    jobId: string,
  ): Promise<{ status: 'running' } | { status: 'succeeded' } | { status: 'failed'; reason: string } | Failure>;
}

export interface IdentitySource {
  whoAmI(): Promise<{ status: 'found'; identity: Identity } | Failure>;
}

/** Settings of the whole account and region. */
export interface AccountSettings {
  /** Whether API Gateway may write to CloudWatch Logs; a stage with an access log cannot be made before. */
  apiGatewayLogs(): Promise<{ status: 'found'; enabled: boolean } | Failure>;
}

/** Work queues. */
export interface Queues {
  /** Puts a message into the queue with this URL; `group` for a FIFO queue. */
  send(url: string, body: string, group?: string): Promise<{ status: 'sent'; messageId: string } | Failure>;
}

/** What functions have logged. */
export interface Logs {
  /** The lines of a function, by its physical name, that hold a text; from a time on, in milliseconds since 1970. */
  since(
    functionName: string,
    startTime: number,
    text: string,
  ): Promise<{ status: 'found'; messages: string[] } | Failure>;
}

/** Users of a deployed user pool, and the groups (roles) that they are in. Named by the pool's id. */
export interface Users {
  find(
    pool: string,
    email: string,
  ): Promise<{ status: 'found'; user: { name: string; tenant?: string } } | { status: 'absent' } | Failure>;
  groups(pool: string, user: string): Promise<{ status: 'found'; names: string[] } | Failure>;
  /** Done also where the user was in it already. */
  addToGroup(pool: string, user: string, group: string): Promise<{ status: 'done' } | { status: 'no-group' } | Failure>;
  removeFromGroup(
    pool: string,
    user: string,
    group: string,
  ): Promise<{ status: 'done' } | { status: 'no-group' } | Failure>;
}

/** Makes the zip of an artifact. Asked only for what is not in the bucket yet. */
export interface ArtifactSource {
  build(artifact: Artifact): Promise<BuildOutcome>;
}

/** What a deployed frontend is told about its backend: `backdrift.json` in its root. */
export interface FrontendConfig {
  project: string;
  environment: string;
  region: string;
  apiUrl?: string;
  auth?: { userPoolId: string; clientId: string };
}

/** Makes the zip of the frontend, `backdrift.json` included. The same files give the same bytes. */
export interface FrontendSource {
  zip(config: FrontendConfig): Promise<BuildOutcome>;
}

export type BuildOutcome = { status: 'built'; bytes: Uint8Array } | { status: 'failed'; problem: DeploymentProblem };

/** An account and region that answered, with everything that the engine does there. */
export interface Connection {
  target: Target;
  identity: Identity;
  /** Where calls really go, when that is not AWS itself. Shown wherever the account is shown. */
  endpoint?: string;
  cloudFormation: CloudFormation;
  /** The bucket need not exist yet. */
  bucket(name: string): ObjectStore;
  frontend: Frontend;
  settings: AccountSettings;
  queues: Queues;
  logs: Logs;
  users: Users;
  /** Ends idle connections, so that a process can exit. */
  close(): void;
}
