import { randomUUID } from 'node:crypto';
import type { InvocationResult } from '../data-plane/lambda-runtime.ts';
import type { Demand } from '../iam/demands/demand.ts';
import { type Aws, localAccount } from '../providers/aws.ts';
import { unlessMissing } from '../providers/failure.ts';
import type { Delivered } from './deliver-to.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * How long Lambda waits before it tries a failed event again, in milliseconds: a minute, then two.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const waits = [60_000, 120_000];
/** How old an event may become, in seconds, where the function says nothing else. */
const longestAge = 21_600;

interface Settings {
  retries: number;
  ageSeconds: number;
  onSuccess?: string | undefined;
  onFailure?: string | undefined;
  /** DeadLetterConfig.TargetArn. */
  deadLetters?: string | undefined;
}

interface Event {
  region: string;
  name: string;
  qualifier: string | undefined;
  payload: string;
  /** The same for every attempt. */
  requestId: string;
  receivedAt: number;
}

export interface AsyncParts {
  aws: Aws;
  clock: VirtualClock;
  /** The request id is the event's, the same at every attempt. */
  invoke(event: Omit<Event, 'receivedAt'>): Promise<InvocationResult>;
  /** Whether the function's role may write to a destination or dead-letter queue. */
  permits(event: Pick<Event, 'region' | 'name' | 'qualifier'>, demand: Demand): Promise<boolean>;
  /** To a destination or dead-letter queue. */
  deliver(arn: string, body: string, attributes?: Record<string, string>): Promise<Delivered>;
  log: (line: string) => void;
}

/** Lambda's asynchronous invocations (type `Event`): tried three times in all, then told to whom the function names. */
export class AsyncInvocations {
  readonly #parts: AsyncParts;

  constructor(parts: AsyncParts) {
    this.#parts = parts;
  }

  /** Takes an event; false where there is no such function. `payload` is JSON text. */
  async submit(region: string, name: string, qualifier: string | undefined, payload: string): Promise<boolean> {
    const { aws, clock } = this.#parts;
    const lambda = await aws.lambda(region);
    const known = await unlessMissing(lambda.getFunctionConfiguration({ FunctionName: name, Qualifier: qualifier }));
    if (!known) return false;
    const event = { region, name, qualifier, payload, requestId: randomUUID(), receivedAt: clock.now() };
    clock.track(this.#attempt(event, 1));
    return true;
  }

  async #attempt(event: Event, count: number): Promise<void> {
    const { clock, log } = this.#parts;
    try {
      const result = await this.#parts.invoke(event);
      if (result.kind === 'no-function') return;
      const settings = await this.#settings(event);
      if (result.kind === 'result') {
        if (settings.onSuccess) await this.#tell(settings.onSuccess, 'Success', event, count, result);
        return;
      }
      const reason = result.kind === 'error' ? result.error.errorMessage : result.message;
      log(`Attempt ${count} of the asynchronous invocation of ${event.name} failed: ${reason}`);
      const wait = waits[count - 1];
      const age = clock.now() + (wait ?? 0) - event.receivedAt;
      if (wait !== undefined && count <= settings.retries && age < settings.ageSeconds * 1000) {
        clock.at(clock.now() + wait, () => this.#attempt(event, count + 1));
        return;
      }
      const condition = count <= settings.retries && wait !== undefined ? 'EventAgeExceeded' : 'RetriesExhausted';
      if (settings.onFailure) await this.#tell(settings.onFailure, condition, event, count, result);
      if (settings.deadLetters) await this.#bury(settings.deadLetters, event, reason);
    } catch (error) {
      log(`The asynchronous invocation of ${event.name} broke off: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #settings({ region, name, qualifier }: Event): Promise<Settings> {
    const lambda = await this.#parts.aws.lambda(region);
    const [configuration, own] = await Promise.all([
      unlessMissing(lambda.getFunctionConfiguration({ FunctionName: name })),
      unlessMissing(lambda.getFunctionEventInvokeConfig({ FunctionName: name, Qualifier: qualifier ?? '$LATEST' })),
    ]);
    return {
      retries: own?.MaximumRetryAttempts ?? waits.length,
      ageSeconds: own?.MaximumEventAgeInSeconds ?? longestAge,
      onSuccess: own?.DestinationConfig?.OnSuccess?.Destination,
      onFailure: own?.DestinationConfig?.OnFailure?.Destination,
      deadLetters: configuration?.DeadLetterConfig?.TargetArn,
    };
  }

  /** The record that a destination gets. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  async #tell(
    destination: string,
    condition: string,
    event: Event,
    count: number,
    result: Exclude<InvocationResult, { kind: 'no-function' }>,
  ): Promise<void> {
    const { region, name, qualifier, requestId } = event;
    const record = {
      version: '1.0',
      timestamp: new Date(this.#parts.clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `arn:aws:lambda:${region}:${localAccount}:function:${name}:${qualifier ?? '$LATEST'}`,
        condition,
        approximateInvokeCount: count,
      },
      requestPayload: JSON.parse(event.payload),
      ...(result.kind !== 'unusable' && {
        responseContext: {
          statusCode: 200,
          executedVersion: result.version,
          ...(result.kind === 'error' && { functionError: 'Unhandled' }),
        },
        responsePayload: result.kind === 'result' ? JSON.parse(result.payload) : result.error,
      }),
    };
    await this.#hand(destination, event, JSON.stringify(record));
  }

  /** A dead-letter queue gets the event itself, and why in attributes. */
  async #bury(queue: string, event: Event, reason: string): Promise<void> {
    const attributes = { RequestID: event.requestId, ErrorCode: '200', ErrorMessage: reason.slice(0, 1024) };
    await this.#hand(queue, event, event.payload, attributes);
  }

  /** In the function's name, and only as far as its role goes. */
  async #hand(destination: string, event: Event, body: string, attributes?: Record<string, string>): Promise<void> {
    const action = /^arn:[^:]+:lambda:/.test(destination) ? 'lambda:InvokeFunction' : 'sqs:SendMessage';
    if (!(await this.#parts.permits(event, { action, resource: destination }))) return;
    const delivered = await this.#parts.deliver(destination, body, attributes);
    if (!delivered.ok)
      this.#parts.log(
        `What became of an invocation of ${event.name} could not be told to ${destination}: ${delivered.message}`,
      );
  }
}
