/** A calendar day that exists, as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts !== null && isCalendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}

/**
 * An RFC 3339 date and time in one form: UTC with milliseconds, so that the order of texts is the order in time.
 * Undefined when it is none, names a day that does not exist, or leaves the years 0 to 9999.
 */
export function normalizedMoment(text: string): string | undefined {
  const parts =
    /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (parts === null) return undefined;
  const number = (group: number) => Number(parts[group] ?? 0);
  const [year, month, day] = [number(1), number(2), number(3)] as const;
  const [hour, minute, second] = [number(4), number(5), number(6)] as const;
  const [sign, offsetHour, offsetMinute] = [parts[8], number(9), number(10)] as const;
  if (!isCalendarDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  if (offsetHour > 23 || offsetMinute > 59) return undefined;
  const milliseconds = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minute, second, milliseconds);
  const offset = (offsetHour * 60 + offsetMinute) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = new Date(moment.getTime() - offset);
  return utc.getUTCFullYear() >= 0 && utc.getUTCFullYear() <= 9999 ? utc.toISOString() : undefined;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return day <= last.getUTCDate();
}
