/** How the service has answered so far; what the next waiting time follows from. Times in milliseconds. */
export interface Pace {
  /** How long the last call took. Near zero for an AWS on this machine, 100 and more for a region far away. */
  roundTrip: number;
  /** Polls in a row that brought nothing new. */
  quiet: number;
  /** Time between the last two polls that brought news; absent before the second. */
  gap?: number;
  /** Polls in a row that the service turned away. */
  refused: number;
}

/** Between two polls of one stack, unless the service turns calls away. CDK polls events every 2 s, SAM every 0.5 s. */
export const slowestPoll = 2500;
/** While calls are turned away. */
export const slowestRetry = 15_000;
const fastestPoll = 60;
/** Below this, polling a distant service is only noise. */
const fastestDistantPoll = 1000;

/**
 * How long to wait before the next poll. Starts at a few round trips, so that an AWS on this machine is followed
 * closely and a real one calmly; goes half as fast as news arrive; grows while nothing happens; doubles while calls
 * are turned away.
 */
export function pollInterval(pace: Pace): number {
  if (pace.refused > 0) return Math.min(slowestPoll * 2 ** pace.refused, slowestRetry);
  const shortest = Math.min(Math.max(pace.roundTrip * 4, fastestPoll), fastestDistantPoll);
  const expected = pace.gap === undefined ? shortest : Math.max(shortest, pace.gap / 2);
  return Math.min(expected * 1.6 ** pace.quiet, slowestPoll);
}
