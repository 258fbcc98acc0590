import { readCron } from '../cron.ts';
import type { Finding } from '../finding.ts';
import type { Check } from './check.ts';

/** Schedules of jobs are five-field cron. */
export const checkSchedules: Check = ({ draft }) =>
  draft.jobs.flatMap(({ path, value }): Finding[] => {
    const reading = readCron(value.schedule);
    if (reading.ok) return [];
    const { message, hint, span, better } = reading;
    return [
      {
        code: 'invalid-schedule',
        message,
        hint,
        path: [...path, 'schedule'],
        ...(better === undefined ? { span } : { replacement: { text: JSON.stringify(better), raw: true } }),
      },
    ];
  });
