/** The end of a sentence about a number that cannot be stored. */
export const storableNumber = `must lie between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;

/** DynamoDB keeps magnitudes from 1e-130; the SDK refuses what lies beyond the safe integers. */
export function isStorableNumber(value: number): boolean {
  return value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}
