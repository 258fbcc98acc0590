import type { Layer } from '../stacks/stack.ts';

/**
 * What the engine reports while it works. One stream; tree, panel, status bar, notification, log and terminal are
 * renderers of the state that `reduceProgress` makes of it. Plain JSON.
 */
export type DeploymentEvent =
  | {
      type: 'started';
      deployment: number;
      at: string;
      environment: string;
      region: string;
      account: string;
      stacks: { layer: Layer; name: string; planned: number }[];
    }
  | { type: 'preparing'; at: string /** Uploading templates, uploading code (3 of 12). */; message: string }
  | {
      type: 'stack';
      at: string;
      layer: Layer;
      status: StackProgressStatus /** Why, for failed, blocked and skipped. */;
      reason?: string;
    }
  | {
      type: 'resource';
      at: string;
      layer: Layer;
      eventId: string;
      logicalId: string;
      resourceType: string;
      physicalId?: string;
      status: string;
      reason?: string;
    }
  | { type: 'log'; at: string; level: 'debug' | 'info' | 'warn' | 'error'; message: string }
  | { type: 'finished'; at: string; result: DeploymentResult };

export type StackProgressStatus =
  /** Waits for the layers that it needs. */
  | 'waiting'
  | 'running'
  | 'complete'
  /** Nothing to do. */
  | 'unchanged'
  | 'failed'
  /** A layer that it needs failed. */
  | 'blocked'
  | 'cancelled';

export type DeploymentResult = 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** Where a deployment stands, for one stack. `done` counts distinct logical ids and never falls. */
export interface StackProgress {
  layer: Layer;
  name: string;
  status: StackProgressStatus;
  reason?: string;
  planned: number;
  done: number;
  resources: Record<string, { type: string; status: string; physicalId?: string; reason?: string }>;
}

export interface DeploymentProgress {
  deployment?: number;
  environment: string;
  region: string;
  account: string;
  message?: string;
  stacks: StackProgress[];
  result?: DeploymentResult;
}
