import type { Layer } from '../stacks/stack.ts';
import type { Clock, StackDescription } from './ports.ts';
import type { DeploymentEvent } from './progress.ts';
import { type Idle, waitUntilIdle } from './wait.ts';
import { type Operation, type OperationEnd, type WatchHooks, type WatchParts, watchOperation } from './watch.ts';

/** What all stacks of one deployment share. */
export interface StackSurroundings extends WatchParts {
  /** Its number in the history. */
  deployment: number;
  project: string;
  environment: string;
  report(event: DeploymentEvent): void;
  /** Stacks that still delete what their update has made superfluous; the deployment ends when they have. */
  cleaning: Promise<void>[];
}

export type StackOutcome =
  | { status: 'complete' | 'unchanged'; stack: StackDescription }
  | { status: 'failed'; reason: string }
  | { status: 'cancelled'; reason: string };

/** Follows an operation on a layer's stack and reports what it does. */
export async function watchStack(around: StackSurroundings, layer: Layer, operation: Operation): Promise<OperationEnd> {
  const hooks: WatchHooks = {
    event(event, rollback) {
      if (event.root) {
        log(around, 'debug', `${layer}: ${event.status}${event.reason === undefined ? '' : ` (${event.reason})`}`);
        return;
      }
      around.report({
        type: 'resource',
        at: event.at,
        layer,
        eventId: event.eventId,
        logicalId: event.logicalId,
        resourceType: event.resourceType,
        ...(event.physicalId === undefined ? {} : { physicalId: event.physicalId }),
        status: event.status,
        ...(event.reason === undefined ? {} : { reason: event.reason }),
        ...(rollback ? { rollback: true as const } : {}),
      });
    },
    refused: (message: string) => log(around, 'warn', `${layer}: ${message}`),
  };
  const end = await watchOperation(around, operation, hooks);
  if (end.status === 'complete' && end.cleaning !== undefined) around.cleaning.push(end.cleaning);
  return end;
}

/** Somebody else's operation: not watched in detail, only waited for. */
export async function waitForOther(around: StackSurroundings, layer: Layer, live: StackDescription): Promise<Idle> {
  const show = (status: 'waiting' | 'running', reason?: string) =>
    around.report({
      type: 'stack',
      at: isoTime(around.clock),
      layer,
      status,
      ...(reason === undefined ? {} : { reason }),
    });
  show('waiting', `Another operation runs on ${live.name} (${live.status}).`);
  const idle = await waitUntilIdle(around.cloudFormation, around.clock, live.stackId, around.signal);
  show('running');
  return idle;
}

export function log(around: StackSurroundings, level: 'debug' | 'warn', message: string): void {
  around.report({ type: 'log', at: isoTime(around.clock), level, message });
}

/** ISO 8601, as events carry it. */
export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
