import type { Blueprint } from '../blueprint/blueprint.ts';
import { kebabCase } from '../blueprint/naming.ts';
import { literal, sub } from './layer.ts';
import { pascal } from './names.ts';
import type { TemplateValue } from './template.ts';

/** A queue that feeds one function: of a job (filled by its schedule) or of `queues:`. */
export interface WorkQueue {
  kind: 'job' | 'queue';
  name: string;
  /** Logical id of the queue; of its dead-letter queue with `DeadLetters` after it. */
  id: string;
  deadLettersId: string;
  /** What it is called in a preview: `archive-job`, `emails-queue`. */
  label: string;
  /** The function that receives the messages. */
  function: string;
  fifo: boolean;
  /** How often a message is delivered before it counts as dead. */
  maxReceiveCount: number;
  /** How many messages the function gets at once. */
  batchSize: number;
  source: string;
}

/** Every work queue of a Blueprint, jobs first. */
export function workQueues(blueprint: Blueprint): WorkQueue[] {
  return [
    // A sequential job has a FIFO queue with one message group: Lambda never runs two messages of a group at once.
    // (MaximumConcurrency of an event source cannot be less than 2.) Three retries are four attempts.
    ...blueprint.jobs.map((job) => workQueue('job', job.name, job.function, job.sequential, 4, 1)),
    // Of a batch of one FIFO group, what stands behind a message that fails is counted as received each time, too, and
    // would go to the dead letters without ever having been tried: there, one message at a time.
    ...blueprint.queues.map((queue) =>
      workQueue('queue', queue.name, queue.function, queue.fifo, 5, queue.fifo ? 1 : 10),
    ),
  ];
}

function workQueue(
  kind: WorkQueue['kind'],
  name: string,
  target: string,
  fifo: boolean,
  maxReceiveCount: number,
  batchSize: number,
): WorkQueue {
  const id = pascal(name) + (kind === 'job' ? 'Job' : 'Queue');
  return {
    kind,
    name,
    id,
    deadLettersId: `${id}DeadLetters`,
    label: `${kebabCase(name)}-${kind}`,
    function: target,
    fifo,
    maxReceiveCount,
    batchSize,
    source: `${kind}s.${name}`,
  };
}

/**
 * The environment variable of a function that queues feed: JSON from the name of a queue in AWS to what it is in the
 * Blueprint and how often a message is tried. The code around the function tells messages and runs of jobs apart by it.
 */
export const workQueuesVariable = 'WORK_QUEUES';

export function workQueuesText(queues: readonly WorkQueue[]): TemplateValue {
  const entries = queues.map((queue) => {
    const described = { [queue.kind]: queue.name, attempts: queue.maxReceiveCount };
    return `"\${${nameParameter(queue.id)}}":${literal(JSON.stringify(described))}`;
  });
  return sub(`{${entries.join(',')}}`);
}

/** The queue for what a schedule could not deliver to its job's queue. Not FIFO: EventBridge cannot use one for that. */
export const undeliveredId = 'UndeliveredSchedules';

/** The output, and parameter in other stacks, with a queue's name. */
export function nameParameter(queueId: string): string {
  return `${queueId}Name`;
}

/** The output, and parameter in other stacks, with a queue's address. */
export function urlParameter(queueId: string): string {
  return `${queueId}Url`;
}
