import { isObject, own, ownText, parseJson } from '../json.ts';
import { Misconfigured } from '../misconfigured.ts';

/** A queue that feeds the function, as the Blueprint knows it. */
export interface WorkQueue {
  kind: 'job' | 'queue';
  /** Name in `jobs:` or `queues:`. */
  name: string;
  /** How often a message is tried before it goes to the dead letters. */
  attempts: number;
}

/** `WORK_QUEUES`: JSON from the name of a queue in AWS to `{"job" or "queue": name, "attempts": n}`. */
export function workQueues(text: string | undefined): ReadonlyMap<string, WorkQueue> {
  if (text === undefined || text === '') return new Map();
  const given = parseJson(text);
  if (!isObject(given)) throw new Misconfigured('WORK_QUEUES is not a JSON object');
  return new Map(
    Object.entries(given).map(([name, described]) => {
      const [job, queue] = [ownText(described, 'job'), ownText(described, 'queue')];
      const attempts = own(described, 'attempts');
      if ((job === undefined) === (queue === undefined) || typeof attempts !== 'number')
        throw new Misconfigured('WORK_QUEUES describes a queue that is neither of a job nor of queues');
      return [name, { kind: job === undefined ? 'queue' : 'job', name: job ?? queue ?? '', attempts }];
    }),
  );
}

/** The queue's name at the end of its ARN. */
export function nameIn(queueArn: string): string {
  return queueArn.slice(queueArn.lastIndexOf(':') + 1);
}
