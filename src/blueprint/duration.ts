const seconds: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

/** The seconds of a duration such as 15m or 30d, as `durationSchema` allows it; NaN for anything else. */
export function durationSeconds(duration: string): number {
  const match = /^([1-9][0-9]*)([smhd])$/.exec(duration);
  return Number(match?.[1] ?? Number.NaN) * (seconds.get(match?.[2] ?? '') ?? Number.NaN);
}
