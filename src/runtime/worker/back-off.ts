import type { WorkQueue } from './work-queues.ts';

/** Seconds before the second attempt. A job is in no hurry: what made it fail may last for minutes. */
const first = { job: 60, queue: 15 };

/**
 * Seconds before a message that failed at this attempt is tried again: each time four times as long (for a job one, four
 * and sixteen minutes, for a queue fifteen seconds to sixteen minutes). After the last attempt none: the queue moves it to
 * the dead letters when it is looked at next.
 */
export function backOff({ kind, attempts }: Pick<WorkQueue, 'kind' | 'attempts'>, attempt: number): number {
  if (attempt >= attempts) return 0;
  return Math.min(first[kind] * 4 ** (attempt - 1), 3600);
}
