import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scheduleExpression } from '../../../local-aws/schedules/schedule-expression.ts';
import { awsSchedule } from '../../../src/stacks/cron.ts';

const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

describe('a schedule', () => {
  const translations: [cron: string, aws: string][] = [
    ['0 2 * * *', 'cron(0 2 * * ? *)'],
    ['* * * * *', 'cron(* * * * ? *)'],
    ['*/15 * * * *', 'cron(0/15 * * * ? *)'],
    ['*/7 * * * *', 'cron(0/7 * * * ? *)'],
    ['5-59/10 * * * *', 'cron(5/10 * * * ? *)'],
    ['10-40/10 * * * *', 'cron(10,20,30,40 * * * ? *)'],
    ['0 8-18 * * MON-FRI', 'cron(0 8-18 ? * MON-FRI *)'],
    ['0 0 * * 0', 'cron(0 0 ? * SUN *)'],
    ['0 0 * * 7', 'cron(0 0 ? * SUN *)'],
    ['0 0 * * 1', 'cron(0 0 ? * MON *)'],
    ['0 0 * * 5-7', 'cron(0 0 ? * SUN,FRI,SAT *)'],
    ['0 0 * * fri-sun', 'cron(0 0 ? * SUN,FRI,SAT *)'],
    ['0 0 * * 0-6', 'cron(0 0 * * ? *)'],
    ['0 0 * * 1-7', 'cron(0 0 * * ? *)'],
    ['0 0 */1 * MON', 'cron(0 0 ? * MON *)'],
    ['0 0 29 2 *', 'cron(0 0 29 2 ? *)'],
    ['0 0 */2 * *', 'cron(0 0 1/2 * ? *)'],
    ['0 0 * * */2', 'cron(0 0 ? * SUN,TUE,THU,SAT *)'],
    ['*/59 * * * *', 'cron(0,59 * * * ? *)'],
    ['0 0 1 */3 *', 'cron(0 0 1 1/3 ? *)'],
    ['0 0 1,15 jan,jul *', 'cron(0 0 1,15 1,7 ? *)'],
  ];
  for (const [cron, aws] of translations) {
    it(`${cron} is ${aws}`, () => assert.deepEqual(awsSchedule(cron), { ok: true, expression: aws }));
  }

  for (const cron of [
    '',
    '0 2 * *',
    '0 2 * * * *',
    '60 * * * *',
    '* 24 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '0 0 * * 8',
    '5/10 * * * *',
    '*/0 * * * *',
    '5-1 * * * *',
    '0 0 1 * MON',
    '@daily',
    'cron(0 2 * * ? *)',
    '0 0 L * *',
    '0 0 LW * *',
    '0 0 15W * *',
    '0 0 * * 5L',
    '0 0 * * MON#1',
    '0 0 ? * MON',
    '0 0 30 2 *',
    '0 0 31 4,6,9,11 *',
    '0 22-6 * * *',
    '0 0 * * SAT-MON',
    '0 0 */2 * MON',
    '0 0 1-31 * MON',
    'a b c d e',
    '__proto__ * * * *',
    '-1 * * * *',
    '1.5 * * * *',
    '0 0 * constructor *',
  ]) {
    it(`${JSON.stringify(cron)} is refused with a reason`, () => {
      const schedule = awsSchedule(cron);
      assert.ok(!schedule.ok);
      assert.match(schedule.reason, /\S/);
    });
  }

  it('fires at the same minutes on both sides, over four leap years', () => {
    const field = (min: number, max: number, names: string[] = []) => {
      const value = fc.integer({ min, max });
      const name = names.length > 0 ? fc.constantFrom(...names) : value.map(String);
      const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
      const step = fc.integer({ min: 1, max });
      const item = fc.oneof(
        value.map(String),
        name,
        range,
        fc.constant('*'),
        fc.tuple(fc.oneof(range, fc.constant('*')), step).map(([body, by]) => `${body}/${by}`),
      );
      const many = fc.array(item, { minLength: 1, maxLength: 3 });
      const gaps = fc.subarray(
        [...Array(max - min + 1).keys()].map((at) => String(min + at)),
        { minLength: 1 },
      );
      return fc.oneof(
        fc.constant('*'),
        fc.oneof(many, gaps).map((items) => items.join(',')),
      );
    };
    const days = fc.oneof(fc.tuple(field(1, 31), fc.constant('*')), fc.tuple(fc.constant('*'), field(0, 7, weekdays)));
    const crons = fc
      .tuple(field(0, 59), field(0, 23), days, field(1, 12, months))
      .map(([minute, hour, [day, weekday], month]) => `${minute} ${hour} ${day} ${month} ${weekday}`);
    let read = 0;
    fc.assert(
      fc.property(crons, (cron) => {
        const ours = cronFires(cron);
        const schedule = awsSchedule(cron);
        if (!schedule.ok) {
          assert.match(schedule.reason, /never runs/, cron);
          assert.equal(calendar.find(ours.onDay), undefined, cron);
          return;
        }
        read += 1;
        assert.ok(schedule.expression.length <= 256, schedule.expression);
        const theirs = awsFires(schedule.expression);
        const said = `${cron} → ${schedule.expression}`;
        const differs = calendar.find((date) => theirs.onDay(date) !== ours.onDay(date));
        assert.equal(differs, undefined, said);
        const odd = minutes.find((minute) => theirs.atMinute(minute) !== ours.atMinute(minute));
        assert.equal(odd, undefined, said);
        // The schedules of the local AWS are a third reading of the same expression.
        const local = scheduleExpression(schedule.expression);
        let at = Date.UTC(2027, 11, 30, 23, 59);
        for (let run = 0; run < 3; run++) {
          const next = local?.next(at, at);
          assert.ok(next !== undefined, said);
          const date = new Date(next);
          assert.ok(ours.onDay(date) && ours.atMinute(date.getUTCHours() * 60 + date.getUTCMinutes()), said);
          at = next;
        }
      }),
      { numRuns: 1500 },
    );
    assert.ok(read >= 1000, `only ${read} expressions were translated`);
  });

  it('stays within what EventBridge takes, however ragged', () => {
    const all = (min: number, max: number, leaveOut: (value: number) => boolean) =>
      [...Array(max - min + 1).keys()]
        .map((at) => min + at)
        .filter((value) => !leaveOut(value))
        .join(',');
    for (const [period, phase] of [2, 3, 4, 5].flatMap((size) => [0, 1].map((shift) => [size, shift] as const))) {
      const out = (value: number) => (value * 7) % 60 !== 1 && value % period === phase && value !== 4;
      const cron = `${all(0, 59, out)} ${all(0, 23, out)} ${all(1, 31, out)} ${all(1, 12, out)} *`;
      const schedule = awsSchedule(cron);
      assert.ok(schedule.ok && schedule.expression.length <= 256, JSON.stringify(schedule));
      const [ours, theirs] = [cronFires(cron), awsFires(schedule.expression)];
      for (const date of calendar) assert.equal(theirs.onDay(date), ours.onDay(date));
      for (let minute = 0; minute < 1440; minute++) assert.equal(theirs.atMinute(minute), ours.atMinute(minute));
    }
  });
});

