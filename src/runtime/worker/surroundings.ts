import { inLambda } from '../in-lambda.ts';
import type { UserHandler } from '../user-handler.ts';
import type { Delivery } from './message.ts';
import { nameIn, workQueues } from './work-queues.ts';
import type { WorkerParts } from './worker.ts';

/**
 * What a worker needs of Lambda. Environment: `WORK_QUEUES`, the queues that feed the function; `BACKDRIFT_SERVICE`.
 */
export function workerParts(handler: UserHandler): WorkerParts {
  const { log, ticks } = inLambda();
  return {
    queues: remembered(() => workQueues(process.env.WORK_QUEUES)),
    handler,
    hide: hideInQueue,
    log,
    complain: (error) => console.error(error),
    ticks,
  };
}

function remembered<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The SDK is loaded only when something has failed. */
async function hideInQueue({ queueArn, region, receiptHandle }: Delivery, seconds: number): Promise<void> {
  const { SQSClient, ChangeMessageVisibilityCommand } = await import('@aws-sdk/client-sqs');
  const account = queueArn.split(':').at(-2) ?? '';
  // The address is told by the SDK's own settings; of the URL only account and name matter.
  const sqs = new SQSClient({ region, useQueueUrlAsEndpoint: false });
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${account}/${nameIn(queueArn)}`;
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }),
  );
}
