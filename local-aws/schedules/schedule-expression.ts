/**
 * A schedule of EventBridge: `cron(minute hour day-of-month month day-of-week year)` in UTC, or `rate(5 minutes)`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export interface ScheduleExpression {
  /**
   * The first time to run after `after`, in milliseconds since 1970; undefined when there is none. A rate counts from
   * `since`, when its rule was made.
   */
  next(after: number, since: number): number | undefined;
}

const minute = 60_000;
const day = 86_400_000;

/** Undefined for what EventBridge would refuse ("Parameter ScheduleExpression is not valid"). */
export function scheduleExpression(text: string): ScheduleExpression | undefined {
  const rate = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/.exec(text.trim());
  if (rate) return rateOf(Number(rate[1]), rate[2] ?? '');
  const cron = /^cron\((.+)\)$/.exec(text.trim())?.[1];
  return cron === undefined ? undefined : cronOf(cron.trim().split(/\s+/));
}

/** One is written in the singular, anything else in the plural. */
function rateOf(count: number, unit: string): ScheduleExpression | undefined {
  if (count < 1 || (count === 1) === unit.endsWith('s')) return undefined;
  const one = unit.startsWith('minute') ? minute : unit.startsWith('hour') ? 60 * minute : day;
  const step = count * one;
  return { next: (after, since) => since + Math.max(1, Math.floor((after - since) / step) + 1) * step };
}

interface Range {
  least: number;
  most: number;
  names?: readonly string[];
}

const minutes: Range = { least: 0, most: 59 };
const hours: Range = { least: 0, most: 23 };
const daysOfMonth: Range = { least: 1, most: 31 };
const months: Range = {
  least: 1,
  most: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const weekdays: Range = { least: 1, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] };
const years: Range = { least: 1970, most: 2199 };

/** Whether a day matches; which month it is in and how long that is are its context. */
type DayTest = (date: Date) => boolean;

function cronOf(fields: string[]): ScheduleExpression | undefined {
  if (fields.length !== 6) return undefined;
  const [atMinute = '', atHour = '', dayOfMonth = '', inMonth = '', dayOfWeek = '', inYear = ''] = fields;
  // One of the two day fields is a question mark, and only one.
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const minuteSet = valuesOf(atMinute, minutes);
  const hourSet = valuesOf(atHour, hours);
  const monthSet = valuesOf(inMonth, months);
  const yearSet = valuesOf(inYear, years);
  const isDay = dayOfWeek === '?' ? dayOfMonthTest(dayOfMonth) : dayOfWeekTest(dayOfWeek);
  if (!minuteSet || !hourSet || !monthSet || !yearSet || !isDay) return undefined;
  return {
    next(after) {
      const first = (Math.floor(after / minute) + 1) * minute;
      let date = new Date(Math.floor(first / day) * day);
      while (date.getUTCFullYear() <= years.most) {
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
        if (!yearSet.has(year)) date = new Date(Date.UTC(year + 1, 0, 1));
        else if (!monthSet.has(month + 1)) date = new Date(Date.UTC(year, month + 1, 1));
        else {
          const found = isDay(date) ? timeOn(date.getTime(), first) : undefined;
          if (found !== undefined) return found;
          date = new Date(date.getTime() + day);
        }
      }
      return undefined;
    },
  };

  function timeOn(start: number, notBefore: number): number | undefined {
    for (let hour = 0; hour < 24; hour++) {
      if (!hourSet?.has(hour) || start + (hour + 1) * 60 * minute <= notBefore) continue;
      for (let at = 0; at < 60; at++) {
        const time = start + hour * 60 * minute + at * minute;
        if (minuteSet?.has(at) && time >= notBefore) return time;
      }
    }
    return undefined;
  }
}

/** The numbers of a field; undefined when it is malformed. */
function valuesOf(field: string, range: Range): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [body = '', step, ...rest] = item.split('/');
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return undefined;
    const [from = '', to, ...more] = body.split('-');
    const first = body === '*' ? range.least : numberOf(from, range);
    // `5/10`: from five on.
    const last = to !== undefined ? numberOf(to, range) : body === '*' || step !== undefined ? range.most : first;
    if (more.length > 0 || first === undefined || last === undefined) return undefined;
    // `20-2` goes over the end, as in EventBridge's own example.
    const width = range.most - range.least + 1;
    const end = last < first ? last + width : last;
    for (let value = first; value <= end; value += Number(step ?? 1))
      values.add(value > range.most ? value - width : value);
  }
  return values;
}

function numberOf(text: string, { least, most, names }: Range): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return least + named;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

function lastDay(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** Numbers, `L` (the last day) and `15W` (the weekday nearest to the 15th, within the month). */
function dayOfMonthTest(field: string): DayTest | undefined {
  if (field === 'L') return (date) => date.getUTCDate() === lastDay(date);
  const near = /^(\d{1,2})W$/.exec(field)?.[1];
  if (near !== undefined) {
    const wanted = numberOf(near, daysOfMonth);
    return wanted === undefined ? undefined : (date) => date.getUTCDate() === nearestWeekday(date, wanted);
  }
  const days = valuesOf(field, daysOfMonth);
  return days && ((date) => days.has(date.getUTCDate()));
}

function nearestWeekday(date: Date, wanted: number): number | undefined {
  const last = lastDay(date);
  if (wanted > last) return undefined;
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), wanted)).getUTCDay();
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === last ? wanted - 2 : wanted + 1;
  return wanted;
}

/** Numbers and names from Sunday = 1, `6L` (the last Friday) and `6#3` (the third Friday). */
function dayOfWeekTest(field: string): DayTest | undefined {
  if (field === 'L') return (date) => date.getUTCDay() === 6;
  const [, last] = /^([1-7]|[A-Z]{3})L$/i.exec(field) ?? [];
  if (last !== undefined) {
    const wanted = numberOf(last, weekdays);
    return wanted === undefined
      ? undefined
      : (date) => date.getUTCDay() + 1 === wanted && date.getUTCDate() + 7 > lastDay(date);
  }
  const [, named, which] = /^([1-7]|[A-Z]{3})#([1-5])$/i.exec(field) ?? [];
  if (named !== undefined) {
    const wanted = numberOf(named, weekdays);
    return wanted === undefined
      ? undefined
      : (date) => date.getUTCDay() + 1 === wanted && Math.ceil(date.getUTCDate() / 7) === Number(which);
  }
  const days = valuesOf(field, weekdays);
  return days && ((date) => days.has(date.getUTCDay() + 1));
}
