/** A piece of work that needs others to be done first. `run` says whether it succeeded. */
export interface Task<Id extends string> {
  id: Id;
  needs: readonly Id[];
  run(): Promise<'done' | 'failed' | 'cancelled'>;
}

export type TaskEnd = 'done' | 'failed' | 'blocked' | 'cancelled';

export interface GraphObserver<Id extends string> {
  /** The task will not run: `need` did not end well. */
  blocked(id: Id, need: Id, end: TaskEnd): void;
  /** The task will not run: the signal was aborted before its turn. */
  cancelled(id: Id): void;
}

/**
 * Runs each task as soon as what it needs is done, side by side where the graph allows. A task that fails blocks only
 * those that need it; everything else goes on. Aborting the signal starts nothing more and waits for what runs.
 */
export async function runGraph<Id extends string>(
  tasks: readonly Task<Id>[],
  observer: GraphObserver<Id>,
  signal: AbortSignal,
): Promise<Map<Id, TaskEnd>> {
  const waiting = new Map(tasks.map((task) => [task.id, task]));
  for (const task of tasks) {
    for (const need of task.needs)
      if (!waiting.has(need)) throw new Error(`${task.id} needs ${need}, which is not there`);
  }
  const running = new Map<Id, Promise<void>>();
  const ends = new Map<Id, TaskEnd>();
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

  const settle = (): boolean => {
    let settled = false;
    for (const task of waiting.values()) {
      const obstacle = task.needs.find((need) => ends.has(need) && ends.get(need) !== 'done');
      const end = obstacle === undefined ? undefined : ends.get(obstacle);
      if (signal.aborted) {
        ends.set(task.id, 'cancelled');
        observer.cancelled(task.id);
      } else if (obstacle !== undefined && end !== undefined) {
        ends.set(task.id, 'blocked');
        observer.blocked(task.id, obstacle, end);
      } else if (task.needs.every((need) => ends.get(need) === 'done')) {
        running.set(
          task.id,
          task.run().then((how) => {
            ends.set(task.id, how);
            running.delete(task.id);
          }),
        );
      } else continue;
      waiting.delete(task.id);
      settled = true;
    }
    return settled;
  };

  for (;;) {
    while (settle()) {}
    if (running.size === 0) break;
    await Promise.race(signal.aborted || waiting.size === 0 ? running.values() : [...running.values(), aborted]);
  }
  if (waiting.size > 0) throw new Error(`these need one another: ${[...waiting.keys()].join(', ')}`);
  return ends;
}
