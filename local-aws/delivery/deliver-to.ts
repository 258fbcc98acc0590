import { functionReference } from '../data-plane/function-reference.ts';
import { type Aws, localAccount } from '../providers/aws.ts';
import { providerError } from '../providers/failure.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import { queueName } from './event-sources.ts';

export type Delivered = { ok: true } | { ok: false; code: string; message: string };

export interface DeliveryParts {
  aws: Aws;
  /** Tells whoever reads the queue. */
  wake(region: string, queue: string): void;
  invocations(): Pick<AsyncInvocations, 'submit'>;
}

/**
 * Hands a text to a queue or a function, as EventBridge, S3 and Lambda's destinations do. Other kinds of targets are not
 * there.
 */
export async function deliverTo(
  parts: DeliveryParts,
  arn: string,
  body: string,
  options: { group?: string | undefined; attributes?: Record<string, string> } = {},
): Promise<Delivered> {
  const [, , service = '', region = ''] = arn.split(':');
  if (service === 'lambda') {
    const { name, qualifier } = functionReference(arn);
    const taken = await parts.invocations().submit(region, name, qualifier, body);
    return taken ? { ok: true } : { ok: false, code: 'NO_RESOURCE', message: `There is no function ${name}.` };
  }
  if (service !== 'sqs') {
    const message = `The local AWS delivers to queues and functions, not to ${arn}.`;
    return { ok: false, code: 'UNSUPPORTED', message };
  }
  try {
    const sqs = await parts.aws.sqs(region);
    await sqs.sendMessage({
      QueueUrl: `${parts.aws.endpoint}/${localAccount}/${queueName(arn)}`,
      MessageBody: body,
      MessageGroupId: options.group,
      ...(options.attributes && {
        MessageAttributes: Object.fromEntries(
          Object.entries(options.attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
    });
    parts.wake(region, arn);
    return { ok: true };
  } catch (error) {
    const { handlerErrorCode, message } = providerError(error, '');
    return { ok: false, code: handlerErrorCode === 'NotFound' ? 'NO_RESOURCE' : 'SDK_CLIENT_ERROR', message };
  }
}
