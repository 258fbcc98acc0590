/** A five-field cron expression as EventBridge wants it, or why that cannot be said there. */
export type Schedule = { ok: true; expression: string } | { ok: false; reason: string };

interface FieldRange {
  name: string;
  min: number;
  max: number;
  /** Names that stand for numbers, the first for `min` (or for 0 in the weekday field). */
  names?: readonly string[];
}

const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

const ranges = {
  minute: { name: 'minute', min: 0, max: 59 },
  hour: { name: 'hour', min: 0, max: 23 },
  day: { name: 'day of the month', min: 1, max: 31 },
  month: { name: 'month', min: 1, max: 12, names: monthNames },
  // Cron knows Sunday as 0 and as 7.
  weekday: { name: 'weekday', min: 0, max: 7, names: weekdayNames },
} as const satisfies Record<string, FieldRange>;

class NotCron extends Error {}

/**
 * Translates `minute hour day month weekday` (UTC) into EventBridge's `cron(minute hour day month weekday year)`.
 * The result fires at exactly the same minutes. EventBridge numbers weekdays from Sunday = 1 and wants a `?` in one of
 * the two day fields; it cannot say "on the 1st, and on Mondays", which cron can, so that is refused.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function awsSchedule(cron: string): Schedule {
  const fields = cron.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  ) {
    return {
      ok: false,
      reason: `a schedule has five fields (minute hour day month weekday), this one ${fields.length}`,
    };
  }
  try {
    const minutes = valuesOf(minute, ranges.minute);
    const hours = valuesOf(hour, ranges.hour);
    const days = valuesOf(day, ranges.day);
    const months = valuesOf(month, ranges.month);
    const weekdays = [...new Set(valuesOf(weekday, ranges.weekday).map((value) => value % 7))].sort(ascending);
    const everyDay = days.length === 31;
    const everyWeekday = weekdays.length === 7;
    if (!everyDay && !everyWeekday) {
      return {
        ok: false,
        reason: 'EventBridge cannot combine a day of the month with a weekday; write * for one of them',
      };
    }
    const time = `${written(minutes, ranges.minute)} ${written(hours, ranges.hour)}`;
    const inMonths = written(months, ranges.month);
    return {
      ok: true,
      expression: everyWeekday
        ? `cron(${time} ${written(days, ranges.day)} ${inMonths} ? *)`
        : `cron(${time} ? ${inMonths} ${writtenWeekdays(weekdays)} *)`,
    };
  } catch (error) {
    if (error instanceof NotCron) return { ok: false, reason: error.message };
    throw error;
  }
}

/** The numbers that a field names, in ascending order. */
function valuesOf(field: string, range: FieldRange): number[] {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, body, step] = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(part) ?? [];
    if (body === undefined) throw new NotCron(`“${part}” is not a ${range.name}`);
    const by = step === undefined ? 1 : Number(step);
    if (by === 0) throw new NotCron(`the step of “${part}” is 0`);
    const [first, last] = boundsOf(body, step !== undefined, range);
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return [...values].sort(ascending);
}

function boundsOf(body: string, hasStep: boolean, range: FieldRange): [number, number] {
  // Of the two numbers of Sunday, a star means the one.
  if (body === '*') return [range.min, range.name === 'weekday' ? 6 : range.max];
  const ends = body.split('-');
  if (ends.length > 2) throw new NotCron(`“${body}” is not a ${range.name}`);
  const [first, last] = ends.map((end) => numberOf(end, range));
  if (first === undefined) throw new NotCron(`“${body}” is not a ${range.name}`);
  if (last === undefined) {
    if (hasStep) throw new NotCron(`“${body}/…” has no end; write ${body}-${range.max}/…`);
    return [first, first];
  }
  // FRI-SUN is a range: at its end, Sunday is 7.
  if (range.name === 'weekday' && last === 0 && ends[1] !== '0') return [first, 7];
  if (last < first) throw new NotCron(`the range “${body}” ends before it begins`);
  return [first, last];
}

function numberOf(text: string, range: FieldRange): number {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return range.name === 'weekday' ? named : named + range.min;
  const value = /^[0-9]{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= range.min && value <= range.max)) {
    throw new NotCron(`“${text}” is not a ${range.name} (${range.min} to ${range.max})`);
  }
  return value;
}

/** The shortest of EventBridge's forms that says the same: `*`, `a-b`, `a/step`, or every value. */
function written(values: number[], range: FieldRange): string {
  if (values.length === range.max - range.min + 1) return '*';
  return run(values, range.max) ?? values.join(',');
}

function writtenWeekdays(values: number[]): string {
  const name = (value: number | undefined) => weekdayNames[value ?? 0] ?? 'SUN';
  const consecutive = values.length > 2 && values.every((value, index) => value === (values[0] ?? 0) + index);
  return consecutive ? `${name(values[0])}-${name(values.at(-1))}` : values.map(name).join(',');
}

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
