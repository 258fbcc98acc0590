import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { InvocationResult } from '../data-plane/lambda-runtime.ts';
import type { VirtualClock } from '../delivery/virtual-clock.ts';
import { DurableError, hasEnded, type Operation, type OperationUpdate, onWire, updated } from './operation.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** What a durable function answers an invocation with. */
const Answer = z.discriminatedUnion('Status', [
  z.looseObject({ Status: z.literal('PENDING') }),
  z.looseObject({ Status: z.literal('SUCCEEDED'), Result: z.string().nullish() }),
  z.looseObject({ Status: z.literal('FAILED'), Error: DurableError.nullish() }),
]);

/** How often an invocation that broke off is made again before the execution has failed, and after how many milliseconds. */
const retries = [60_000, 120_000];

export interface ExecutionParts {
  clock: VirtualClock;
  /** Calls the function, in the version that the execution began with. */
  invoke(payload: string): Promise<InvocationResult>;
  /** Calls another function for the execution; its outcome comes later where it is durable itself. */
  call(functionName: string, payload: string): Promise<Outcome | { later: Promise<Outcome> }>;
  log(line: string): void;
}

export interface ExecutionFacts {
  arn: string;
  name: string;
  functionArn: string;
  version: string;
  /** JSON text. */
  input: string;
  timeoutSeconds: number;
}

/** A result as JSON text, or what went wrong. */
export type Outcome = { result: string } | { error: DurableError };

/** In the alphabet that Lambda's callback ids have. Says whose it is, so that a role's right to answer can be judged. */
function newCallbackId(executionArn: string): string {
  return Buffer.from(`${executionArn} ${randomUUID()}`).toString('base64');
}

/** How an execution ended. */
export type ExecutionEnd =
  | { status: 'SUCCEEDED'; result: string | undefined }
  | { status: Exclude<ExecutionStatus, 'RUNNING' | 'SUCCEEDED'>; error: DurableError };

/**
 * One durable execution: what of it is done already, and the invocations that carry it on. It is invoked while there is
 * something to do, sleeps while it waits, and is invoked again when a wait is over, an attempt is due, a callback came or a
 * function that it called has answered. https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-sdk.html
 */
export class DurableExecution {
  readonly facts: ExecutionFacts;
  readonly started: number;
  readonly ended: Promise<ExecutionEnd>;
  end: ExecutionEnd | undefined;
  endedAt: number | undefined;
  readonly #parts: ExecutionParts;
  readonly #operations = new Map<string, Operation>();
  /** Changed by the service and not yet told to the function. */
  readonly #unseen = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #settle: (end: ExecutionEnd) => void = () => {};
  #token: string = randomUUID();
  #running = false;
  #broken = 0;

