import type { Clock } from './ports.ts';

/** Attempts in all, the first included. Unbounded retrying can hang a deployment for half an hour. */
export const attempts = 7;
const longestPause = 15_000;

/**
 * Calls until the answer is neither `throttled` nor `unreachable`, with growing pauses; after the last attempt the
 * answer stands as it is. Only for calls that may be sent twice: reads, conditional writes, submissions with a token.
 */
export async function withRetries<Outcome extends { status: string }>(
  clock: Clock,
  call: () => Promise<Outcome>,
  onRetry: (outcome: Outcome, pause: number) => void = () => {},
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await call();
    if ((outcome.status !== 'throttled' && outcome.status !== 'unreachable') || attempt >= attempts) return outcome;
    const pause = Math.min(500 * 2 ** (attempt - 1), longestPause);
    onRetry(outcome, pause);
    await clock.sleep(pause);
  }
}
