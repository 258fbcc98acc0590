import type { Layer } from '../stacks/stack.ts';

/** A stack as CloudFormation reports it now. */
export interface LiveStack {
  layer: Layer;
  name: string;
  stackId: string;
  /** CloudFormation's own status: CREATE_COMPLETE, UPDATE_ROLLBACK_FAILED. */
  status: string;
  reason?: string;
  updatedAt?: string;
  outputs: Record<string, string>;
  resources: LiveResource[];
}

export interface LiveResource {
  logicalId: string;
  type: string;
  physicalId?: string;
  status: string;
  reason?: string;
}

/** A numbered entry of the append-only deployment history. */
export interface HistoryEntry {
  schema: 1;
  /** 1, 2, 3 … per project and environment. */
  number: number;
  kind: 'deploy' | 'continue' | 'rollback' | 'destroy';
  project: string;
  environment: string;
  account: string;
  region: string;
  actor: { arn: string; host: string };
  startedAt: string;
  endedAt?: string;
  /** `running` while it runs, and for ever when the deploying process was killed. */
  status: 'running' | 'succeeded' | 'partial' | 'failed' | 'cancelled';
  /** Key of the Blueprint's text in the bucket, and its SHA-256. */
  blueprint: { key: string; sha256: string };
  stacks: Partial<Record<Layer, HistoryStack>>;
  /** Layers that were in the account and no longer in the Blueprint: their stacks were deleted. */
  removed?: Partial<Record<Layer, RemovedStack>>;
  /** Key of the frontend's zip in the bucket. */
  frontend?: {
    key: string;
    sha256: string;
    jobId?: string;
    result: 'complete' | 'unchanged' | 'failed';
    reason?: string;
  };
}

export interface HistoryStack {
  name: string;
  /** Key of the template in the bucket, and its SHA-256. */
  template: { key: string; sha256: string };
  /** As resolved at the time. No secret is ever a parameter. */
  parameters: Record<string, string>;
  artifacts: string[];
  /** `pending` in the entry of a deployment that runs, or was killed. */
  result: StackResult;
  reason?: string;
}

export interface RemovedStack {
  name: string;
  result: StackResult;
  reason?: string;
}

export type StackResult = 'pending' | 'complete' | 'unchanged' | 'failed' | 'blocked' | 'cancelled';
