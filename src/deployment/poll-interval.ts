/** What is known of an operation when the next waiting time is chosen. Times in milliseconds. */
export interface Pace {
  /** How long the last call took. Near zero for an AWS on this machine, 100 and more for a region far away. */
  roundTrip: number;
  /** Polls in a row that brought nothing new. */
  quiet: number;
  /** Polls in a row that the service turned away. */
  refused: number;
  /** How long the operation has been running. */
  elapsed: number;
  /** How much longer the operation may take, judged by how fast resources were made so far. */
  remaining: number;
}

/** Between two polls of one stack, unless the service turns calls away. CDK polls events every 2 s, SAM every 0.5 s. */
export const slowestPoll = 2500;
/** While calls are turned away. */
export const slowestRetry = 15_000;
const fastestPoll = 100;
/** Below this, polling a distant service is only noise. */
const fastestDistantPoll = 1000;
/** The first look at an operation of which nothing was seen yet comes no later than this, whatever earlier ones took. */
const firstLook = 300;

/**
 * How long to wait before the next poll: until the operation may be at its end, but no longer than it has been running,
 * so that a wrong guess costs little, and never longer than a watcher's patience. Starts at a few round trips, so that
 * an AWS on this machine is followed closely and a real one calmly; doubles while nothing happens, and while calls are
 * turned away.
 */
export function pollInterval({ roundTrip, quiet, refused, elapsed, remaining }: Pace): number {
  if (refused > 0) return Math.min(slowestPoll * 2 ** refused, slowestRetry);
  const shortest = Math.min(Math.max(roundTrip * 4, fastestPoll), fastestDistantPoll);
  const foreseen = Math.min(remaining, Math.max(elapsed, firstLook));
  return Math.min(Math.max(shortest * 2 ** quiet, foreseen), slowestPoll);
}

/** Even the local AWS, told to take no time, needs this long for one resource among many. Measured with 64 functions, roles and log groups. */
const quickestResource = 6;

/** How fast resources are made here, as this deployment has seen it in the operations that have ended. */
export class ObservedPace {
  #best = Number.POSITIVE_INFINITY;

  /** An operation has ended. */
  observe(resources: number, milliseconds: number): void {
    if (resources > 0) this.#best = Math.min(this.#best, milliseconds / resources);
  }

  /**
   * How long to leave an operation alone that has `left` resources to go and has made `done` so far in `milliseconds`.
   * A part of what the rest would take one after the other: many are made side by side, and looking late costs
   * time where looking early costs a call.
   */
  remaining(left: number, done = 0, milliseconds = 0): number {
    const own = done > 0 ? milliseconds / done : Number.POSITIVE_INFINITY;
    const best = Math.min(this.#best, own);
    const expected = Number.isFinite(best) ? best / (done > 0 ? 2 : 4) : 0;
    return left * Math.max(expected, quickestResource);
  }
}
