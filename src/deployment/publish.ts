import type { HistoryEntry } from './live.ts';
import { keys } from './names.ts';
import { type Pace, pollInterval } from './poll-interval.ts';
import {
  type Clock,
  type Frontend,
  type FrontendBranch,
  type FrontendConfig,
  type FrontendSource,
  isFailure,
} from './ports.ts';
import { withRetries } from './retry.ts';
import { sha256, type Uploads } from './upload.ts';

export type Published = NonNullable<HistoryEntry['frontend']>;

/** Amplify allows a job eight hours; one of a zip takes seconds. */
const patience = 30 * 60_000;

/**
 * Publishes the frontend's files: content is not CloudFormation's business. The zip is kept in the bucket as well, so
 * that a rollback can publish it again. What the branch shows already (`previous`) is not published twice.
 */
export async function publishFrontend(
  parts: { frontend: Frontend; clock: Clock; uploads: Uploads; source: FrontendSource },
  branch: FrontendBranch,
  config: FrontendConfig,
  previous: Published | undefined,
): Promise<Published | { result: 'not-built'; reason: string }> {
  const { frontend, clock, uploads } = parts;
  const built = await parts.source.zip(config);
  if (built.status === 'failed') {
    const { message, hint } = built.problem;
    return { result: 'not-built', reason: hint === undefined ? message : `${message} ${hint}` };
  }
  const hash = sha256(built.bytes);
  const stored = { key: keys.frontend(hash), sha256: hash };
  if (previous?.sha256 === hash && previous.result !== 'failed') return { ...stored, result: 'unchanged' };

  const kept = uploads.bytes(stored.key, built.bytes, 'application/zip');
  const started = await startJob(frontend, clock, branch, built.bytes);
  if (started.status !== 'started') return { ...stored, result: 'failed', reason: started.message };
  const { jobId } = started;
  const ended = await jobEnd(frontend, clock, branch, jobId);
  const upload = await kept;
  if (ended.reason !== undefined) return { ...stored, jobId, result: 'failed', reason: ended.reason };
  if (upload.status === 'failed') return { ...stored, jobId, result: 'failed', reason: upload.reason };
  return { ...stored, jobId, result: 'complete' };
}

/** Somebody else's job, from a deployment at the same time, is waited for. Not sent again otherwise: it would be another job. */
async function startJob(frontend: Frontend, clock: Clock, branch: FrontendBranch, zip: Uint8Array) {
  const pace: Pace = { roundTrip: 0, quiet: 0, refused: 0, elapsed: 0, remaining: 0 };
  const began = clock.now();
  for (;;) {
    const started = await frontend.start(branch, zip);
    if (started.status !== 'busy' || clock.now() - began > patience) return started;
    await clock.sleep(pollInterval(pace));
    pace.quiet += 1;
  }
}

async function jobEnd(
  frontend: Frontend,
  clock: Clock,
  branch: FrontendBranch,
  jobId: string,
): Promise<{ reason?: string }> {
  const pace: Pace = { roundTrip: 0, quiet: 0, refused: 0, elapsed: 0, remaining: 0 };
  const began = clock.now();
  for (;;) {
    const job = await withRetries(clock, () => frontend.job(branch, jobId));
    if (isFailure(job)) return { reason: job.message };
    if (job.status === 'succeeded') return {};
    if (job.status === 'failed') return { reason: job.reason };
    if (clock.now() - began > patience)
      return { reason: `Amplify's job ${jobId} does not end. Stop it in the Amplify console.` };
    await clock.sleep(pollInterval(pace));
    pace.quiet += 1;
  }
}
