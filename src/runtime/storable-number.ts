/** The end of a sentence about a number that cannot be stored: too large for JavaScript to count by ones, or too small. */
export function unstorableNumber(value: number): string {
  return Math.abs(value) < 1
    ? 'must be 0 or at least 1e-130 away from it'
    : `must lie between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;
}

/** DynamoDB keeps magnitudes from 1e-130; the SDK refuses what lies beyond the safe integers. */
export function isStorableNumber(value: number): boolean {
  return value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}
