import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Queues } from '../deployment/ports.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { toFailure } from './failures.ts';

/** Queues over the SDK. */
export function queues(settings: ClientSettings): Queues & { close(): void } {
  // A queue's URL names its own host; where calls go is for the settings to say.
  const client = new SQSClient({ ...clientConfig(settings), useQueueUrlAsEndpoint: false });
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  return {
    async send(url, body, group) {
      try {
        const { MessageId = '' } = await client.send(
          new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageGroupId: group }),
        );
        return { status: 'sent', messageId: MessageId };
      } catch (error) {
        return toFailure(error);
      }
    },
    close: () => client.destroy(),
  };
}
