import type { Message } from '@aws-sdk/client-sqs';
import { functionReference } from '../data-plane/function-reference.ts';
import type { InvocationResult } from '../data-plane/lambda-runtime.ts';
import type { Demand } from '../iam/demands/demand.ts';
import { type Aws, localAccount } from '../providers/aws.ts';
import { isMissing, providerError } from '../providers/failure.ts';
import { failedMessages } from './batch-response.ts';
import { type EventSource, queueName } from './event-sources.ts';
import type { MessageHolds } from './message-holds.ts';
import { queueEvent } from './queue-event.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How many batches of a queue are worked on at a time. Lambda begins with five. */
const concurrency = 5;
/** ReceiveMessage gives ten at most; Lambda puts several answers into one larger batch, which is not done here. */
const receiveLimit = 10;

/** Runs a deployed function. */
export interface Invoke {
  invoke(region: string, name: string, qualifier: string | undefined, payload: string): Promise<InvocationResult>;
  /** Whether its role may: the queue is read in the function's name. */
  permits(region: string, name: string, qualifier: string | undefined, demand: Demand): Promise<boolean>;
}

export interface PollerParts {
  aws: Aws;
  lambda: Invoke;
  clock: VirtualClock;
  holds: MessageHolds;
  log: (line: string) => void;
}

/**
 * Takes messages off one queue and calls its function with them, as Lambda's pollers do: what succeeded is deleted, what
 * failed comes back after its visibility timeout, and the queue itself moves it to the dead-letter queue when it came too
 * often. It looks when it is woken, never in a loop.
 */
export class QueuePoller {
  readonly source: EventSource;
  readonly #parts: PollerParts;
  #inFlight = 0;
  #looking = false;
  #again = false;
  #stopped = false;

  constructor(source: EventSource, parts: PollerParts) {
    this.source = source;
    this.#parts = parts;
  }

  /** There may be messages now. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (!this.#looking) this.#parts.clock.track(this.#look());
  }

  stop(): void {
    this.#stopped = true;
  }

  get #url(): string {
    return `${this.#parts.aws.endpoint}/${localAccount}/${queueName(this.source.queueArn)}`;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    const most = Math.min(concurrency, this.source.maximumConcurrency ?? concurrency);
    while (this.#again && !this.#stopped && this.#inFlight < most) {
      this.#again = false;
      const messages = await this.#receive();
      if (messages.length === 0) continue;
      // More may be waiting.
      this.#again = true;
      this.#inFlight += 1;
      const done = this.#deliver(messages).finally(() => {
        this.#inFlight -= 1;
        this.wake();
      });
      this.#parts.clock.track(done);
    }
    this.#looking = false;
  }

  async #receive(): Promise<Message[]> {
    try {
      // Lambda wants to know the queue's settings before it reads it.
      if (!((await this.#may('GetQueueAttributes')) && (await this.#may('ReceiveMessage')))) return [];
      const sqs = await this.#parts.aws.sqs(this.source.region);
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl: this.#url,
        MaxNumberOfMessages: Math.max(1, Math.min(receiveLimit, this.source.batchSize)),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      return Messages;
    } catch (error) {
      // The queue goes with its stack, before or after the mapping.
      if (!isMissing(error)) this.#say(`cannot be read: ${providerError(error, '').message}`);
      return [];
    }
  }

  async #deliver(messages: Message[]): Promise<void> {
    const { clock, lambda } = this.#parts;
    const { region, queueArn, reportsFailures } = this.source;
    const received = clock.now();
    const { name, qualifier } = functionReference(this.source.functionName);
    const ids = messages.map(({ MessageId = '' }) => MessageId);
    let failed: ReadonlySet<string>;
    try {
      const payload = JSON.stringify(queueEvent(messages, queueArn, region));
      const result = await lambda.invoke(region, name, qualifier, payload);
      if (result.kind === 'result') failed = reportsFailures ? failedMessages(result.payload, ids) : new Set();
      else {
        failed = new Set(ids);
        if (result.kind === 'no-function') this.#say(`has no function to call: ${name} is gone.`);
        if (result.kind === 'unusable') this.#say(`has a function that cannot be called: ${result.message}`);
      }
    } catch (error) {
      failed = new Set(ids);
      this.#say(`could not be delivered to ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await this.#settle(messages, failed, received);
  }

  async #settle(messages: Message[], failed: ReadonlySet<string>, received: number): Promise<void> {
    const { clock, holds } = this.#parts;
    try {
      const sqs = await this.#parts.aws.sqs(this.source.region);
      const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
      // Without the right they come back, as they do on AWS.
      if (done.length > 0 && (await this.#may('DeleteMessage'))) {
        const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
        await sqs.deleteMessageBatch({ QueueUrl: this.#url, Entries });
      }
      if (failed.size === 0) return;
      const { Attributes } = await sqs.getQueueAttributes({
        QueueUrl: this.#url,
        AttributeNames: ['VisibilityTimeout'],
      });
      const hidden = received + Number(Attributes?.VisibilityTimeout ?? 30) * 1000;
      for (const { MessageId = '', ReceiptHandle = '' } of messages)
        if (failed.has(MessageId)) clock.at(holds.take(ReceiptHandle, hidden), () => this.#show(ReceiptHandle));
    } catch (error) {
      if (!isMissing(error)) this.#say(`could not be settled: ${providerError(error, '').message}`);
    }
  }

  /** The message's time is up: it is visible again, by moto's own time or, where the clock was moved ahead, by hand. */
  async #show(ReceiptHandle: string): Promise<void> {
    try {
      const sqs = await this.#parts.aws.sqs(this.source.region);
      await sqs.changeMessageVisibility({ QueueUrl: this.#url, ReceiptHandle, VisibilityTimeout: 0 });
    } catch {
      // Visible already, or gone with its queue: either way there is nothing to do.
    }
    this.wake();
  }

  #may(action: string): Promise<boolean> {
    const { region, queueArn, functionName } = this.source;
    const { name, qualifier } = functionReference(functionName);
    return this.#parts.lambda.permits(region, name, qualifier, { action: `sqs:${action}`, resource: queueArn });
  }

  #say(what: string): void {
    this.#parts.log(`The queue ${queueName(this.source.queueArn)} ${what}`);
  }
}
