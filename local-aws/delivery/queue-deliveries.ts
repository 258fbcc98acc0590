import { type EventSource, type EventSources, queueName } from './event-sources.ts';
import { type PollerParts, QueuePoller } from './queue-poller.ts';

/**
 * How often a queue is looked at although nobody said that there is something in it, in milliseconds: as long as Lambda's
 * own long poll. Finds what came past the front door (moto's own deliveries from SNS and S3).
 */
const idleLook = 20_000;

/** The pollers of every enabled event source mapping of a queue. */
export class QueueDeliveries {
  readonly #parts: PollerParts;
  readonly #sources: EventSources;
  readonly #pollers = new Map<string, QueuePoller>();
  readonly #refused = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: EventSources, parts: PollerParts) {
    this.#sources = sources;
    this.#parts = parts;
    sources.onChange(() => this.#follow());
  }

  /** Something was put into a queue, or something in it may be visible again. */
  wake(region: string, queue: string): void {
    for (const poller of this.#pollers.values())
      if (poller.source.region === region && queueName(poller.source.queueArn) === queueName(queue)) poller.wake();
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const poller of this.#pollers.values()) poller.stop();
    this.#pollers.clear();
  }

  #follow(): void {
    const wanted = new Map(this.#sources.all().flatMap((source) => (this.#runs(source) ? [[source.id, source]] : [])));
    for (const [id, poller] of this.#pollers) {
      if (wanted.get(id) === poller.source) continue;
      poller.stop();
      this.#pollers.delete(id);
    }
    for (const [id, source] of wanted) {
      if (this.#pollers.has(id)) continue;
      const poller = new QueuePoller(source, this.#parts);
      this.#pollers.set(id, poller);
      poller.wake();
    }
    clearInterval(this.#timer);
    if (this.#pollers.size === 0) return;
    this.#timer = setInterval(() => {
      for (const poller of this.#pollers.values()) poller.wake();
    }, idleLook);
    this.#timer.unref();
  }

  #runs(source: EventSource): boolean {
    if (!source.enabled) return false;
    if (/^arn:[^:]+:sqs:/.test(source.queueArn)) return true;
    if (!this.#refused.has(source.id))
      this.#parts.log(
        `The local AWS delivers queues to functions; ${source.queueArn} is none, so its function is not called.`,
      );
    this.#refused.add(source.id);
    return false;
  }
}
