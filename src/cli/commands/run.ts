import { randomUUID } from 'node:crypto';
import { type RunEnd, runEnd, runJob } from '../../deployment/run-job.ts';
import { tellObstacle } from '../account.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { inAccount } from '../in-account.ts';
import { placeWords } from '../target.ts';
import type { Terminal } from '../terminal.ts';

/** Seconds that are waited for the end of the run, unless it is said otherwise. */
const patience = 30;

/** `backdrift run JOB`: a job, now. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const seconds = values.wait === undefined ? patience : Number(values.wait);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 900) {
    terminal.err('--wait takes a whole number of seconds, from 0 to 900.');
    return exitCode.usage;
  }
  const json = values.json === true;
  return inAccount(values, terminal, async ({ blueprint, target, connection, clock }) => {
    const name = values.argument ?? '';
    const sent = await runJob(connection, clock, blueprint, name, randomUUID());
    if (sent.status === 'refused') {
      tellObstacle(sent.problem, terminal, json);
      return sent.problem.code === 'unknown-job' ? exitCode.usage : exitCode.failed;
    }
    if (!json) {
      terminal.err(placeWords(blueprint.project.name, target, connection.identity.account, connection.endpoint));
      terminal.out(`${name} was put into its queue (run ${sent.run.id}).`);
    }
    const end: RunEnd = seconds === 0 ? { status: 'open' } : await runEnd(connection, clock, sent.run, seconds * 1000);
    if (json) terminal.out(JSON.stringify({ target, identity: connection.identity, run: sent.run, end }, null, 2));
    else terminal.out(endWords(end, sent.run.functionName));
    return end.status === 'failed' ? exitCode.failed : exitCode.done;
  });
}

function endWords(end: RunEnd, functionName: string): string {
  const log = `Its log is in /aws/lambda/${functionName}.`;
  switch (end.status) {
    case 'done':
      return `Done in ${end.seconds.toFixed(1)} s.`;
    case 'failed':
      return end.retryInSeconds === undefined
        ? `Attempt ${end.attempt} failed, the last one: the run is in the dead-letter queue. ${log}`
        : `Attempt ${end.attempt} failed; it is tried again in ${end.retryInSeconds} s. ${log}`;
    case 'open':
      return `It has not ended yet. ${log}`;
    case 'unknown':
      return `How it ends cannot be seen from here: ${end.problem.cause ?? end.problem.message}`;
  }
}
