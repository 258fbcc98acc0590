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
  | { ok: false; message: string; hint: string /** Inside the schedule. */; span: TextRange };

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

/**
 * Reads a five-field cron schedule: minute hour day month weekday, each `*`, a number, a name (JAN, MON), a range, a
 * list, or any of these with a step. Day and weekday cannot both be restricted: EventBridge Scheduler has no such
 * schedule (its cron wants `?` in one of the two).
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
    if (wrong !== undefined)
      return { ok: false, ...wrong, span: { start: part.index, end: part.index + part[0].length } };
    written[field.key] = part[0].toUpperCase();
  }
  if (written.day !== '*' && written.weekday !== '*') {
    return {
      ok: false,
      message: 'A schedule cannot name both a day of the month and a weekday.',
      hint: 'Write `*` for one of them, or make two jobs.',
      span: whole,
    };
  }
  return { ok: true, cron: written };
}

function wrongWith(text: string, field: CronField): { message: string; hint: string } | undefined {
  const allowed = `${field.least} to ${field.most}${field.names.length > 0 ? `, or ${field.names[0]} to ${field.names.at(-1)}` : ''}`;
  const hint = `The ${field.label} is ${allowed}; also \`*\`, \`1-5\`, \`1,3\` or \`*/2\`.`;
  for (const item of text.split(',')) {
    const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/([0-9]+))?$/.exec(item);
    if (match === null || (match[1] === '*' && match[2] !== undefined)) {
      return { message: `\`${item}\` cannot be the ${field.label}.`, hint };
    }
    const [, from = '*', to, step] = match;
    for (const bound of [from, to]) {
      if (bound === undefined || bound === '*') continue;
      if (numberOf(bound, field) === undefined) return { message: `\`${bound}\` cannot be the ${field.label}.`, hint };
    }
    if (to !== undefined && (numberOf(from, field) ?? 0) > (rangeEnd(to, field) ?? 0)) {
      return {
        message: `The range \`${from}-${to}\` runs backwards.`,
        hint: `Write the smaller ${field.label} first.`,
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
