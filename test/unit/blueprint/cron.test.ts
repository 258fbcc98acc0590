import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readCron } from '../../../src/blueprint/cron.ts';
import { readPath, routeKey } from '../../../src/blueprint/route-path.ts';

describe('A schedule', () => {
  for (const schedule of [
    '* * * * *',
    '0 2 * * *',
    '*/15 9-17 * * MON-FRI',
    '0,30 0 1,15 * *',
    '0 0 1 jan-jun/2 *',
    '5 4 * * sun',
    '5 4 * * 7',
    '0 12 * * FRI-SUN',
    '10-50/10 * * * *',
    '  0   2 * * *  ',
  ]) {
    it(`may be ${schedule}`, () => assert.equal(readCron(schedule).ok, true));
  }

  for (const [schedule, wrong] of Object.entries({
    '60 * * * *': '60',
    '0 24 * * *': '24',
    '0 0 0 * *': '0',
    '0 0 * 13 *': '13',
    '0 0 * * 8': '8',
    '0 0 * foo *': 'foo',
    '0 0 5-1 * *': '5-1',
    '*/0 * * * *': '*/0',
    '5/10 * * * *': '5/10',
    '*-5 * * * *': '*-5',
    '1, * * * *': '1,',
    '-1 * * * *': '-1',
    '1.5 * * * *': '1.5',
    '0 2 * *': '0 2 * *',
    '0 0 2 * * *': '0 0 2 * * *',
    '@daily': '@daily',
    'cron(0 2 * * ? *)': 'cron(0 2 * * ? *)',
    'rate(1 hour)': 'rate(1 hour)',
    '0 0 1 * MON': '0 0 1 * MON',
    '0 0 */2 * MON': '0 0 */2 * MON',
    '': '',
  })) {
    it(`may not be ${schedule}, and says where`, () => {
      const reading = readCron(schedule);
      assert.ok(!reading.ok);
      assert.equal(schedule.slice(reading.span.start, reading.span.end), wrong);
    });
  }

  for (const [schedule, better] of Object.entries({
    '@daily': '0 0 * * *',
    '0 22-6 * * *': '0 22-23,0-6 * * *',
    '55-5 * * * *': '55-59,0-5 * * * *',
    '0 0 * * SAT-MON': '0 0 * * SAT,SUN-MON',
    '0 0 * * 5-1': '0 0 * * 5-6,0-1',
    '0 0 * NOV-FEB *': '0 0 * NOV-DEC,JAN-FEB *',
    '0 0 ? * MON': '0 0 * * MON',
  })) {
    it(`is not ${schedule}, but ${better}`, () => {
      const reading = readCron(schedule);
      assert.ok(!reading.ok);
      assert.equal(reading.better, better);
      assert.ok(readCron(better).ok);
    });
  }

  for (const [schedule, days] of Object.entries({
    '0 0 L * *': '28-31',
    '0 0 15W * *': '1-5',
    '0 0 * * MON#1': '1-7',
  })) {
    it(`does not know the letters of ${schedule}, and says what does instead`, () => {
      const reading = readCron(schedule);
      assert.ok(!reading.ok);
      assert.match(reading.message, /not five-field cron/);
      assert.ok(reading.hint.includes(days));
    });
  }

  for (const schedule of ['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 30-31 FEB *']) {
    it(`is refused where it never runs: ${schedule}`, () => {
      const reading = readCron(schedule);
      assert.ok(!reading.ok);
      assert.match(reading.message, /never runs/);
    });
  }

  it('is read without throwing, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9*,/ A-Z-]{0,30}$/)), (text) => {
        const reading = readCron(text);
        if (!reading.ok) assert.ok(reading.span.start >= 0 && reading.span.end <= text.length);
      }),
    );
  });
});

describe('A path', () => {
  it('is literal parts and parameters', () => {
    const reading = readPath('/v1/tasks/{id}/complete');
    assert.ok(reading.ok);
    assert.equal(routeKey(reading.segments), '/v1/tasks/{}/complete');
  });

  for (const [path, better] of Object.entries({
    'v1/tasks': '/v1/tasks',
    '/v1/tasks/': '/v1/tasks',
    '/v1/tasks/:id': '/v1/tasks/{id}',
    'tasks/': '/tasks',
  })) {
    it(`is not ${path}, but ${better}`, () => {
      const reading = readPath(path);
      assert.ok(!reading.ok);
      assert.equal(reading.better, better);
      assert.ok(readPath(better).ok);
    });
  }

  for (const path of [
    '',
    '/',
    '//',
    '/a//b',
    '/{}',
    '/{id}/{id}',
    '/a{id}',
    '/{a}{b}',
    '/{proxy+}',
    '/a b',
    '/ä',
    '/a?x=1',
    '/{1}',
    'https://x.y/z',
  ]) {
    it(`is not ${JSON.stringify(path)}`, () => {
      const reading = readPath(path);
      assert.ok(!reading.ok);
      assert.ok(reading.span.start >= 0 && reading.span.end <= Math.max(path.length, 0));
    });
  }
});
