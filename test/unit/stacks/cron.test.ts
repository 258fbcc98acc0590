import assert from 'node:assert/strict';
import fc from 'fast-check';
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

  it('fires at the same minutes on both sides', () => {
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
      return fc.oneof(
        fc.constant('*'),
        fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(',')),
      );
    };
    const days = fc.oneof(fc.tuple(field(1, 31), fc.constant('*')), fc.tuple(fc.constant('*'), field(0, 7, weekdays)));
    const crons = fc
      .tuple(field(0, 59), field(0, 23), days, field(1, 12, months))
      .map(([minute, hour, [day, weekday], month]) => `${minute} ${hour} ${day} ${month} ${weekday}`);
    const times = fc
      .date({ min: new Date('2024-01-01T00:00Z'), max: new Date('2032-12-31T00:00Z'), noInvalidDate: true })
      .map((date) => new Date(Math.floor(date.getTime() / 60_000) * 60_000));
    let fired = 0;
    fc.assert(
      fc.property(crons, fc.array(times, { minLength: 30, maxLength: 30 }), (cron, dates) => {
        const schedule = awsSchedule(cron);
        assert.ok(schedule.ok, cron);
        assert.ok(schedule.expression.length <= 256);
        for (const date of dates) {
          const expected = cronFires(cron, date);
          if (expected) fired += 1;
          assert.equal(
            awsFires(schedule.expression, date),
            expected,
            `${cron} → ${schedule.expression} at ${date.toISOString()}`,
          );
        }
      }),
      { numRuns: 1000 },
    );
    assert.ok(fired > 100, `only ${fired} of the times were hits`);
  });
});

/** Cron as crontab(5) describes it, read anew here. */
function cronFires(cron: string, date: Date): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(' ');
  const hits = (field: string, value: number, top: number, names: string[], base: number) =>
    field.split(',').some((item) => {
      const [body = '', step] = item.split('/');
      const number = (text: string) => (names.includes(text) ? names.indexOf(text) + base : Number(text));
      const [low, high] = body === '*' ? [base, top] : body.split('-').map(number);
      const last = high ?? low ?? Number.NaN;
      return value >= (low ?? Number.NaN) && value <= last && (value - (low ?? 0)) % Number(step ?? 1) === 0;
    });
  const dayOfWeek = date.getUTCDay();
  return (
    hits(minute, date.getUTCMinutes(), 59, [], 0) &&
    hits(hour, date.getUTCHours(), 23, [], 0) &&
    hits(day, date.getUTCDate(), 31, [], 1) &&
    hits(month, date.getUTCMonth() + 1, 12, months, 1) &&
    (hits(weekday, dayOfWeek, 6, weekdays, 0) || (dayOfWeek === 0 && hits(weekday, 7, 6, weekdays, 0)))
  );
}

/** EventBridge's six fields: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
function awsFires(expression: string, date: Date): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] =
    /^cron\((.*)\)$/.exec(expression)?.[1]?.split(' ') ?? [];
  assert.equal([day, weekday].filter((field) => field === '?').length, 1, expression);
  assert.equal(year, '*');
  const hits = (field: string, value: number, names: string[] = []) =>
    field.split(',').some((item) => {
      const number = (text: string) => (names.includes(text) ? names.indexOf(text) + 1 : Number(text));
      if (item === '*' || item === '?') return true;
      if (item.includes('/')) {
        const [start, step] = item.split('/').map(Number);
        return value >= (start ?? 0) && (value - (start ?? 0)) % (step ?? 1) === 0;
      }
      const [low, high] = item.split('-').map(number);
      return value >= (low ?? Number.NaN) && value <= (high ?? low ?? Number.NaN);
    });
  return (
    hits(minute, date.getUTCMinutes()) &&
    hits(hour, date.getUTCHours()) &&
    hits(day, date.getUTCDate()) &&
    hits(month, date.getUTCMonth() + 1, months) &&
    hits(weekday, date.getUTCDay() + 1, weekdays)
  );
}
