import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Failure } from '../deployment/ports.ts';
import { isLoopback, type Target } from '../deployment/target.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { credentialSource, localCredentials } from './credentials.ts';
import { toFailure } from './failures.ts';

/** One line that a function has logged. */
export interface FunctionLogLine {
  /** ISO 8601. */
  at: string;
  stream: string;
  message: string;
}

export type FunctionLogs = { status: 'found'; lines: FunctionLogLine[] } | Failure;

/** How far back is looked at first, and when nothing is there: an hour, a day, two weeks. Milliseconds. */
const windows = [3_600_000, 86_400_000, 14 * 86_400_000];
/** Pages of one window that are read at most: a busy function writes more than anybody reads. */
const mostPages = 20;

/**
 * The latest lines of a function, oldest first, at most `limit`. A function that never ran has none.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function functionLogs(
  target: Target,
  functionName: string,
  limit: number,
  now: number,
  onCall?: ClientSettings['onCall'],
): Promise<FunctionLogs> {
  if (target.kind === 'local' && !isLoopback(target.endpoint)) {
    return {
      status: 'rejected',
      code: 'NotLoopback',
      message: `The local AWS must be on this machine, and ${target.endpoint} is not.`,
    };
  }
  const client = new CloudWatchLogsClient(clientConfig(await settingsFor(target)));
  client.middlewareStack.add(observer(onCall), observerPlace);
  try {
    for (const window of windows) {
      const lines = await linesSince(client, functionName, now - window);
      if (lines.length > 0) return { status: 'found', lines: lines.slice(-limit) };
    }
    return { status: 'found', lines: [] };
  } catch (error) {
    const failure = toFailure(error);
    // The log group is made by the stack; where it is missing, nothing was ever logged.
    return failure.code === 'ResourceNotFoundException' ? { status: 'found', lines: [] } : failure;
  } finally {
    client.destroy();
  }
}

async function linesSince(client: CloudWatchLogsClient, functionName: string, startTime: number) {
  const lines: FunctionLogLine[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${functionName}`,
        startTime,
        ...(nextToken && { nextToken }),
      }),
    );
    for (const { timestamp, logStreamName, message } of answer.events ?? []) {
      lines.push({
        at: new Date(timestamp ?? startTime).toISOString(),
        stream: logStreamName ?? '',
        message: message ?? '',
      });
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

async function settingsFor(target: Target): Promise<ClientSettings> {
  const { region } = target;
  if (target.kind === 'local') {
    return { region, credentials: localCredentials, endpoint: target.endpoint, maxAttempts: 1 };
  }
  const credentials = await credentialSource({
    region,
    ...(target.profile === undefined ? {} : { profile: target.profile }),
  });
  return { region, credentials, maxAttempts: 3 };
}
