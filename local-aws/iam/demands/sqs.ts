import * as z from 'zod';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demands, demand, unknownAction } from './demand.ts';

/** The action that each operation needs: a batch needs what its members need. */
const actions: Readonly<Record<string, string>> = {
  ChangeMessageVisibility: 'ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  DeleteMessage: 'DeleteMessage',
  DeleteMessageBatch: 'DeleteMessage',
  GetQueueAttributes: 'GetQueueAttributes',
  GetQueueUrl: 'GetQueueUrl',
  PurgeQueue: 'PurgeQueue',
  ReceiveMessage: 'ReceiveMessage',
  SendMessage: 'SendMessage',
  SendMessageBatch: 'SendMessage',
};

const Queue = z.looseObject({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export function sqsDemands(call: AwsCall): Demands {
  const action = Object.hasOwn(actions, call.operation) ? actions[call.operation] : undefined;
  if (action === undefined) return unknownAction(call);
  const { QueueUrl, QueueName } = Queue.parse(call.input ?? Object.fromEntries(call.form));
  const name = QueueName ?? lastSegment(QueueUrl ?? call.path);
  return demand(`sqs:${action}`, arnOf(call, 'sqs', name));
}

function lastSegment(url: string): string {
  return url.split('?')[0]?.split('/').at(-1) ?? '';
}
