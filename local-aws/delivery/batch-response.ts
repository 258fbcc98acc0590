import * as z from 'zod';

const Response = z.looseObject({
  batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The ids of the messages of a batch that failed, by what the function answered under ReportBatchItemFailures: nothing,
 * null or an empty list is success of all; an answer that names no message, or one that was not in the batch, is failure
 * of all. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessages(payload: string, messageIds: readonly string[]): ReadonlySet<string> {
  const all = new Set(messageIds);
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return all;
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return new Set();
  const response = Response.safeParse(answer);
  if (!response.success) return all;
  const failed = new Set((response.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  return [...failed].every((id) => all.has(id)) ? failed : all;
}
