import * as z from 'zod';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demands, demand, unknownAction } from './demand.ts';

const Group = z.looseObject({
  logGroupName: z.string().optional(),
  logGroupIdentifier: z.string().optional(),
  logStreamName: z.string().optional(),
});

/** Actions on a stream; the others are on the group. */
const onStream = new Set(['DeleteLogStream', 'GetLogEvents', 'PutLogEvents']);
const onGroup = new Set(['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'FilterLogEvents']);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export function logsDemands(call: AwsCall): Demands {
  const { logGroupName, logGroupIdentifier, logStreamName } = Group.parse(call.input);
  const group = logGroupName ?? logGroupIdentifier;
  if (group === undefined || !(onStream.has(call.operation) || onGroup.has(call.operation))) return unknownAction(call);
  const stream = onStream.has(call.operation) ? logStreamName : undefined;
  return demand(`logs:${call.operation}`, logResource(call.region, group, stream));
}

/** As CloudWatch Logs names a group in its refusals: with a stream, or with none after the last colon. */
export function logResource(region: string, group: string, stream = ''): string {
  return `${arnOf({ region }, 'logs', group.startsWith('arn:') ? group : `log-group:${group}`)}:log-stream:${stream}`;
}
