import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../local-aws/clock.ts';

interface Sleeper {
  until: number;
  wake(how: 'elapsed' | 'aborted'): void;
}

/** A clock for the local AWS that moves only when a test says so. */
export class ServiceClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(seconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'> {
    if (signal.aborted) return Promise.resolve('aborted');
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        until: this.#now + seconds * 1000,
        wake: (how) => {
          this.#sleepers.delete(sleeper);
          resolve(how);
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => sleeper.wake('aborted'), { once: true });
    });
  }

  /** Lets everything run that does not wait, then moves time to the next one that does. False when nobody waits. */
  async step(): Promise<boolean> {
    for (let i = 0; i < 5; i++) await turn();
    const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
    if (!next) return false;
    this.#now = Math.max(this.#now, next.until);
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#now) sleeper.wake('elapsed');
    return true;
  }

  /** Until nobody waits any more, or the condition holds. */
  async run(until: () => boolean = () => false): Promise<void> {
    for (let steps = 0; steps < 10_000; steps++) {
      if (until() || !(await this.step())) return;
    }
    throw new Error('The service clock ran 10,000 steps without coming to rest.');
  }
}
