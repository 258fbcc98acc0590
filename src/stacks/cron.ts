import { type Cron, cronValues, readCron } from '../blueprint/cron.ts';

/** A five-field cron expression as EventBridge wants it, or why that cannot be said there. */
export type Schedule = { ok: true; expression: string } | { ok: false; reason: string; hint: string };

const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

const ranges: Record<Exclude<keyof Cron, 'weekday'>, { min: number; max: number }> = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  day: { min: 1, max: 31 },
  month: { min: 1, max: 12 },
};

/** EventBridge's limit on ScheduleExpression. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const longestExpression = 256;

/**
 * Translates `minute hour day month weekday` (UTC) into EventBridge's `cron(minute hour day month weekday year)`. The
 * result fires at exactly the same minutes: every field is read into the numbers it stands for and written again.
 * EventBridge wants a `?` in one of the two day fields. Weekdays are written as names, because it counts them from
 * Sunday = 1. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function awsSchedule(schedule: string): Schedule {
  const reading = readCron(schedule);
  if (!reading.ok) return { ok: false, reason: reading.message, hint: reading.hint };
  const plain = expression(reading.cron, (values) => values.join(','));
  return { ok: true, expression: plain.length <= longestExpression ? plain : expression(reading.cron, inRanges) };
}

function expression(cron: Cron, list: (values: readonly number[]) => string): string {
  const field = (key: keyof typeof ranges) => written(cronValues(cron, key), ranges[key], list);
  const weekdays = cronValues(cron, 'weekday');
  return weekdays.length === 7
    ? `cron(${field('minute')} ${field('hour')} ${field('day')} ${field('month')} ? *)`
    : `cron(${field('minute')} ${field('hour')} ? ${field('month')} ${writtenWeekdays(weekdays)} *)`;
}

/** The shortest of EventBridge's forms that says the same: `*`, `a-b`, `a/step`, or every value. */
function written(
  values: readonly number[],
  { min, max }: { min: number; max: number },
  list: (values: readonly number[]) => string,
): string {
  if (values.length === max - min + 1) return '*';
  return run(values, max) ?? list(values);
}

function writtenWeekdays(values: readonly number[]): string {
  const names = values.map((value) => weekdayNames[value] ?? '');
  const [first = 0] = values;
  const consecutive = values.length > 2 && values.every((value, index) => value === first + index);
  return consecutive ? `${names[0]}-${names.at(-1)}` : names.join(',');
}

/** Numbers at equal distances: `a-b`, or `a/step` where the next one would be past the end. */
function run(values: readonly number[], max: number): string | undefined {
  const [first, second] = values;
  const last = values.at(-1);
  if (values.length < 3 || first === undefined || second === undefined || last === undefined) return undefined;
  const step = second - first;
  if (values.some((value, index) => value !== first + index * step)) return undefined;
  if (step === 1) return `${first}-${last}`;
  return last + step > max ? `${first}/${step}` : undefined;
}

/** `0-28,30-59`: a list whose neighbours are drawn together, for what would otherwise be too long. */
function inRanges(values: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const value of values) {
    const open = parts.at(-1);
    if (open !== undefined && open[1] + 1 === value) open[1] = value;
    else parts.push([value, value]);
  }
  return parts.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(',');
}
