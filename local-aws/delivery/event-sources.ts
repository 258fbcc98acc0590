/** A queue that feeds a function. */
export interface EventSource {
  region: string;
  /** The mapping's id. */
  id: string;
  queueArn: string;
  /** Name or ARN, with a version or alias where the mapping has one. */
  functionName: string;
  batchSize: number;
  /** FunctionResponseTypes holds ReportBatchItemFailures: the function says which messages failed. */
  reportsFailures: boolean;
  /** ScalingConfig.MaximumConcurrency. */
  maximumConcurrency?: number;
  enabled: boolean;
}

/**
 * Event source mappings as they were asked for. moto keeps them too, always disabled: an enabled one makes moto take
 * each message off the queue and hand it to Docker. Lives as long as the process, like moto's own state.
 */
export class EventSources {
  readonly #sources = new Map<string, EventSource>();
  readonly #listeners = new Set<() => void>();

  note(source: EventSource): void {
    this.#sources.set(source.id, source);
    this.#tell();
  }

  forget(id: string): void {
    if (this.#sources.delete(id)) this.#tell();
  }

  find(id: string): EventSource | undefined {
    return this.#sources.get(id);
  }

  all(): EventSource[] {
    return [...this.#sources.values()];
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The queue's name in an ARN or a URL. */
export function queueName(reference: string): string {
  return reference.slice(Math.max(reference.lastIndexOf(':'), reference.lastIndexOf('/')) + 1);
}
