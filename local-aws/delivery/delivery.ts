import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { credentialScope, defaultRegion, pathOf } from '../aws-request.ts';
import { answerJson } from '../control.ts';
import type { LambdaRuntime } from '../data-plane/lambda-runtime.ts';
import { readBody } from '../http-body.ts';
import type { Log } from '../log.ts';
import type { Aws } from '../providers/aws.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { BucketEvents } from './bucket-events.ts';
import type { BucketNotifications } from './bucket-notifications.ts';
import { createBucketWatch } from './bucket-watch.ts';
import { deliverTo } from './deliver-to.ts';
import { createEventSourceApi } from './event-source-api.ts';
import type { EventSources } from './event-sources.ts';
import { MessageHolds } from './message-holds.ts';
import { QueueDeliveries } from './queue-deliveries.ts';
import type { RuleNews } from './rule-news.ts';
import { ScheduledRules } from './scheduled-rules.ts';
import { createSqsWatch } from './sqs-watch.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface DeliveryOptions {
  aws: Aws;
  lambda: LambdaRuntime;
  sources: EventSources;
  rules: RuleNews;
  buckets: BucketNotifications;
  log: Log;
}

/** What moves by itself: queues to functions, schedules to queues, events of buckets, asynchronous invocations. */
export interface Delivery {
  readonly invocations: AsyncInvocations;
  /** The time that everything here goes by. */
  readonly clock: VirtualClock;
  /** Answers its own control requests, takes note of calls that bring messages or rules; false leaves it to the next. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  stop(): void;
}

/** A clock that is moved further ahead than a year would only show that a schedule repeats. */
const Advance = z.object({
  seconds: z
    .number()
    .min(0)
    .max(366 * 86_400),
});
const Run = z.object({ rule: z.string().min(1), region: z.string().optional() });

export function createDelivery({ aws, lambda, sources, rules: news, buckets, log }: DeliveryOptions): Delivery {
  const clock = new VirtualClock();
  const holds = new MessageHolds();
  const queues = new QueueDeliveries(sources, { aws, lambda, clock, holds, log });
  const wake = (region: string, queue: string) => queues.wake(region, queue);
  const targets = { aws, wake, invocations: () => invocations };
  const invocations: AsyncInvocations = new AsyncInvocations({
    aws,
    clock,
    invoke: ({ region, name, qualifier, payload, requestId }) =>
      lambda.invoke(region, name, qualifier, payload, requestId),
    permits: ({ region, name, qualifier }, demand) => lambda.permits(region, name, qualifier, demand),
    deliver: (arn, body, attributes) => deliverTo(targets, arn, body, attributes && { attributes }),
    log,
  });
  const rules = new ScheduledRules({ ...targets, clock, log });
  news.onChange((region) => rules.changed(region));

  const watchQueues = createSqsWatch(
    new URL(aws.endpoint),
    {
      visible: (region, queue, seconds) => {
        if (seconds <= 0) queues.wake(region, queue);
        else clock.at(clock.now() + seconds * 1000, async () => queues.wake(region, queue));
      },
      hidden: (_region, _queue, receipt, seconds) => holds.move(receipt, clock.now() + seconds * 1000),
    },
    log,
  );
  const bucketEvents = new BucketEvents({ ...targets, notifications: buckets, clock, log });
  buckets.onChange((bucket) => bucketEvents.changed(bucket));
  const watchBuckets = createBucketWatch(new URL(aws.endpoint), {
    isWatched: (bucket) => buckets.of(bucket) !== undefined,
    happened: (what) => bucketEvents.happened(what),
    log,
  });
  const eventSources = createEventSourceApi(aws.endpoint, sources);

  function watchRules(request: IncomingMessage, response: ServerResponse): void {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string' || !/^AWSEvents\.(Put|Delete|Enable|Disable)Rule$/.test(target)) return;
    const region = credentialScope(request)?.region ?? defaultRegion;
    response.once('finish', () => rules.changed(region));
  }

  async function control(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const time = () => new Date(clock.now()).toISOString();
    switch (`${request.method} ${pathOf(request)}`) {
      case 'GET /_local/schedules':
        answerJson(response, 200, { schedules: await rules.list() });
        return true;
      case 'POST /_local/schedules/run': {
        const wanted = Run.safeParse(await jsonOf(request));
        if (!wanted.success) {
          answerJson(response, 400, { message: 'Send {"rule": "name"}, and "region" where two regions have it.' });
          return true;
        }
        const targetsOf = await rules.run(wanted.data.rule, wanted.data.region);
        if (targetsOf) answerJson(response, 200, { targets: targetsOf });
        else answerJson(response, 404, { message: `There is no rule ${wanted.data.rule} with a schedule.` });
        return true;
      }
      case 'GET /_local/clock':
        answerJson(response, 200, { time: time() });
        return true;
      case 'POST /_local/clock/advance': {
        const wanted = Advance.safeParse(await jsonOf(request));
        if (!wanted.success) {
          answerJson(response, 400, { message: 'Send {"seconds": n}, from 0 to a year.' });
          return true;
        }
        await rules.list();
        const ran = await clock.advance(wanted.data.seconds * 1000);
        answerJson(response, 200, { time: time(), ran });
        return true;
      }
      default:
        return false;
    }
  }

  return {
    invocations,
    clock,
    async handle(request, response) {
      if (pathOf(request).startsWith('/_local/')) return control(request, response);
      watchRules(request, response);
      return (
        (await watchQueues(request, response)) ||
        (await eventSources(request, response)) ||
        watchBuckets(request, response)
      );
    },
    stop() {
      clock.stop();
      queues.stop();
    },
  };
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request, 10_000))?.toString() ?? '');
  } catch {
    // Not JSON is refused with the same words as JSON of the wrong shape.
    return undefined;
  }
}
