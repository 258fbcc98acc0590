import { setMaxListeners } from 'node:events';
import { type Engine, OperationAbandoned } from './engine.ts';
import { type OperationRecord, type OperationType, stackType } from './events.ts';
import { withoutSecrets } from './no-echo.ts';
import type { ResourceInstance, RunningOperation, Stack } from './stack.ts';
import { mayFollow, type ResourceStatus, type StackStatus } from './stack-status.ts';

/** One operation at work on one stack. */
export interface Work {
  readonly engine: Engine;
  readonly stack: Stack;
  readonly operation: RunningOperation;
  /** The operation that this one cut short. It has still to end. */
  readonly predecessor?: Promise<void>;
}

/**
 * Starts an operation and returns while it goes on. Whatever it throws is a bug of this engine, except being abandoned.
 * @param run The operation itself, from its first status on. Runs at once up to its first wait.
 */
export function startOperation(
  engine: Engine,
  stack: Stack,
  type: OperationType,
  clientRequestToken: string | undefined,
  run: (work: Work) => Promise<void>,
): OperationRecord {
  const previous = stack.running;
  if (previous) {
    previous.superseded = true;
    previous.cancel.abort();
  }
  const record = newRecord(engine, stack, type, clientRequestToken);
  let settle: () => void = () => {};
  const operation: RunningOperation = {
    record,
    cancel: canceller(),
    superseded: false,
    finished: new Promise((resolve) => {
      settle = resolve;
    }),
  };
  stack.running = operation;
  const abandon = () => stack.running?.cancel.abort();
  engine.shutdown.addEventListener('abort', abandon, { once: true });
  const work: Work = { engine, stack, operation, ...(previous && { predecessor: previous.finished }) };
  run(work)
    .catch((error: unknown) => {
      if (error instanceof OperationAbandoned) return;
      engine.log(`CloudFormation: the operation ${type} on ${stack.name} ended in a bug: ${describe(error)}`);
    })
    .finally(() => {
      engine.shutdown.removeEventListener('abort', abandon);
      if (stack.running?.finished === operation.finished) stack.running = undefined;
      settle();
    });
  return record;
}

/** Every resource under way listens to it: many are no leak. */
function canceller(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function newRecord(
  engine: Engine,
  stack: Stack,
  type: OperationType,
  clientRequestToken: string | undefined,
): OperationRecord {
  const record: OperationRecord = {
    id: engine.uuid(),
    type,
    clientRequestToken,
    startedAt: engine.clock.now(),
    status: 'IN_PROGRESS',
  };
  stack.operations.push(record);
  return record;
}

/** The automatic rollback within a failed operation: an operation of its own, under the same client token. */
export function asRollback(work: Work): Work {
  const { engine, stack, operation } = work;
  finish(work, 'FAILED');
  const rollback: RunningOperation = {
    ...operation,
    record: newRecord(engine, stack, 'ROLLBACK', operation.record.clientRequestToken),
    // What was cancelled is undone with a fresh signal, which nothing but a new operation or a shutdown aborts.
    cancel: canceller(),
  };
  stack.running = rollback;
  return { engine, stack, operation: rollback };
}

/** Writes the outcome into the operation's record. */
export function finish(work: Work, status: 'SUCCEEDED' | 'FAILED'): void {
  work.operation.record.status = status;
  work.operation.record.endedAt = work.engine.clock.now();
}

/** Throws when the engine was reset, so that nothing is done to services that no longer know the stack. */
export function checkNotAbandoned(work: Work): void {
  if (work.engine.shutdown.aborted) throw new OperationAbandoned();
}

/**
 * Moves the stack to a status, and records the event.
 * @throws Error when the status may not follow the present one: a bug in an operation.
 */
export function moveTo(work: Work, status: StackStatus, reason?: string): void {
  const { stack } = work;
  checkNotAbandoned(work);
  if (!mayFollow(stack.status, status)) {
    throw new Error(`Stack ${stack.name} cannot go from ${stack.status} to ${status}.`);
  }
  stack.status = status;
  stack.statusReason = reason;
  record(work, { logicalId: stack.name, physicalId: stack.id, resourceType: stackType, status, reason });
}

/** Records what happens to a resource. Does not change the stack's list of resources: keep() does. */
export function recordResource(
  work: Work,
  instance: Pick<ResourceInstance, 'logicalId' | 'type' | 'physicalId' | 'properties'>,
  status: ResourceStatus,
  reason?: string,
  validationPath?: string,
): void {
  const { stack } = work;
  record(work, {
    logicalId: instance.logicalId,
    physicalId: instance.physicalId ?? '',
    resourceType: instance.type,
    status,
    reason,
    properties: JSON.stringify(
      withoutSecrets({ ...instance.properties }, stack.parameters, stack.stable?.parameters ?? new Map()),
    ),
    validationPath,
  });
}

function record(
  work: Work,
  event: {
    logicalId: string;
    physicalId: string;
    resourceType: string;
    status: ResourceStatus | StackStatus;
    reason?: string | undefined;
    properties?: string;
    validationPath?: string | undefined;
  },
): void {
  const { engine, stack, operation } = work;
  // Strictly rising within a stack, so that the order is in the events themselves and no two share an id.
  const timestamp = Math.max(engine.clock.now(), (stack.events.at(-1)?.timestamp ?? 0) + 1);
  stack.events.push({
    ...event,
    eventId:
      event.resourceType === stackType
        ? engine.uuid()
        : `${event.logicalId}-${event.status}-${new Date(timestamp).toISOString()}`,
    operationId: operation.record.id,
    operationType: operation.record.type,
    clientRequestToken: operation.record.clientRequestToken,
    timestamp,
  });
}

/** Puts a resource into the stack as it is now. */
export function keep(work: Work, instance: ResourceInstance): ResourceInstance {
  const kept = { ...instance, updatedAt: work.engine.clock.now() };
  work.stack.resources.set(instance.logicalId, kept);
  return kept;
}

/** Waits service time; 'aborted' when the operation is cancelled meanwhile. */
export async function wait(work: Work, seconds: number): Promise<'elapsed' | 'aborted'> {
  const how = await work.engine.clock.sleep(seconds, work.operation.cancel.signal);
  checkNotAbandoned(work);
  return how;
}
