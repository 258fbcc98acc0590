import type { NotificationConfiguration } from '@aws-sdk/client-s3';

/** What a bucket tells, and to whom. */
export interface BucketNotification {
  /** ARN of a function or a queue. */
  target: string;
  /** Such as `s3:ObjectCreated:*`. */
  events: readonly string[];
  prefix: string;
  suffix: string;
  id: string;
}

/**
 * Notifications of buckets to functions and queues. moto is not told of them: it would hand an event to Docker for a
 * function, and put it into a queue without anybody hearing. Lives as long as the process, like moto's own state.
 */
export class BucketNotifications {
  readonly #buckets = new Map<string, { region: string; notifications: BucketNotification[] }>();
  readonly #listeners = new Set<(bucket: string) => void>();

  /** Takes what is for functions and queues, and gives back what is left for moto. */
  note(bucket: string, region: string, wanted: NotificationConfiguration): NotificationConfiguration {
    const { LambdaFunctionConfigurations = [], QueueConfigurations = [], ...rest } = wanted;
    const notifications = [
      ...LambdaFunctionConfigurations.map((one) => ({ ...one, target: one.LambdaFunctionArn })),
      ...QueueConfigurations.map((one) => ({ ...one, target: one.QueueArn })),
    ].map(({ target = '', Events = [], Filter, Id }, index): BucketNotification => {
      const rule = (name: string) =>
        Filter?.Key?.FilterRules?.find((one) => one.Name?.toLowerCase() === name)?.Value ?? '';
      return {
        target,
        events: Events,
        prefix: rule('prefix'),
        suffix: rule('suffix'),
        id: Id ?? `notification-${index}`,
      };
    });
    if (notifications.length === 0) this.#buckets.delete(bucket);
    else this.#buckets.set(bucket, { region, notifications });
    for (const listener of this.#listeners) listener(bucket);
    return rest;
  }

  forget(bucket: string): void {
    this.#buckets.delete(bucket);
  }

  /** Those that an event of a bucket concerns; with `event` undefined, all. */
  of(bucket: string, event?: string, key = ''): { region: string; notifications: BucketNotification[] } | undefined {
    const known = this.#buckets.get(bucket);
    if (!known || event === undefined) return known;
    const notifications = known.notifications.filter(
      ({ events, prefix, suffix }) =>
        key.startsWith(prefix) && key.endsWith(suffix) && events.some((wanted) => matches(wanted, event)),
    );
    return notifications.length === 0 ? undefined : { region: known.region, notifications };
  }

  /** A bucket tells other things, or others, from now on. */
  onChange(listener: (bucket: string) => void): void {
    this.#listeners.add(listener);
  }
}

/** `s3:ObjectCreated:*` takes every kind of creation. */
function matches(wanted: string, event: string): boolean {
  return wanted.endsWith(':*') ? event.startsWith(wanted.slice(0, -1)) : wanted === event;
}
