const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds in a duration of the Blueprint: `15m` is 900. NaN for what is not one. */
export function durationSeconds(duration: string): number {
  const [, count, unit] = /^([0-9]+)([smhd])$/.exec(duration) ?? [];
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') return Number.NaN;
  return Number(count) * secondsOf[unit];
}

/** The number and the word for its unit, as Cognito wants them: `30d` is 30 days. */
export function durationUnits(duration: string): { count: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' } {
  const seconds = durationSeconds(duration);
  if (seconds % 86_400 === 0) return { count: seconds / 86_400, unit: 'days' };
  if (seconds % 3600 === 0) return { count: seconds / 3600, unit: 'hours' };
  if (seconds % 60 === 0) return { count: seconds / 60, unit: 'minutes' };
  return { count: seconds, unit: 'seconds' };
}
