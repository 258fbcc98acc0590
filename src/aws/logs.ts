import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Logs } from '../deployment/ports.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { toFailure } from './failures.ts';

/** Pages that are read at most: what is looked for is a line or two of a moment ago. */
const mostPages = 5;

/** Logs of functions over the SDK. */
export function logs(settings: ClientSettings): Logs & { close(): void } {
  const client = new CloudWatchLogsClient(clientConfig(settings));
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  return {
    async since(functionName, startTime, text) {
      const messages: string[] = [];
      let nextToken: string | undefined;
      try {
        for (let page = 0; page < mostPages; page += 1) {
          const answer = await client.send(
            new FilterLogEventsCommand({
              logGroupName: `/aws/lambda/${functionName}`,
              startTime,
              filterPattern: JSON.stringify(text),
              ...(nextToken === undefined ? {} : { nextToken }),
            }),
          );
          for (const { message = '' } of answer.events ?? []) if (message.includes(text)) messages.push(message);
          nextToken = answer.nextToken;
          if (nextToken === undefined) break;
        }
        return { status: 'found', messages };
      } catch (error) {
        return toFailure(error);
      }
    },
    close: () => client.destroy(),
  };
}
