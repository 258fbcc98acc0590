import { createLog } from './log/metrics.ts';
import type { Surroundings } from './serve.ts';

/**
 * What Lambda gives every function of ours. Environment: `CORS_ORIGINS`, the web origins that may call from a browser,
 * separated by commas; `BACKDRIFT_SERVICE`, the project and environment that metrics are counted under.
 */
export function inLambda(): Surroundings {
  return {
    origins: (process.env.CORS_ORIGINS ?? '').split(',').flatMap((origin) => origin.trim() || []),
    // Not through the console: Lambda would put the line into a line of its own, where CloudWatch finds no metrics.
    log: createLog({
      service: process.env.BACKDRIFT_SERVICE,
      now: () => Date.now(),
      write: (text) => process.stdout.write(text),
    }),
    ticks: () => performance.now(),
  };
}
