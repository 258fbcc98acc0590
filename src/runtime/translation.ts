import type { TranslateConfig } from '@aws-sdk/lib-dynamodb';

/**
 * How values of the database become values of JavaScript. Numbers that the API writes come back unchanged. Whole
 * numbers beyond 2^53, which only a user's function can have written, become a bigint: the SDK would throw.
 */
export const translation: TranslateConfig = { unmarshallOptions: { wrapNumbers: readNumber } };

function readNumber(text: string): number | bigint {
  const number = Number(text);
  if (!Number.isInteger(number) || Number.isSafeInteger(number)) return number;
  return /^-?\d+$/.test(text) ? BigInt(text) : BigInt(number);
}
