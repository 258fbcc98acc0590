import { own, ownText, parseJson } from '../json.ts';

/** What the function of a queue gets: one message. */
export interface QueueMessage {
  /** Name in `queues:`. */
  queue: string;
  /** The same at every attempt: what a function remembers to do a message once. */
  id: string;
  /** JSON as a value; what is not JSON as the text that it is. */
  body: unknown;
  /** 1 the first time. */
  attempt: number;
  /** When it was sent, ISO 8601. */
  sentTime: string;
  /** The MessageGroupId of a FIFO queue. */
  group?: string;
  /** Message attributes that are text or numbers, as text. */
  attributes: Record<string, string>;
}

/** What the function of a job gets: one run. */
export interface JobRun {
  /** Name in `jobs:`. */
  job: string;
  /** The same at every attempt. */
  id: string;
  /** The time of the schedule that it runs for, ISO 8601; when it was asked for where somebody ran it by hand. */
  scheduledTime: string;
  /** Somebody ran it by hand. */
  manual: boolean;
  /** 1 the first time, 4 the last. */
  attempt: number;
}

/** One message as Lambda delivers it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface Delivery {
  id: string;
  receiptHandle: string;
  queueArn: string;
  region: string;
  attempt: number;
  group?: string;
  record: unknown;
}

/** The messages of an event that a queue sent; undefined for any other event. */
export function deliveriesOf(event: unknown): Delivery[] | undefined {
  const records = own(event, 'Records');
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const deliveries: Delivery[] = [];
  for (const record of records) {
    const [id, receiptHandle] = [ownText(record, 'messageId'), ownText(record, 'receiptHandle')];
    const queueArn = ownText(record, 'eventSourceARN');
    if (ownText(record, 'eventSource') !== 'aws:sqs' || !id || !receiptHandle || !queueArn) return undefined;
    const attributes = own(record, 'attributes');
    const group = ownText(attributes, 'MessageGroupId');
    deliveries.push({
      id,
      receiptHandle,
      queueArn,
      region: ownText(record, 'awsRegion') ?? '',
      attempt: Math.max(1, Number(ownText(attributes, 'ApproximateReceiveCount')) || 1),
      ...(group === undefined ? {} : { group }),
      record,
    });
  }
  return deliveries;
}

export function queueMessage(queue: string, { id, attempt, group, record }: Delivery): QueueMessage {
  const text = ownText(record, 'body') ?? '';
  const given = own(record, 'messageAttributes');
  const named = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const value = parseJson(text);
  return {
    queue,
    id,
    body: value === undefined ? text : value,
    attempt,
    sentTime: timeOf(ownText(own(record, 'attributes'), 'SentTimestamp')),
    ...(group === undefined ? {} : { group }),
    attributes: Object.fromEntries(
      named.flatMap((name) => {
        const text = ownText(own(given, name), 'stringValue');
        return text === undefined ? [] : [[name, text] as const];
      }),
    ),
  };
}

/** What a schedule, or somebody by hand, put into a job's queue: `{"job","id","time","manual"}`. */
export function jobRun(job: string, { id, attempt, record }: Delivery): JobRun {
  const body = parseJson(ownText(record, 'body') ?? '');
  const sent = timeOf(ownText(own(record, 'attributes'), 'SentTimestamp'));
  return {
    job,
    id: ownText(body, 'id') ?? id,
    scheduledTime: ownText(body, 'time') ?? sent,
    manual: own(body, 'manual') === true,
    attempt,
  };
}

function timeOf(milliseconds: string | undefined): string {
  const time = new Date(Number(milliseconds));
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
