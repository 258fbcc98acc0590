import type { Message } from '@aws-sdk/client-sqs';

/** System attributes that Lambda passes on. moto has some more, which a function on AWS never sees. */
const attributeNames = [
  'ApproximateReceiveCount',
  'AWSTraceHeader',
  'SentTimestamp',
  'SenderId',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageGroupId',
  'MessageDeduplicationId',
  'DeadLetterQueueSourceArn',
];

/** What a function gets of a batch. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function queueEvent(messages: readonly Message[], queueArn: string, region: string): { Records: object[] } {
  return {
    Records: messages.map((message) => {
      const given = new Map(Object.entries(message.Attributes ?? {}));
      return {
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body ?? '',
        attributes: Object.fromEntries(
          attributeNames.flatMap((name) => {
            const value = given.get(name);
            return value === undefined ? [] : [[name, value] as const];
          }),
        ),
        messageAttributes: Object.fromEntries(
          Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
            name,
            {
              ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
              ...(value.BinaryValue !== undefined && {
                binaryValue: Buffer.from(value.BinaryValue).toString('base64'),
              }),
              stringListValues: [],
              binaryListValues: [],
              dataType: value.DataType,
            },
          ]),
        ),
        ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
        md5OfBody: message.MD5OfBody,
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: region,
      };
    }),
  };
}
