import type { Connection } from '../deployment/ports.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import type { Target } from '../deployment/target.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { obstacleLines } from './problem-lines.ts';
import type { Terminal } from './terminal.ts';

export type AccountOutcome = { status: 'connected'; connection: Connection } | { status: 'stopped'; exit: ExitCode };

/** Opens the account, or says why it cannot be opened. This is where the AWS SDK is loaded. */
export async function openAccount(target: Target, terminal: Terminal, json: boolean): Promise<AccountOutcome> {
  const { connect } = await import('../aws/connect.ts');
  const { ask } = terminal;
  const opened = await connect(target, {
    ...(ask === undefined ? {} : { mfaCode: (serial) => ask(`Code of the device ${serial}: `) }),
    ...(terminal.environment.BACKDRIFT_TRACE
      ? {
          onCall: ({ service, operation, milliseconds, error }) =>
            terminal.err(`aws ${service} ${operation} ${milliseconds.toFixed(0)} ms${error ? ` ${error}` : ''}`),
        }
      : {}),
  });
  if (opened.status === 'connected') return opened;
  tellObstacle(opened.problem, terminal, json);
  return { status: 'stopped', exit: exitCode.failed };
}

/** Says why something cannot be done. */
export function tellObstacle(problem: DeploymentProblem, terminal: Terminal, json: boolean): void {
  if (json) terminal.out(JSON.stringify({ problem }, null, 2));
  else terminal.err(obstacleLines(problem));
}
