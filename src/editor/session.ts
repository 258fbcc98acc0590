import type { Blueprint } from '../blueprint/blueprint.ts';
import type { ParsedBlueprint } from '../blueprint/parse.ts';
import type { Problem } from '../blueprint/problem.ts';
import type { HistoryEntry, LiveStack } from '../deployment/live.ts';
import type { DeploymentEvent, DeploymentProgress, DeploymentResult } from '../deployment/progress.ts';
import type { Identity, Target } from '../deployment/target.ts';
import type { Preview, ResourceChange } from '../preview/preview.ts';

/**
 * Everything that the editor asks of the rest of the program. It is loaded on first use, never at activation: behind
 * it stand the parser, the compiler, the engine and the AWS SDK.
 */
export interface Session {
  /** Reads a Blueprint's text. Never throws. */
  parse(text: string, place: BlueprintPlace): ParsedBlueprint;
  /** What a deploy of this Blueprint would do. Needs no credentials and no network. */
  preview(request: PreviewRequest): Promise<PreviewAnswer>;
  /** The line of a change, as the page has it: `+ AWS::DynamoDB::Table (tasks-table)`. */
  lineOf(change: ResourceChange): string;
  /** Who would act at a target. */
  identify(target: Target): Promise<IdentityOutcome>;
  /** What is live at a target now. */
  readLive(request: LiveRequest): Promise<LiveOutcome>;
  /** Deploys and reports each event. Aborting starts no further stack and lets running ones end. */
  deploy(request: DeployRequest, report: (event: DeploymentEvent) => void): Promise<DeployOutcome>;
  /** Before the first event. */
  noProgress: DeploymentProgress;
  reduceProgress(progress: DeploymentProgress, event: DeploymentEvent): DeploymentProgress;
  /** Where what is live answers. */
  addresses(target: Target, stacks: readonly LiveStack[]): Addresses;
  /** Names of the profiles in the user's AWS configuration, as written there. */
  profiles(): Promise<string[]>;
  /** The latest log lines of a function, oldest first. */
  recentLogs(request: LogRequest): Promise<LogOutcome>;
  /** Puts a job into its queue and waits a while for the end of its first attempt. */
  runJob(request: JobRequest): Promise<JobOutcome>;
}

/** Loads the session once. */
export type LoadSession = () => Promise<Session>;

/** Where a Blueprint lies: absolute paths on this machine. */
export interface BlueprintPlace {
  file: string;
  directory: string;
}

export interface PreviewRequest {
  place: BlueprintPlace;
  blueprint: Blueprint;
  /** Of the text; shown with those that compiling finds. */
  problems: readonly Problem[];
  target: Target;
  /** What is live there, when somebody looked: what is gone from the account is shown as to be created again. */
  live?: LiveStack[];
}

export interface PreviewAnswer {
  preview: Preview;
  /** Of every stack that would be deployed; another one means that something else would be. Made when it is asked for. */
  fingerprint(): string;
  /** What every resource is called, by `<layer>/<logical id>`; made when it is asked for. */
  labels(): Record<string, { label: string; source?: string }>;
}

export interface LiveRequest {
  place: BlueprintPlace;
  blueprint: Blueprint;
  target: Target;
}

export interface DeployRequest {
  place: BlueprintPlace;
  /** What the user was shown and said yes to. Anything else is not deployed. */
  agreed: Agreement;
  /** As saved: the history keeps it word for word. */
  text: string;
  blueprint: Blueprint;
  target: Target;
  signal: AbortSignal;
}

/** What a yes to a deployment is about. */
export interface Agreement {
  /** `PreviewAnswer.fingerprint` of the preview in sight. */
  fingerprint: string;
  /** The account that the question named. */
  account: string;
  /** Where calls go when that is not AWS itself, as the question said. */
  endpoint?: string;
}

export type DeployOutcome =
  | {
      kind: 'finished';
      result: DeploymentResult;
      /** Number in the history. */
      deployment: number;
      /** Something to know although the deployment ended as reported: the history could not be written. */
      notice?: Obstacle;
    }
  /** No stack was touched. */
  | { kind: 'obstacle'; obstacle: Obstacle };

/** Addresses without a trailing slash; absent where there is no such stack. */
export interface Addresses {
  api?: string;
  frontend?: string;
}

export interface LogRequest {
  target: Target;
  /** Physical name of the function. */
  functionName: string;
  /** How many lines at most. */
  limit: number;
}

export interface JobRequest {
  target: Target;
  blueprint: Blueprint;
  /** Name in `jobs:`. */
  job: string;
}

/** How the first attempt of a run ended; `open` where it has not, or nobody could see it. */
export type JobEnd =
  | { status: 'done'; seconds: number }
  /** `retryInSeconds` is absent where there is no further attempt. */
  | { status: 'failed'; retryInSeconds?: number }
  | { status: 'open' };

export type JobOutcome = { kind: 'sent'; end: JobEnd } | { kind: 'obstacle'; obstacle: Obstacle };

/** Why something could not be had: what happened, and what to do about it. */
export interface Obstacle {
  /** `no-credentials` and `local-aws-not-running` have a remedy of their own in the editor. */
  code: string;
  message: string;
  hint?: string;
  /** What the service or the system said, in its own words; for the output. */
  cause?: string;
}

export type IdentityOutcome =
  | {
      kind: 'identified';
      identity: Identity /** Where calls really go, when that is not AWS itself. */;
      endpoint?: string;
    }
  | { kind: 'obstacle'; obstacle: Obstacle };

export type LiveOutcome =
  | { kind: 'read'; identity: Identity; stacks: LiveStack[]; lastEntry?: HistoryEntry }
  | { kind: 'obstacle'; obstacle: Obstacle };

export type LogOutcome = { kind: 'read'; lines: LogLine[] } | { kind: 'obstacle'; obstacle: Obstacle };

export interface LogLine {
  /** ISO 8601. */
  at: string;
  stream: string;
  message: string;
}
