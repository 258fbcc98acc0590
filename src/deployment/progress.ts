import type { Layer } from '../stacks/stack.ts';

/**
 * What the engine reports while it works. One stream; tree, panel, status bar, notification, log and terminal are
 * renderers of the state that `reduceProgress` makes of it. Plain JSON. `at` is ISO 8601.
 */
export type DeploymentEvent =
  | {
      type: 'started';
      at: string;
      environment: string;
      region: string;
      account: string;
      /** In the order of `layers`. `planned`: resources that are created, changed or deleted. */
      stacks: { layer: Layer; name: string; planned: number; action: StackAction }[];
    }
  /** The deployment has its number in the history; follows `started` before any stack is touched. */
  | { type: 'numbered'; at: string; deployment: number }
  /** Creating the bucket, uploading code (3 of 12). */
  | { type: 'preparing'; at: string; message: string }
  | {
      type: 'stack';
      at: string;
      layer: Layer;
      status: StackProgressStatus;
      /** Why, for failed, blocked, cancelled and waiting. */
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
      /** The stack is being put back to where it was: shown, not counted. */
      rollback?: true;
    }
  | { type: 'log'; at: string; level: 'debug' | 'info' | 'warn' | 'error'; message: string }
  | { type: 'finished'; at: string; result: DeploymentResult };

/** What a deployment means to do with a stack. `none` while only its parameters could still change. */
export type StackAction = 'create' | 'update' | 'delete' | 'none';

export type StackProgressStatus =
  /** Waits for the layers that it needs, or for somebody else's operation. */
  | 'waiting'
  | 'running'
  | 'complete'
  /** Nothing to do. */
  | 'unchanged'
  | 'failed'
  /** A layer that it needs failed. */
  | 'blocked'
  | 'cancelled';

/** `partial`: some stacks are as wanted, others are not. */
export type DeploymentResult = 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** Where a deployment stands, for one stack. `done` counts distinct logical ids and never falls. */
export interface StackProgress {
  layer: Layer;
  name: string;
  action: StackAction;
  status: StackProgressStatus;
  reason?: string;
  /** Never below `done`. */
  planned: number;
  done: number;
  /** By logical id. `done` once it was complete in this deployment, whatever happened to it afterwards. */
  resources: Record<string, { type: string; status: string; physicalId?: string; reason?: string; done?: true }>;
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

/** Before the first event. */
export const noProgress: DeploymentProgress = { environment: '', region: '', account: '', stacks: [] };

/** The state after an event. Pure; an event that is told twice changes nothing the second time. */
export function reduceProgress(state: DeploymentProgress, event: DeploymentEvent): DeploymentProgress {
  switch (event.type) {
    case 'started':
      return {
        environment: event.environment,
        region: event.region,
        account: event.account,
        stacks: event.stacks.map((stack) => ({ ...stack, status: 'waiting', done: 0, resources: {} })),
      };
    case 'numbered':
      return { ...state, deployment: event.deployment };
    case 'preparing':
      return { ...state, message: event.message };
    case 'stack': {
      const { message: _, ...rest } = state;
      return { ...rest, stacks: changeStack(state.stacks, event.layer, (stack) => withStatus(stack, event)) };
    }
    case 'resource':
      return { ...state, stacks: changeStack(state.stacks, event.layer, (stack) => withResource(stack, event)) };
    case 'finished': {
      const { message: _, ...rest } = state;
      return { ...rest, result: event.result, stacks: rest.stacks.map(settled) };
    }
    case 'log':
      return state;
  }
}

function changeStack(stacks: StackProgress[], layer: Layer, change: (stack: StackProgress) => StackProgress) {
  return stacks.map((stack) => (stack.layer === layer ? change(stack) : stack));
}

function withStatus(stack: StackProgress, event: Extract<DeploymentEvent, { type: 'stack' }>): StackProgress {
  const { reason: _, ...rest } = stack;
  return {
    ...rest,
    status: event.status,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
}

/**
 * CloudFormation may find that a planned resource needs nothing; at the end the plan is what was done. Not before: a
 * stack that is complete still deletes what it no longer needs.
 */
function settled(stack: StackProgress): StackProgress {
  return stack.status === 'complete' || stack.status === 'unchanged' ? { ...stack, planned: stack.done } : stack;
}

function withResource(stack: StackProgress, event: Extract<DeploymentEvent, { type: 'resource' }>): StackProgress {
  const before = Object.hasOwn(stack.resources, event.logicalId) ? stack.resources[event.logicalId] : undefined;
  // Skipped: the template has it no more and it stays in the account, as it should.
  const ended = event.status.endsWith('_COMPLETE') || event.status === 'DELETE_SKIPPED';
  const done = before?.done || (!event.rollback && ended);
  const resources = {
    ...stack.resources,
    [event.logicalId]: {
      type: event.resourceType,
      status: event.status,
      ...(event.physicalId === undefined ? {} : { physicalId: event.physicalId }),
      ...(event.reason === undefined ? {} : { reason: event.reason }),
      ...(done ? { done: true as const } : {}),
    },
  };
  const all = Object.values(resources);
  return {
    ...stack,
    resources,
    done: all.filter((resource) => resource.done).length,
    planned: Math.max(stack.planned, all.length),
  };
}
