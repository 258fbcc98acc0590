import { type Pace, pollInterval } from './poll-interval.ts';
import { type Clock, type CloudFormation, type Failure, isFailure, type StackDescription } from './ports.ts';
import { withRetries } from './retry.ts';

export type Idle = { status: 'idle'; stack: StackDescription } | { status: 'gone' } | { status: 'cancelled' } | Failure;

/** Waits until nobody's operation runs on a stack any more. Whose it is does not matter, so its events are not read. */
export async function waitUntilIdle(
  cloudFormation: CloudFormation,
  clock: Clock,
  stackId: string,
  signal: AbortSignal,
  roundTrip = 0,
): Promise<Idle> {
  const pace: Pace = { roundTrip, quiet: 0, refused: 0, elapsed: 0, remaining: 0 };
  for (;;) {
    if (signal.aborted) return { status: 'cancelled' };
    await clock.sleep(pollInterval(pace));
    pace.quiet += 1;
    const asked = clock.now();
    const found = await withRetries(clock, () => cloudFormation.describeStack(stackId));
    pace.roundTrip = clock.now() - asked;
    if (isFailure(found)) return found;
    if (found.status === 'absent' || found.stack.status === 'DELETE_COMPLETE') return { status: 'gone' };
    if (!found.stack.status.endsWith('_IN_PROGRESS')) return { status: 'idle', stack: found.stack };
  }
}
