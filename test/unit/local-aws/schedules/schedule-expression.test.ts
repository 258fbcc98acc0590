import assert from 'node:assert/strict';
import { scheduleExpression } from '../../../../local-aws/schedules/schedule-expression.ts';

/** The next times after a moment, as ISO text to the minute. */
function times(expression: string, after: string, count: number): string[] {
  const schedule = scheduleExpression(expression);
  assert.ok(schedule, `${expression} is not read`);
  const found: string[] = [];
  let at = Date.parse(after);
  while (found.length < count) {
    const next = schedule.next(at, Date.parse(after));
    if (next === undefined) break;
    assert.ok(next > at, 'the next time is later');
    found.push(new Date(next).toISOString().slice(0, 16));
    at = next;
  }
  return found;
}

describe('an EventBridge schedule', () => {
  // The examples of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
  const examples: [expression: string, after: string, next: string[]][] = [
    ['cron(0 10 * * ? *)', '2026-03-01T10:00Z', ['2026-03-02T10:00', '2026-03-03T10:00']],
    ['cron(15 12 * * ? *)', '2026-03-01T10:00Z', ['2026-03-01T12:15', '2026-03-02T12:15']],
    ['cron(0 18 ? * MON-FRI *)', '2026-03-06T17:59:59Z', ['2026-03-06T18:00', '2026-03-09T18:00']],
    ['cron(0 8 1 * ? *)', '2026-03-01T08:00Z', ['2026-04-01T08:00', '2026-05-01T08:00']],
    ['cron(0/15 * * * ? *)', '2026-03-01T10:50Z', ['2026-03-01T11:00', '2026-03-01T11:15']],
    ['cron(0/10 * ? * MON-FRI *)', '2026-03-06T23:45Z', ['2026-03-06T23:50', '2026-03-09T00:00']],
    ['cron(0/5 8-17 ? * MON-FRI *)', '2026-03-06T17:54Z', ['2026-03-06T17:55', '2026-03-09T08:00']],
    [
      'cron(0/30 20-2 ? * MON-FRI *)',
      '2026-03-06T22:54Z',
      ['2026-03-06T23:00', '2026-03-06T23:30', '2026-03-09T00:00'],
    ],
    ['cron(0 0 L * ? *)', '2028-02-01T00:00Z', ['2028-02-29T00:00', '2028-03-31T00:00']],
    ['cron(0 9 ? * 2#1 *)', '2026-03-02T09:00Z', ['2026-04-06T09:00', '2026-05-04T09:00']],
    ['cron(0 9 ? * 6L *)', '2026-03-01T00:00Z', ['2026-03-27T09:00', '2026-04-24T09:00']],
    ['cron(0 9 ? * 6#5 *)', '2026-03-01T00:00Z', ['2026-05-29T09:00', '2026-07-31T09:00']],
    // 1 August 2026 is a Saturday, 15 November 2026 a Sunday, 31 May 2026 a Sunday at the end of its month.
    ['cron(0 0 1W * ? *)', '2026-07-31T00:00Z', ['2026-08-03T00:00', '2026-09-01T00:00']],
    ['cron(0 0 15W * ? *)', '2026-11-01T00:00Z', ['2026-11-16T00:00', '2026-12-15T00:00']],
    ['cron(0 0 31W 5 ? *)', '2026-05-01T00:00Z', ['2026-05-29T00:00', '2027-05-31T00:00']],
    ['cron(0 0 29 2 ? *)', '2026-01-01T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0 0 1 1 ? 2027-2028)', '2026-01-01T00:00Z', ['2027-01-01T00:00', '2028-01-01T00:00']],
    ['cron(0 0 1 1 ? 2026)', '2026-01-01T00:00Z', []],
    ['cron(0 0 31 2 ? *)', '2026-01-01T00:00Z', []],
    ['rate(5 minutes)', '2026-03-01T10:02:30Z', ['2026-03-01T10:07', '2026-03-01T10:12']],
    ['rate(1 day)', '2026-03-01T10:02Z', ['2026-03-02T10:02', '2026-03-03T10:02']],
  ];
  for (const [expression, after, next] of examples) {
    it(`${expression} runs when it says`, () => assert.deepEqual(times(expression, after, next.length || 1), next));
  }

  for (const wrong of [
    '',
    '* * * * *',
    'cron(* * * * *)',
    'cron(* * * * * *)',
    'cron(* * ? * ? *)',
    'cron(60 * * * ? *)',
    'cron(* * 0 * ? *)',
    'cron(* * ? * 0 *)',
    'cron(* * ? * 8 *)',
    'cron(*/0 * * * ? *)',
    'cron(a * * * ? *)',
    'cron(1- * * * ? *)',
    'cron(1-2-3 * * * ? *)',
    'cron(* * * __proto__ ? *)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
  ]) {
    it(`${JSON.stringify(wrong)} is refused`, () => assert.equal(scheduleExpression(wrong), undefined));
  }
});
