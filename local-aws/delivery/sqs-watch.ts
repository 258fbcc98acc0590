import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { credentialScope, defaultRegion } from '../aws-request.ts';
import { readBody } from '../http-body.ts';
import type { Log } from '../log.ts';
import { passThrough } from '../proxy.ts';

/** A batch may hold 1 MiB of messages (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html), in JSON more. */
const bodyLimit = 8 * 1024 * 1024;

const Call = z.looseObject({
  QueueUrl: z.string(),
  DelaySeconds: z.number().optional(),
  ReceiptHandle: z.string().optional(),
  VisibilityTimeout: z.number().optional(),
  Entries: z
    .array(
      z.looseObject({
        DelaySeconds: z.number().optional(),
        ReceiptHandle: z.string().optional(),
        VisibilityTimeout: z.number().optional(),
      }),
    )
    .optional(),
});

export interface QueueNews {
  /** There are messages to be seen, in so many seconds: they came, or were hidden until then. */
  visible(region: string, queueUrl: string, delaySeconds: number): void;
  /** A message that was received is hidden for so many seconds from now on. */
  hidden(region: string, queueUrl: string, receiptHandle: string, seconds: number): void;
}

/**
 * Passes the calls that bring or show messages on to moto, and says so when moto has taken them, so that nobody has to
 * ask queues all the time. False: another call, and its body is untouched.
 */
export function createSqsWatch(moto: URL, news: QueueNews, log: Log) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string' || !/^AmazonSQS\.(SendMessage|ChangeMessageVisibility)(Batch)?$/.test(target))
      return false;
    const region = credentialScope(request)?.region ?? defaultRegion;
    const body = await readBody(request, bodyLimit);
    if (body === undefined) {
      response.shouldKeepAlive = false;
      response.writeHead(413, { 'content-type': 'application/json' }).end('{"message":"The request is too long."}');
      return true;
    }
    const call = Call.safeParse(json(body.toString('utf8')));
    if (call.success) {
      const { QueueUrl, Entries } = call.data;
      const entries = Entries ?? [call.data];
      // Before it is passed on: the function that asks may be done before we hear that moto has answered.
      if (target.includes('ChangeMessageVisibility'))
        for (const { ReceiptHandle, VisibilityTimeout } of entries)
          if (ReceiptHandle !== undefined && VisibilityTimeout !== undefined)
            news.hidden(region, QueueUrl, ReceiptHandle, VisibilityTimeout);
      response.once('finish', () => {
        if (response.statusCode >= 300) return;
        for (const delay of new Set(
          entries.map(({ DelaySeconds, VisibilityTimeout }) => DelaySeconds ?? VisibilityTimeout ?? 0),
        ))
          news.visible(region, QueueUrl, delay);
      });
    }
    passThrough(moto, request, response, log, body);
    return true;
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // moto says what is wrong with it.
    return undefined;
  }
}
