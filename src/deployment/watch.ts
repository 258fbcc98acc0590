import { type Pace, pollInterval } from './poll-interval.ts';
import { type Clock, type CloudFormation, isFailure, type StackDescription, type StackEvent } from './ports.ts';
import { operationEnd } from './recovery.ts';

/** How an operation on a stack ended. */
export type OperationEnd =
  | { status: 'complete'; stack: StackDescription }
  | { status: 'deleted' }
  | { status: 'failed'; stack: StackDescription; reason: string }
  /** AWS goes on, but we can no longer see it. */
  | { status: 'lost'; reason: string };

export interface Operation {
  stackId: string;
  token: string;
  /** How long the call took that submitted it, in milliseconds: the first guess of the pace. */
  roundTrip: number;
}

export interface WatchHooks {
  /** Each event once, in order; `rollback` from the moment the stack is being put back. */
  event(event: StackEvent, rollback: boolean): void;
  /** Something is not seen for now: the service turns calls away, cannot be reached, or is late. */
  refused(message: string): void;
}

/** With no end in sight, the stack itself is asked this often: an event may be late. */
const describeEvery = 20_000;
/** Events that come later than this after the end are not waited for. */
const lateness = 15_000;
/** Without any answer for this long, watching is given up. */
const patience = 30 * 60_000;

/**
 * Follows one operation to its end by polling its events. A read that fails never fails the operation: AWS works on
 * whether we see it or not. The end is what DescribeStacks says, and no event before it is missed.
 */
export async function watchOperation(
  cloudFormation: CloudFormation,
  clock: Clock,
  operation: Operation,
  hooks: WatchHooks,
  signal: AbortSignal,
): Promise<OperationEnd> {
  const pace: Pace = { roundTrip: operation.roundTrip, quiet: 0, refused: 0 };
  let cursor: string | undefined;
  let lastNews = clock.now();
  let lastAnswer = clock.now();
  let lastDescribe = clock.now();
  let rollback = false;
  let firstFailure: StackEvent | undefined;
  let ended = false;

  const answered = (failure?: { status: string; message: string }): boolean => {
    if (failure === undefined) {
      pace.refused = 0;
      lastAnswer = clock.now();
      return true;
    }
    if (pace.refused === 0) hooks.refused(`${failure.message} Still deploying; asking again.`);
    pace.refused += 1;
    return false;
  };

  const readEvents = async (): Promise<boolean> => {
    const asked = clock.now();
    const read = await cloudFormation.events(operation.stackId, operation.token, cursor);
    if (isFailure(read)) return answered(read);
    answered();
    pace.roundTrip = clock.now() - asked;
    if (read.events.length === 0) pace.quiet += 1;
    else {
      if (cursor !== undefined) pace.gap = asked - lastNews;
      pace.quiet = 0;
      lastNews = asked;
    }
    for (const event of read.events) {
      cursor = event.eventId;
      rollback ||= event.root && event.status.includes('ROLLBACK');
      if (event.root) ended = operationEnd(event.status) !== undefined;
      else if (!rollback && event.status.endsWith('_FAILED') && !isCancelled(event)) firstFailure ??= event;
      hooks.event(event, rollback);
    }
    return true;
  };

  /** The stack is known to have ended and its last event is not here yet: it is waited for, but not for ever. */
  const readLateEvents = async (): Promise<void> => {
    const until = clock.now() + lateness;
    while ((await readEvents()) && !ended && clock.now() < until) await clock.sleep(pollInterval(pace));
    if (!ended) hooks.refused('Its last events could not be read; the list of resources may be incomplete.');
  };

  for (;;) {
    await clock.sleep(pollInterval(pace));
    const seen = await readEvents();
    if (ended || (seen && clock.now() - lastDescribe >= describeEvery) || (!seen && pace.refused % 2 === 0)) {
      lastDescribe = clock.now();
      const found = await cloudFormation.describeStack(operation.stackId);
      if (isFailure(found)) {
        answered(found);
        if (found.status === 'unauthenticated' || found.status === 'rejected') return lost(found.message);
      } else {
        lastAnswer = clock.now();
        if (found.status === 'absent') return { status: 'deleted' };
        const end = operationEnd(found.stack.status);
        if (end !== undefined) {
          if (!ended) await readLateEvents();
          if (end === 'deleted') return { status: 'deleted' };
          if (end === 'complete') return { status: 'complete', stack: found.stack };
          return { status: 'failed', stack: found.stack, reason: failureReason(found.stack, firstFailure) };
        }
      }
    }
    if (pace.refused > 0 && (signal.aborted || clock.now() - lastAnswer > patience)) {
      return lost('CloudFormation does not answer');
    }
  }
}

function lost(reason: string): OperationEnd {
  return { status: 'lost', reason: `${reason}. AWS goes on without us: look at the status before the next deploy.` };
}

/** Resources that were stopped because another one failed are not the cause. */
function isCancelled(event: StackEvent): boolean {
  return /cancell?ed/i.test(event.reason ?? '');
}

function failureReason(stack: StackDescription, event: StackEvent | undefined): string {
  if (event === undefined) return stack.reason ?? `CloudFormation ended with ${stack.status}.`;
  return `${event.logicalId} (${event.resourceType}): ${event.reason ?? event.status}`;
}
