import { type Aws, localAccount } from '../providers/aws.ts';
import { providerError, unlessMissing } from '../providers/failure.ts';
import type { BucketNotification, BucketNotifications } from './bucket-notifications.ts';
import type { ObjectNews } from './bucket-watch.ts';
import { type DeliveryParts, deliverTo } from './deliver-to.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface BucketEventParts extends DeliveryParts {
  notifications: BucketNotifications;
  clock: VirtualClock;
  log: (line: string) => void;
}

/** Tells functions and queues what happens in buckets, in the order in which it happened. */
export class BucketEvents {
  readonly #parts: BucketEventParts;
  #last: Promise<void> = Promise.resolve();
  #sequence = 0;

  constructor(parts: BucketEventParts) {
    this.#parts = parts;
  }

  happened(news: ObjectNews): void {
    this.#inOrder(() => this.#tell(news));
  }

  /** S3 sends a queue a test as soon as it is named. */
  changed(bucket: string): void {
    this.#inOrder(async () => {
      const known = this.#parts.notifications.of(bucket);
      const body = JSON.stringify({
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: new Date().toISOString(),
        Bucket: bucket,
      });
      for (const { target } of known?.notifications ?? [])
        if (target.includes(':sqs:')) await this.#send(bucket, target, body);
    });
  }

  #inOrder(work: () => Promise<void>): void {
    const { clock, log } = this.#parts;
    this.#last = this.#last.then(work).catch((error: unknown) => {
      log(`An event of a bucket was lost: ${providerError(error, '').message}`);
    });
    clock.track(this.#last);
  }

  async #tell(news: ObjectNews): Promise<void> {
    const { aws, notifications } = this.#parts;
    const concerned = notifications.of(news.bucket, news.event, news.key);
    if (!concerned) return;
    const object = news.event.startsWith('s3:ObjectCreated:') ? await describe(aws, concerned.region, news) : {};
    this.#sequence += 1;
    for (const notification of concerned.notifications) {
      const record = eventRecord(news, notification, concerned.region, object, this.#sequence);
      await this.#send(news.bucket, notification.target, JSON.stringify({ Records: [record] }));
    }
  }

  async #send(bucket: string, target: string, body: string): Promise<void> {
    const sent = await deliverTo(this.#parts, target, body);
    if (!sent.ok)
      this.#parts.log(`An event of the bucket ${bucket} could not be delivered to ${target}: ${sent.message}`);
  }
}

async function describe(aws: Aws, region: string, { bucket, key }: ObjectNews) {
  const s3 = await aws.s3(region);
  const head = await unlessMissing(s3.headObject({ Bucket: bucket, Key: key }));
  return {
    ...(head?.ContentLength !== undefined && { size: head.ContentLength }),
    ...(head?.ETag && { eTag: head.ETag.replaceAll('"', '') }),
    ...(head?.VersionId && head.VersionId !== 'null' && { versionId: head.VersionId }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function eventRecord(
  { bucket, key, event, sourceIp, requestId }: ObjectNews,
  { id }: BucketNotification,
  region: string,
  object: object,
  sequence: number,
): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: new Date().toISOString(),
    eventName: event.replace(/^s3:/, ''),
    userIdentity: { principalId: localAccount },
    requestParameters: { sourceIPAddress: sourceIp },
    responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: id,
      bucket: { name: bucket, ownerIdentity: { principalId: localAccount }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        // As a form encodes it: a space is a plus.
        key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'),
        ...object,
        sequencer: sequence.toString(16).toUpperCase().padStart(18, '0'),
      },
    },
  };
}
