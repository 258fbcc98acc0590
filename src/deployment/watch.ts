import { type ObservedPace, type Pace, pollInterval } from './poll-interval.ts';
import { type Clock, type CloudFormation, isFailure, type StackDescription, type StackEvent } from './ports.ts';
import { operationEnd } from './recovery.ts';

/** How an operation on a stack ended. */
export type OperationEnd =
  | {
      status: 'complete';
      stack: StackDescription;
      /** What the update has made superfluous is still being deleted; resolves when that is over, or no longer seen. */
      cleaning?: Promise<void>;
    }
  | { status: 'deleted' }
  | { status: 'failed'; stack: StackDescription; reason: string }
  /** AWS goes on, but we can no longer see it. */
  | { status: 'lost'; reason: string };

export interface Operation {
  stackId: string;
  token: string;
  /** When it was submitted, by the clock. */
  submittedAt: number;
  /** How long the call took that submitted it, in milliseconds: the first guess of the pace. */
  roundTrip: number;
  /** How many resources it is expected to touch. */
  planned: number;
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

/** Where watching reads from, and how it waits. */
export interface WatchParts {
  cloudFormation: CloudFormation;
  clock: Clock;
  observed: ObservedPace;
  /** Aborted: unreachable is then a reason to stop watching. */
  signal: AbortSignal;
}

/**
 * Follows one operation to its end by polling its events. A read that fails never fails the operation: AWS works on
 * whether we see it or not. The end is what DescribeStacks says, and no event before it is missed.
 */
export function watchOperation(parts: WatchParts, operation: Operation, hooks: WatchHooks): Promise<OperationEnd> {
  return new Watch(parts, operation, hooks).untilEnd();
}

class Watch {
  readonly #parts: WatchParts;
  readonly #operation: Operation;
  readonly #hooks: WatchHooks;
  readonly #pace: Pace;
  /** Logical ids that are complete. */
  readonly #done = new Set<string>();
  /** Id of the newest event that was read. */
  #cursor: string | undefined;
  #lastAnswer: number;
  #lastDescribe: number;
  #rollback = false;
  #firstFailure: StackEvent | undefined;
  /** The event that ends the operation was read. */
  #ended = false;
  /** The last event of all was read, that of the cleaning up included. */
  #settled = false;

  constructor(parts: WatchParts, operation: Operation, hooks: WatchHooks) {
    this.#parts = parts;
    this.#operation = operation;
    this.#hooks = hooks;
    this.#pace = {
      roundTrip: operation.roundTrip,
      quiet: 0,
      refused: 0,
      elapsed: 0,
      remaining: parts.observed.remaining(operation.planned),
    };
    this.#lastAnswer = parts.clock.now();
    this.#lastDescribe = parts.clock.now();
  }

  async untilEnd(): Promise<OperationEnd> {
    const { clock, signal, observed } = this.#parts;
    for (;;) {
      await clock.sleep(pollInterval(this.#pace));
      const seen = await this.#readEvents();
      const late = seen ? clock.now() - this.#lastDescribe >= describeEvery : this.#pace.refused % 2 === 0;
      const end = this.#ended || late ? await this.#describe() : undefined;
      if (end !== undefined) {
        observed.observe(this.#done.size, clock.now() - this.#operation.submittedAt);
        return end;
      }
      if (this.#pace.refused > 0 && (signal.aborted || clock.now() - this.#lastAnswer > patience)) {
        return lost('CloudFormation does not answer');
      }
    }
  }

  /** False when they could not be read. */
  async #readEvents(): Promise<boolean> {
    const { cloudFormation, clock, observed } = this.#parts;
    const { stackId, token, planned, submittedAt } = this.#operation;
    const asked = clock.now();
    const read = await cloudFormation.events(stackId, token, this.#cursor);
    if (isFailure(read)) {
      this.#turnedAway(read.message);
      return false;
    }
    this.#pace.refused = 0;
    this.#pace.roundTrip = clock.now() - asked;
    this.#pace.elapsed = clock.now() - submittedAt;
    this.#pace.quiet = read.events.length === 0 ? this.#pace.quiet + 1 : 0;
    this.#lastAnswer = clock.now();
    for (const event of read.events) this.#take(event);
    const done = this.#done.size;
    this.#pace.remaining = observed.remaining(Math.max(planned - done, 0), done, asked - submittedAt);
    return true;
  }

  #take(event: StackEvent): void {
    this.#cursor = event.eventId;
    this.#rollback ||= event.root && event.status.includes('ROLLBACK');
    if (event.root) {
      this.#ended = operationEnd(event.status) !== undefined;
      this.#settled = !event.status.endsWith('_IN_PROGRESS');
    } else if (event.status.endsWith('_COMPLETE')) this.#done.add(event.logicalId);
    else if (!this.#rollback && event.status.endsWith('_FAILED') && !isCancelled(event)) this.#firstFailure ??= event;
    this.#hooks.event(event, this.#rollback);
  }

  /** Asks the stack itself; undefined while it has not ended, or does not answer. */
  async #describe(): Promise<OperationEnd | undefined> {
    const { cloudFormation, clock } = this.#parts;
    this.#lastDescribe = clock.now();
    const found = await cloudFormation.describeStack(this.#operation.stackId);
    if (isFailure(found)) {
      this.#turnedAway(found.message);
      return found.status === 'unauthenticated' || found.status === 'rejected' ? lost(found.message) : undefined;
    }
    this.#lastAnswer = clock.now();
    if (found.status === 'absent') return { status: 'deleted' };
    const { stack } = found;
    const end = operationEnd(stack.status);
    if (end === undefined) return undefined;
    const cleaning = stack.status.endsWith('_IN_PROGRESS');
    if (!(cleaning ? this.#ended : this.#settled)) await this.#readLateEvents(cleaning);
    if (end === 'deleted') return { status: 'deleted' };
    if (end === 'complete') return { status: 'complete', stack, ...(cleaning ? { cleaning: this.#untilClean() } : {}) };
    return { status: 'failed', stack, reason: failureReason(stack, this.#firstFailure) };
  }

  /** Nobody waits for it but the end of the deployment, and nothing hangs on it: what is not seen is left to AWS. */
  async #untilClean(): Promise<void> {
    const { clock, signal } = this.#parts;
    while (!this.#settled && clock.now() - this.#lastAnswer < patience && !(this.#pace.refused > 0 && signal.aborted)) {
      await clock.sleep(pollInterval(this.#pace));
      await this.#readEvents();
    }
  }

  /** The stack is known to have ended and its last event is not here yet: it is waited for, but not for ever. */
  async #readLateEvents(cleaning: boolean): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.now() + lateness;
    const here = () => (cleaning ? this.#ended : this.#settled);
    while ((await this.#readEvents()) && !here() && clock.now() < until) await clock.sleep(pollInterval(this.#pace));
    if (!here()) this.#hooks.refused('Its last events could not be read; the list of resources may be incomplete.');
  }

  #turnedAway(message: string): void {
    if (this.#pace.refused === 0) this.#hooks.refused(`${message} Still deploying; asking again.`);
    this.#pace.refused += 1;
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
