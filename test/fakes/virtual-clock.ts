import type { Clock } from '../../src/deployment/ports.ts';

interface Sleeper {
  wake: number;
  order: number;
  resolve(): void;
}

/** Time that passes only when everybody waits: hours of a deployment in milliseconds of a test. */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #order = 0;
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!(milliseconds >= 0 && milliseconds < 1e9)) throw new RangeError(`cannot sleep for ${milliseconds} ms`);
    return new Promise((resolve, reject) => {
      const sleeper = { wake: this.#now + milliseconds, order: this.#order++, resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass until the work is done. */
  async run<T>(work: Promise<T>, limit = 24 * 3_600_000): Promise<T> {
    const end = this.#now + limit;
    let settled = false;
    const done = work.finally(() => {
      settled = true;
    });
    done.catch(() => {});
    for (;;) {
      // Every continuation that can run has run when the event loop comes round.
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return done;
      const next = this.#sleepers.sort((a, b) => a.wake - b.wake || a.order - b.order).shift();
      if (next === undefined) throw new Error('everybody waits and nobody sleeps: a deadlock');
      if (next.wake > end) throw new Error(`not done after ${limit / 1000} virtual seconds`);
      this.#now = Math.max(this.#now, next.wake);
      next.resolve();
    }
  }
}
