import type { LogLine } from '../log/line.ts';
import type { UserHandler } from '../user-handler.ts';
import { backOff } from './back-off.ts';
import { type Delivery, deliveriesOf, jobRun, queueMessage } from './message.ts';
import { nameIn, type WorkQueue } from './work-queues.ts';

export interface WorkerParts {
  /** By the queue's name in AWS. Throws `Misconfigured` where the function was deployed without it. */
  queues(): ReadonlyMap<string, WorkQueue>;
  handler: UserHandler;
  /** Hides a message that failed for so many seconds: until it is tried again. */
  hide(delivery: Delivery, seconds: number): Promise<void>;
  log(line: LogLine): void;
  /** Says what the user's code has thrown, as Lambda itself would. */
  complain(error: unknown): void;
  /** Milliseconds that only grow. */
  ticks(): number;
}

/** Which messages of a batch failed, as Lambda wants to know it. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * The handler around a user's function that queues feed: the function is called for each message by itself, with
 * `QueueMessage` or `JobRun`. What it throws is the failure of that message alone: it comes back after a while that grows
 * with every attempt, and the others are done. Messages of a FIFO group keep their order: after one that failed, the rest
 * of its group waits. What no queue sent goes to the function as it is.
 */
export function worker(parts: WorkerParts): UserHandler {
  return (event, context) => {
    const deliveries = deliveriesOf(event);
    const [first] = deliveries ?? [];
    if (deliveries === undefined || first === undefined) return parts.handler(event, context);
    const queue = parts.queues().get(nameIn(first.queueArn));
    // A queue that somebody connected by hand: the function knows what to do with its batches.
    if (queue === undefined) return parts.handler(event, context);
    return work(deliveries, queue, context, parts);
  };
}

async function work(
  deliveries: readonly Delivery[],
  queue: WorkQueue,
  context: unknown,
  parts: WorkerParts,
): Promise<BatchResponse> {
  // What is in no order is worked on at the same time, so that a slow message does not use up the time of the others.
  const lanes = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const lane = delivery.group === undefined ? `message ${delivery.id}` : `group ${delivery.group}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), delivery]);
  }
  const failed = await Promise.all([...lanes.values()].map((lane) => inOrder(lane, queue, context, parts)));
  return { batchItemFailures: failed.flat().map(({ id }) => ({ itemIdentifier: id })) };
}

/** One after the other up to the first that fails; gives that one and all behind it. */
async function inOrder(
  lane: readonly Delivery[],
  queue: WorkQueue,
  context: unknown,
  parts: WorkerParts,
): Promise<Delivery[]> {
  for (const [at, delivery] of lane.entries()) {
    if (await succeeds(delivery, queue, context, parts)) continue;
    const failed = lane.slice(at);
    const seconds = backOff(queue, delivery.attempt);
    // The whole rest for as long: a group stands still while any message of it is hidden.
    await Promise.all(failed.map((one) => hide(one, seconds, parts)));
    return failed;
  }
  return [];
}

async function succeeds(delivery: Delivery, queue: WorkQueue, context: unknown, parts: WorkerParts): Promise<boolean> {
  const began = parts.ticks();
  const { kind, name, attempts } = queue;
  const message = kind === 'job' ? jobRun(name, delivery) : queueMessage(name, delivery);
  const line = (outcome: 'done' | 'failed'): LogLine => ({
    level: outcome === 'done' ? 'info' : 'error',
    event: kind === 'job' ? 'job' : 'message',
    [kind]: name,
    id: message.id,
    attempt: delivery.attempt,
    outcome,
    duration_ms: Math.round(parts.ticks() - began),
  });
  try {
    await parts.handler(message, context);
    parts.log(line('done'));
    return true;
  } catch (error) {
    parts.complain(error);
    const last = delivery.attempt >= attempts;
    parts.log({
      ...line('failed'),
      ...(last ? { dead_letter: true } : { retry_in_s: backOff(queue, delivery.attempt) }),
    });
    return false;
  }
}

/** A message that cannot be hidden comes back all the same, when the queue's visibility timeout is over. */
async function hide(delivery: Delivery, seconds: number, { hide: ask, log, complain }: WorkerParts): Promise<void> {
  try {
    await ask(delivery, seconds);
  } catch (error) {
    complain(error);
    log({ level: 'error', event: 'back-off', id: delivery.id, outcome: 'failed' });
  }
}