  constructor(facts: ExecutionFacts, parts: ExecutionParts) {
    this.facts = facts;
    this.#parts = parts;
    this.started = parts.clock.now();
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const root: Operation = {
      id: facts.name,
      name: facts.name,
      type: 'EXECUTION',
      status: 'STARTED',
      started: this.started,
      input: facts.input,
    };
    this.#operations.set(root.id, root);
    this.#timer('timeout', this.started + facts.timeoutSeconds * 1000, () =>
      this.stop('TIMED_OUT', { ErrorType: 'ExecutionTimeout', ErrorMessage: 'The execution took too long.' }),
    );
    this.#go();
  }

  get status(): ExecutionStatus {
    return this.end?.status ?? 'RUNNING';
  }

  /** Operations in the order in which they began. */
  operations(): Operation[] {
    return [...this.#operations.values()];
  }

  operationOf(callbackId: string): Operation | undefined {
    return this.operations().find(({ callback }) => callback?.id === callbackId);
  }

  /** Takes the updates of the invocation that holds the token; undefined when it is another's, or all is over. */
  checkpoint(token: string, updates: readonly OperationUpdate[]): { token: string; changed: Operation[] } | undefined {
    if (token !== this.#token || this.end) return undefined;
    for (const update of updates) this.#apply(update);
    this.#token = randomUUID();
    const changed = new Set([...updates.map(({ Id }) => Id), ...this.#unseen]);
    this.#unseen.clear();
    return {
      token: this.#token,
      changed: [...changed].flatMap((id) => this.#operations.get(id) ?? []),
    };
  }

  holds(token: string): boolean {
    return token === this.#token && this.end === undefined;
  }

  /** Somebody answers a callback; false when it is over already. */
  answer(callbackId: string, outcome: { result: string } | { error: DurableError }): boolean {
    const operation = this.operationOf(callbackId);
    if (!operation || hasEnded(operation) || this.end) return false;
    this.#finish(operation.id, 'result' in outcome ? 'SUCCEEDED' : 'FAILED', outcome);
    return true;
  }

  /** A sign of life of whoever is to answer a callback. */
  heartbeat(callbackId: string): boolean {
    const operation = this.operationOf(callbackId);
    if (!operation || hasEnded(operation) || this.end) return false;
    this.#watchHeartbeat(operation);
    return true;
  }

  stop(status: 'STOPPED' | 'TIMED_OUT', error: DurableError): void {
    this.#over({ status, error });
  }

  #apply(update: OperationUpdate): void {
    const { clock } = this.#parts;
    if (update.Type === 'EXECUTION') {
      if (update.Action === 'SUCCEED') this.#over({ status: 'SUCCEEDED', result: update.Payload ?? undefined });
      if (update.Action === 'FAIL') this.#over({ status: 'FAILED', error: update.Error ?? {} });
      return;
    }
    const operation = updated(this.#operations.get(update.Id), update, clock.now(), () =>
      newCallbackId(this.facts.arn),
    );
    if (operation === undefined) return;
    this.#operations.set(operation.id, operation);
    this.#timers.get(operation.id)?.();
    if (operation.due !== undefined && !hasEnded(operation))
      this.#timer(operation.id, operation.due, () => this.#due(operation.id));
    if (update.Action !== 'START') return;
    if (operation.callback) {
      this.#watchHeartbeat(operation);
      const { timeoutSeconds } = operation.callback;
      if (timeoutSeconds !== undefined)
        this.#timer(operation.id, clock.now() + timeoutSeconds * 1000, () =>
          this.#expire(operation.id, 'Callback timed out'),
        );
    }
    if (operation.invokes) clock.track(this.#chain(operation.id, operation.invokes));
  }

  async #chain(id: string, { functionName, payload }: NonNullable<Operation['invokes']>): Promise<void> {
    const called = await this.#parts.call(functionName, payload);
    const finish = (outcome: Outcome) => this.#finish(id, 'result' in outcome ? 'SUCCEEDED' : 'FAILED', outcome);
    // Nobody waits for what may sleep for days.
    if ('later' in called) void called.later.then(finish);
    else finish(called);
  }

  #watchHeartbeat({ id, callback }: Operation): void {
    if (callback?.heartbeatSeconds === undefined) return;
    const at = this.#parts.clock.now() + callback.heartbeatSeconds * 1000;
    this.#timers.get(`heartbeat ${id}`)?.();
    this.#timer(`heartbeat ${id}`, at, () => this.#expire(id, 'Callback heartbeat timed out'));
  }

  #expire(id: string, message: string): void {
    this.#finish(id, 'TIMED_OUT', { error: { ErrorType: 'Callback.Timeout', ErrorMessage: message } });
  }

  /** A wait is over, or an attempt may begin. */
  #due(id: string): void {
    const operation = this.#operations.get(id);
    if (!operation || hasEnded(operation)) return;
    if (operation.type === 'WAIT') this.#finish(id, 'SUCCEEDED', {});
    else this.#change({ ...operation, status: 'READY' });
  }

  #finish(
    id: string,
    status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT',
    outcome: { result?: string; error?: DurableError },
  ): void {
    const operation = this.#operations.get(id);
    if (!operation || hasEnded(operation)) return;
    for (const timer of [id, `heartbeat ${id}`]) this.#timers.get(timer)?.();
    this.#change({ ...operation, ...outcome, status, ended: this.#parts.clock.now() });
  }

  #change(operation: Operation): void {
    this.#operations.set(operation.id, operation);
    this.#unseen.add(operation.id);
    this.#go();
  }

  #timer(name: string, at: number, run: () => void): void {
    const cancel = this.#parts.clock.at(at, async () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, () => {
      cancel();
      this.#timers.delete(name);
    });
  }

  /** Invokes the function, unless it is being invoked: then it hears of what is new in its next checkpoint. */
  #go(): void {
    if (this.#running || this.end) return;
    this.#running = true;
    this.#parts.clock.track(this.#invoke());
  }

  async #invoke(): Promise<void> {
    this.#token = randomUUID();
    const news = [...this.#unseen];
    this.#unseen.clear();
    const event = {
      DurableExecutionArn: this.facts.arn,
      CheckpointToken: this.#token,
      ...(news.length > 0 && { UpdatedOperationIds: news }),
      InitialExecutionState: {
        Operations: this.operations().map((operation) => onWire(operation, (time) => new Date(time).toISOString())),
      },
    };
    const result = await this.#parts.invoke(JSON.stringify(event));
    this.#running = false;
    if (this.end) return;
    if (result.kind === 'result') this.#broken = 0;
    if (result.kind === 'result') this.#take(result.payload);
    else this.#again(result);
    if (this.#unseen.size > 0) this.#go();
  }

  #take(payload: string): void {
    const answer = Answer.safeParse(JSON.parse(payload));
    if (!answer.success) {
      const ErrorMessage =
        'The function is durable, and did not answer as one: wrap its handler with withDurableExecution.';
      this.#over({ status: 'FAILED', error: { ErrorType: 'InvalidResponse', ErrorMessage } });
    } else if (answer.data.Status === 'SUCCEEDED')
      this.#over({ status: 'SUCCEEDED', result: answer.data.Result ?? undefined });
    else if (answer.data.Status === 'FAILED') this.#over({ status: 'FAILED', error: answer.data.Error ?? {} });
  }

  /** The invocation broke off: nothing of what was checkpointed is lost, so it is made again. */
  #again(result: Exclude<InvocationResult, { kind: 'result' }>): void {
    const error =
      result.kind === 'error'
        ? { ErrorType: result.error.errorType ?? 'Error', ErrorMessage: result.error.errorMessage }
        : {
            ErrorType: 'Unusable',
            ErrorMessage: result.kind === 'unusable' ? result.message : 'The function is gone.',
          };
    this.#parts.log(`${this.facts.name}: an invocation of the workflow broke off: ${error.ErrorMessage}`);
    const wait = result.kind === 'error' ? retries[this.#broken] : undefined;
    this.#broken += 1;
    if (wait === undefined) this.#over({ status: 'FAILED', error });
    else this.#timer('again', this.#parts.clock.now() + wait, () => this.#go());
  }

  #over(end: ExecutionEnd): void {
    if (this.end) return;
    this.end = end;
    this.endedAt = this.#parts.clock.now();
    for (const cancel of [...this.#timers.values()]) cancel();
    this.#settle(end);
  }
}
