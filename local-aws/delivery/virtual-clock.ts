/** Longest delay that a timer of Node takes, in milliseconds. */
const longestTimer = 2_147_483_647;

interface Task {
  at: number;
  run: () => Promise<void>;
}

/**
 * The time by which schedules fire and failed work is tried again. It runs with the real one, and can be moved ahead:
 * what would happen meanwhile happens in its order, each thing after the one before is done. Only delivery goes by it;
 * tokens and stored times keep the real time.
 */
export class VirtualClock {
  #offset = 0;
  readonly #tasks = new Set<Task>();
  readonly #work = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** Runs something at a time, or at once when that is past. The answer takes it back. */
  at(time: number, run: () => Promise<void>): () => void {
    const task: Task = { at: time, run };
    if (!this.#stopped) this.#tasks.add(task);
    this.#arm();
    return () => this.#tasks.delete(task);
  }

  /** Work under way: moving the clock ahead waits for it. */
  track(work: Promise<void>): void {
    this.#work.add(work);
    const done = () => this.#work.delete(work);
    work.then(done, done);
  }

  /** When nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) {
      await Promise.allSettled(this.#work);
      // What was done may begin something in turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Moves the clock ahead; how many tasks ran on the way. */
  async advance(milliseconds: number): Promise<number> {
    let count = 0;
    await this.settled();
    // From when everybody waits: what is still being done takes real time.
    const target = this.now() + milliseconds;
    for (let next = this.#next(); next && next.at <= target && !this.#stopped; next = this.#next()) {
      this.#offset += Math.max(0, next.at - this.now());
      this.#begin(next);
      count += 1;
      await this.settled();
    }
    this.#offset += Math.max(0, target - this.now());
    this.#arm();
    return count;
  }

  stop(): void {
    this.#stopped = true;
    this.#tasks.clear();
    clearTimeout(this.#timer);
  }

  #next(): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) if (first === undefined || task.at < first.at) first = task;
    return first;
  }

  #begin(task: Task): void {
    this.#tasks.delete(task);
    this.track(task.run());
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#next();
    if (next === undefined || this.#stopped) return;
    this.#timer = setTimeout(
      () => {
        for (let due = this.#next(); due && due.at <= this.now(); due = this.#next()) this.#begin(due);
        this.#arm();
      },
      Math.min(longestTimer, Math.max(0, next.at - this.now())),
    );
    // Waiting for tomorrow's schedule is no reason to keep a process alive.
    this.#timer.unref();
  }
}
