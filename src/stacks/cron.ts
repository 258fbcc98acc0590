import { type Cron, readCron } from '../blueprint/cron.ts';

/** A five-field cron expression as EventBridge wants it, or why that cannot be said there. */
export type Schedule = { ok: true; expression: string } | { ok: false; reason: string; hint: string };

interface FieldRange {
  min: number;
  max: number;
  /** Names of the numbers from `min` on. */
  names: readonly string[];
}

const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

const ranges: Record<keyof Cron, FieldRange> = {
  minute: { min: 0, max: 59, names: [] },
  hour: { min: 0, max: 23, names: [] },
  day: { min: 1, max: 31, names: [] },
  month: { min: 1, max: 12, names: monthNames },
  weekday: { min: 0, max: 6, names: weekdayNames },
};

/**
 * Translates `minute hour day month weekday` (UTC) into EventBridge's `cron(minute hour day month weekday year)`. The
 * result fires at exactly the same minutes: every field is read into the numbers it stands for and written again.
 * EventBridge wants a `?` in one of the two day fields. Weekdays are written as names, because it counts them from
 * Sunday = 1. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function awsSchedule(schedule: string): Schedule {
  const reading = readCron(schedule);
  if (!reading.ok) return { ok: false, reason: reading.message, hint: reading.hint };
  const { cron } = reading;
  const time = `${written(cron, 'minute')} ${written(cron, 'hour')}`;
  const month = written(cron, 'month');
  const weekdays = [...new Set(valuesOf(cron.weekday, ranges.weekday).map((value) => value % 7))].sort(ascending);
  return {
    ok: true,
    expression:
      weekdays.length === 7
        ? `cron(${time} ${written(cron, 'day')} ${month} ? *)`
        : `cron(${time} ? ${month} ${writtenWeekdays(weekdays)} *)`,
  };
}

/** The numbers that a field stands for, in ascending order. */
function valuesOf(field: string, range: FieldRange): number[] {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [body = '', step = '1'] = item.split('/');
    const [from = '', to = from] = body.split('-');
    const first = body === '*' ? range.min : numberOf(from, range);
    let last = body === '*' ? range.max : numberOf(to, range);
    // FRI-SUN is a range: at its end, Sunday is 7.
    if (last < first) last += 7;
    for (let value = first; value <= last; value += Number(step)) values.add(value);
  }
  return [...values].sort(ascending);
}

function numberOf(text: string, { min, names }: FieldRange): number {
  const named = names.indexOf(text);
  return named < 0 ? Number(text) : named + min;
}

/** The shortest of EventBridge's forms that says the same: `*`, `a-b`, `a/step`, or every value. */
function written(cron: Cron, key: keyof Cron): string {
  const range = ranges[key];
  const values = valuesOf(cron[key], range);
  if (values.length === range.max - range.min + 1) return '*';
  return run(values, range.max) ?? values.join(',');
}

function writtenWeekdays(values: number[]): string {
  const names = values.map((value) => weekdayNames[value] ?? '');
  const [first = 0] = values;
  const consecutive = values.length > 2 && values.every((value, index) => value === first + index);
  return consecutive ? `${names[0]}-${names.at(-1)}` : names.join(',');
}

/** Numbers at equal distances: `a-b`, or `a/step` where the next one would be past the end. */
function run(values: number[], max: number): string | undefined {
  const [first, second] = values;
  const last = values.at(-1);
  if (values.length < 3 || first === undefined || second === undefined || last === undefined) return undefined;
  const step = second - first;
  if (values.some((value, index) => value !== first + index * step)) return undefined;
  if (step === 1) return `${first}-${last}`;
  return last + step > max ? `${first}/${step}` : undefined;
}

function ascending(left: number, right: number): number {
  return left - right;
}
