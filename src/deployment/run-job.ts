import * as z from 'zod';
import type { Blueprint } from '../blueprint/blueprint.ts';
import { kebabCase } from '../blueprint/naming.ts';
import { closest } from '../blueprint/suggest.ts';
import { physicalName, stackName } from '../stacks/names.ts';
import { urlParameter, workQueues } from '../stacks/queues.ts';
import { isOurs } from './names.ts';
import { type Clock, type Connection, isFailure } from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import { withRetries } from './retry.ts';

/** A job that was put into its queue by hand. */
export interface JobRun {
  job: string;
  /** What the function gets as the run's `id`, and what its log lines carry. */
  id: string;
  /** ISO 8601. */
  time: string;
  /** Physical name of the function that does the work. */
  functionName: string;
}

export type RunOutcome = { status: 'sent'; run: JobRun } | { status: 'refused'; problem: DeploymentProblem };

/**
 * Runs a job now: puts what its schedule would put into its queue, marked as done by hand. Everything after that is as
 * always: retries, dead letters, and one after the other where the job is sequential.
 * @param id of the run, unique
 */
export async function runJob(
  { cloudFormation, queues, target }: Pick<Connection, 'cloudFormation' | 'queues' | 'target'>,
  clock: Clock,
  blueprint: Blueprint,
  name: string,
  id: string,
): Promise<RunOutcome> {
  const job = blueprint.jobs.find((declared) => declared.name === name);
  if (job === undefined) return refused(unknownJob(blueprint, name));
  const scope = { slug: blueprint.project.slug, environment: target.environment };
  const found = await withRetries(clock, () => cloudFormation.describeStack(stackName(scope, 'sqs')));
  if (isFailure(found))
    return refused({ code: found.code, message: 'The queue of the job cannot be looked up.', cause: found.message });
  const queue = workQueues(blueprint).find((candidate) => candidate.kind === 'job' && candidate.name === name);
  const ours = found.status === 'found' && isOurs(found.stack.tags, scope.slug, scope.environment);
  const url = ours && queue !== undefined ? found.stack.outputs[urlParameter(queue.id)] : undefined;
  if (url === undefined) {
    const message = `The job ${name} is not deployed to ${target.environment}.`;
    return refused({ code: 'job-not-deployed', message, hint: 'Deploy first, then run it.' });
  }
  const time = new Date(clock.now()).toISOString();
  const body = JSON.stringify({ job: name, id, time, manual: true });
  // Which kind of queue it is says the one that is deployed, not a Blueprint that may be ahead of it.
  const sent = await queues.send(url, body, url.endsWith('.fifo') ? kebabCase(name) : undefined);
  if (isFailure(sent))
    return refused({
      code: sent.code,
      message: `The job ${name} could not be put into its queue.`,
      cause: sent.message,
    });
  return { status: 'sent', run: { job: name, id, time, functionName: physicalName(scope, kebabCase(job.function)) } };
}

function refused(problem: DeploymentProblem): RunOutcome {
  return { status: 'refused', problem };
}

function unknownJob({ jobs }: Blueprint, name: string): DeploymentProblem {
  const names = jobs.map((job) => job.name);
  const meant = closest(name, names);
  const hint =
    names.length === 0
      ? 'The Blueprint has no jobs.'
      : meant === undefined
        ? `It has: ${names.join(', ')}.`
        : `Did you mean ${meant}?`;
  return { code: 'unknown-job', message: `The Blueprint has no job ${name}.`, hint };
}

/** How the first attempt of a run ended. */
export type RunEnd =
  | { status: 'done'; seconds: number }
  /** `retryInSeconds` is absent where it was the last attempt: the run is in the dead letters. */
  | { status: 'failed'; attempt: number; retryInSeconds?: number }
  /** It waits for its turn or still works. */
  | { status: 'open' }
  | { status: 'unknown'; problem: DeploymentProblem };

/** The line that the code around the function writes at the end of every attempt. */
const endLine = z.object({
  event: z.literal('job'),
  id: z.string(),
  outcome: z.enum(['done', 'failed']),
  attempt: z.number(),
  duration_ms: z.number(),
  retry_in_s: z.number().optional(),
});

/** Between two looks at the log, in milliseconds. */
const pause = 1000;

/** Waits in the function's log for the end of a run's attempt, for so many milliseconds at most. */
export async function runEnd(
  { logs }: Pick<Connection, 'logs'>,
  clock: Clock,
  run: JobRun,
  patience: number,
): Promise<RunEnd> {
  const since = Date.parse(run.time);
  for (const until = clock.now() + patience; ; ) {
    const found = await withRetries(clock, () => logs.since(run.functionName, since, run.id));
    if (isFailure(found)) {
      const message = `The log of ${run.functionName} cannot be read.`;
      return { status: 'unknown', problem: { code: found.code, message, cause: found.message } };
    }
    const end = found.messages.flatMap((text) => endIn(text, run.id))[0];
    if (end !== undefined) return end;
    if (clock.now() + pause > until) return { status: 'open' };
    await clock.sleep(pause);
  }
}

function endIn(text: string, id: string): RunEnd[] {
  const line = endLine.safeParse(parsed(text));
  if (!line.success || line.data.id !== id) return [];
  const { outcome, attempt, duration_ms, retry_in_s } = line.data;
  if (outcome === 'done') return [{ status: 'done', seconds: duration_ms / 1000 }];
  return [{ status: 'failed', attempt, ...(retry_in_s === undefined ? {} : { retryInSeconds: retry_in_s }) }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A line of the function's own.
    return undefined;
  }
}