/** Every day from 2024 to 2036: four leap years. */
const calendar = [...Array(4749).keys()].map((at) => new Date(Date.UTC(2024, 0, 1 + at)));

const minutes = [...Array(1440).keys()];

/** Both languages ask each field by itself, so that a minute is hit when its day and its time of day are. */
interface Fires {
  onDay(date: Date): boolean;
  /** Minutes since midnight. */
  atMinute(minute: number): boolean;
}

/** Cron as crontab(5) describes it, read anew here. */
function cronFires(cron: string): Fires {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(' ');
  const hits = (field: string, top: number, names: string[], base: number) => {
    const found = new Set<number>();
    for (let value = base; value <= top; value++) {
      const hit = field.split(',').some((item) => {
        const [body = '', step] = item.split('/');
        const number = (text: string) => (names.includes(text) ? names.indexOf(text) + base : Number(text));
        const [low, high] = body === '*' ? [base, top] : body.split('-').map(number);
        const last = high ?? low ?? Number.NaN;
        return value >= (low ?? Number.NaN) && value <= last && (value - (low ?? 0)) % Number(step ?? 1) === 0;
      });
      if (hit) found.add(value);
    }
    return found;
  };
  const [minuteSet, hourSet] = [hits(minute, 59, [], 0), hits(hour, 23, [], 0)];
  const [daySet, monthSet, weekdaySet] = [
    hits(day, 31, [], 1),
    hits(month, 12, months, 1),
    hits(weekday, 7, weekdays, 0),
  ];
  return {
    onDay: (date) =>
      daySet.has(date.getUTCDate()) &&
      monthSet.has(date.getUTCMonth() + 1) &&
      (weekdaySet.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdaySet.has(7))),
    atMinute: (at) => minuteSet.has(at % 60) && hourSet.has(Math.floor(at / 60)),
  };
}

/** EventBridge's six fields: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
function awsFires(expression: string): Fires {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] =
    /^cron\((.*)\)$/.exec(expression)?.[1]?.split(' ') ?? [];
  assert.equal([day, weekday].filter((field) => field === '?').length, 1, expression);
  assert.equal(year, '*');
  const hits = (field: string, names: string[] = []) => {
    const found = new Set<number>();
    for (let value = 0; value < 60; value++) {
      const hit = field.split(',').some((item) => {
        const number = (text: string) => (names.includes(text) ? names.indexOf(text) + 1 : Number(text));
        if (item === '*' || item === '?') return true;
        if (item.includes('/')) {
          const [start, step] = item.split('/').map(Number);
          return value >= (start ?? 0) && (value - (start ?? 0)) % (step ?? 1) === 0;
        }
        const [low, high] = item.split('-').map(number);
        return value >= (low ?? Number.NaN) && value <= (high ?? low ?? Number.NaN);
      });
      if (hit) found.add(value);
    }
    return found;
  };
  const [minuteSet, hourSet, daySet] = [hits(minute), hits(hour), hits(day)];
  const [monthSet, weekdaySet] = [hits(month, months), hits(weekday, weekdays)];
  return {
    onDay: (date) =>
      daySet.has(date.getUTCDate()) && monthSet.has(date.getUTCMonth() + 1) && weekdaySet.has(date.getUTCDay() + 1),
    atMinute: (at) => minuteSet.has(at % 60) && hourSet.has(Math.floor(at / 60)),
  };
}
