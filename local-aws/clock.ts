/** Time as the emulated service sees it. A port, so that tests run minutes of service time in no time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits `seconds` of service time. Comes back early, and says so, when the signal aborts. */
  sleep(seconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'>;
}

/** A clock whose service time runs at `scale` seconds of real time a second: 1 lifelike, 0 instant, 0.1 ten times as fast. */
export interface ScaledClock extends Clock {
  readonly scale: number;
  /** Takes effect at once, for those who already wait as well. */
  setScale(scale: number): void;
}

interface Sleeper {
  remaining: number;
  startedAt: number;
  timer: NodeJS.Timeout;
  wake(): void;
}

/** The real clock under a time scale. */
export function createScaledClock(initialScale: number): ScaledClock {
  let scale = initialScale;
  const sleepers = new Set<Sleeper>();
  const schedule = (sleeper: Sleeper) => {
    sleeper.startedAt = performance.now();
    sleeper.timer = setTimeout(sleeper.wake, sleeper.remaining * scale * 1000);
  };
  return {
    get scale() {
      return scale;
    },
    now: () => Date.now(),
    setScale(next) {
      for (const sleeper of sleepers) {
        clearTimeout(sleeper.timer);
        const slept = (performance.now() - sleeper.startedAt) / 1000;
        sleeper.remaining = scale === 0 ? 0 : Math.max(0, sleeper.remaining - slept / scale);
      }
      scale = next;
      for (const sleeper of sleepers) schedule(sleeper);
    },
    sleep(seconds, signal) {
      if (signal.aborted) return Promise.resolve('aborted');
      if (scale === 0 || seconds <= 0) {
        // Through the event loop all the same, so that requests are answered between two steps of an operation.
        return new Promise((resolve) => setImmediate(() => resolve('elapsed')));
      }
      return new Promise((resolve) => {
        const end = (how: 'elapsed' | 'aborted') => {
          clearTimeout(sleeper.timer);
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', onAbort);
          resolve(how);
        };
        const onAbort = () => end('aborted');
        const sleeper: Sleeper = {
          remaining: seconds,
          startedAt: 0,
          timer: setTimeout(() => {}, 0),
          wake: () => end('elapsed'),
        };
        clearTimeout(sleeper.timer);
        sleepers.add(sleeper);
        signal.addEventListener('abort', onAbort, { once: true });
        schedule(sleeper);
      });
    },
  };
}
