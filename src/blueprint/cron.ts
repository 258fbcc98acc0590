import type { TextRange } from './problem.ts';

/** The five fields of a schedule, as written, in their order. */
export interface Cron {
  minute: string;
  hour: string;
  day: string;
  month: string;
  weekday: string;
}

export type CronReading =
  | { ok: true; cron: Cron }
  | {
      ok: false;
      message: string;
      hint: string /** Inside the schedule. */;
      span: TextRange /** The whole schedule, put right. */;
      better?: string;
    };

interface CronField {
  key: keyof Cron;
  label: string;
  least: number;
  most: number;
  /** Names for the numbers from `least` on. */
  names: readonly string[];
}

const cronFields: readonly CronField[] = [
  { key: 'minute', label: 'minute', least: 0, most: 59, names: [] },
  { key: 'hour', label: 'hour', least: 0, most: 23, names: [] },
  { key: 'day', label: 'day of the month', least: 1, most: 31, names: [] },
  {
    key: 'month',
    label: 'month',
    least: 1,
    most: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  // 0 and 7 are both Sunday, as in crontab(5).
  { key: 'weekday', label: 'weekday', least: 0, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
];

const shorthands: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** The most days that a month can have. */
const longestMonth: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a five-field cron schedule: minute hour day month weekday, each `*`, a number, a name (JAN, MON), a range, a
 * list, or any of these with a step, as in crontab(5).
 *
 * Day and weekday cannot both be restricted. Cron then runs on the days that are either; EventBridge wants `?` in one of
 * the two, so it would take two rules, and a day that is both would run twice.
 */
export function readCron(schedule: string): CronReading {
  const whole = { start: 0, end: schedule.length };
  const long = shorthands.get(schedule.trim().toLowerCase());
  if (long !== undefined) {
    return {
      ok: false,
      message: `\`${schedule}\` is not written in five fields.`,
      hint: `Write \`${long}\`.`,
      span: whole,
      better: long,
    };
  }
  const wrapped = /^(cron|rate)\s*\(/.test(schedule.trim());
  const parts = [...schedule.matchAll(/\S+/g)];
  if (parts.length !== cronFields.length || wrapped) {
    return {
      ok: false,
      message: wrapped
        ? 'A schedule is plain cron, without cron( ) or rate( ).'
        : `A schedule has five fields, this one has ${parts.length}.`,
      hint: 'Write minute hour day month weekday, such as `0 2 * * *` for every night at two.',
      span: whole,
    };
  }
  const written: Cron = { minute: '*', hour: '*', day: '*', month: '*', weekday: '*' };
  for (const [index, field] of cronFields.entries()) {
    const part = parts[index];
    if (part === undefined) break;
    const wrong = wrongWith(part[0], field);
    if (wrong !== undefined) {
      const { instead, ...said } = wrong;
      const end = part.index + part[0].length;
      return {
        ok: false,
        ...said,
        span: { start: part.index, end },
        ...(instead !== undefined && { better: schedule.slice(0, part.index) + instead + schedule.slice(end) }),
      };
    }
    // A step of one leaves nothing out.
    written[field.key] = part[0] === '*/1' ? '*' : part[0].toUpperCase();
  }
  if (written.day !== '*' && written.weekday !== '*') {
    return {
      ok: false,
      message:
        'A schedule cannot name both a day of the month and a weekday: cron runs on days that are either, and EventBridge has no such rule.',
      hint: 'Write `*` for one of them, or make two jobs for the same function; a day that is both then runs it twice.',
      span: whole,
    };
  }
  const months = cronValues(written, 'month');
  if (cronValues(written, 'day').every((day) => months.every((month) => day > (longestMonth[month - 1] ?? 0)))) {
    return {
      ok: false,
      message: 'This schedule never runs: none of its months has such a day.',
      hint: 'Name a day that the month has, such as 28 in February.',
      span: whole,
    };
  }
  return { ok: true, cron: written };
}

/** The numbers that a field stands for, in ascending order; weekdays from Sunday = 0 to Saturday = 6. */
export function cronValues(cron: Cron, key: keyof Cron): number[] {
  const field = cronFields.find((candidate) => candidate.key === key);
  if (field === undefined) return [];
  const values = new Set<number>();
  for (const item of cron[key].split(',')) {
    const [body = '', step = '1'] = item.split('/');
    const [from = '', to] = body.split('-');
    const first = body === '*' ? field.least : (numberOf(from, field) ?? field.least);
    const last = body === '*' ? field.most : to === undefined ? first : (rangeEnd(to, field) ?? field.most);
    for (let value = first; value <= last; value += Number(step)) {
      values.add(key === 'weekday' ? value % 7 : value);
    }
  }
  return [...values].sort((left, right) => left - right);
}

/** Letters that Quartz and EventBridge know and crontab(5) does not, and what can be done without them. */
const foreign: readonly [RegExp, string][] = [
  [
    /^\d{0,2}-?L(-\d+|W)?$|^[A-Z]{3}L$/i,
    'To run on the last day of a month, write `28-31` and let the function check the date.',
  ],
  [/^\d{1,2}W$/i, 'To run on working days, write `1-5` as the weekday.'],
  [/#/, 'To run on the first Monday, write the days `1-7` and let the function check the weekday.'],
  [/^\?$/, 'Write `*`.'],
];

function wrongWith(
  text: string,
  field: CronField,
): { message: string; hint: string /** The field, put right. */; instead?: string } | undefined {
  const allowed = `${field.least} to ${field.most}${field.names.length > 0 ? `, or ${field.names[0]} to ${field.names.at(-1)}` : ''}`;
  const hint = `The ${field.label} is ${allowed}; also \`*\`, \`1-5\`, \`1,3\` or \`*/2\`.`;
  for (const item of text.split(',')) {
    const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/([0-9]+))?$/.exec(item);
    const special = foreign.find(([pattern]) => pattern.test(item));
    if (special !== undefined) {
      return {
        message: `\`${item}\` is not five-field cron: \`L\`, \`W\`, \`#\` and \`?\` are not known there.`,
        hint: special[1],
        ...(text === '?' && { instead: '*' }),
      };
    }
    if (match === null || (match[1] === '*' && match[2] !== undefined)) {
      return { message: `\`${item}\` cannot be the ${field.label}.`, hint };
    }
    const [, from = '*', to, step] = match;
    for (const bound of [from, to]) {
      if (bound === undefined || bound === '*') continue;
      if (numberOf(bound, field) === undefined) return { message: `\`${bound}\` cannot be the ${field.label}.`, hint };
    }
    if (to !== undefined && (numberOf(from, field) ?? 0) > (rangeEnd(to, field) ?? 0)) {
      const around = overTheEnd(from, to, field);
      return {
        message: `The range \`${from}-${to}\` runs backwards.`,
        hint: `Write the smaller ${field.label} first, or \`${around}\` to go over the end.`,
        ...(text === item && step === undefined && { instead: around }),
      };
    }
    if (step !== undefined && (Number(step) < 1 || Number(step) > field.most)) {
      return {
        message: `The step \`/${step}\` is not possible for the ${field.label}.`,
        hint: `Write a step from 1 to ${field.most}.`,
      };
    }
    if (step !== undefined && from !== '*' && to === undefined) {
      return {
        message: `A step needs a range: \`${item}\`.`,
        hint: `Write \`${from}-${field.most}/${step}\` or \`*/${step}\`.`,
      };
    }
  }
  return undefined;
}

/** `22-6` as what cron takes: `22-23,0-6`. */
function overTheEnd(from: string, to: string, field: CronField): string {
  const last = field.key === 'weekday' ? 6 : field.most;
  const part = (first: string, final: string) =>
    numberOf(first, field) === numberOf(final, field) ? first : `${first}-${final}`;
  const named = (value: number) =>
    Number.isNaN(Number(from)) ? (field.names[value - field.least] ?? '') : String(value);
  return `${part(from, named(last))},${part(named(field.least), to)}`;
}

/** FRI-SUN is a range: at its end, Sunday is 7. */
function rangeEnd(text: string, field: CronField): number | undefined {
  const value = numberOf(text, field);
  return field.key === 'weekday' && value === 0 && text !== '0' ? 7 : value;
}

function numberOf(text: string, field: CronField): number | undefined {
  const named = field.names.indexOf(text.toUpperCase());
  if (named >= 0) return field.least + named;
  if (!/^[0-9]{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.least && value <= field.most ? value : undefined;
}
