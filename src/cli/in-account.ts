import type { Blueprint } from '../blueprint/blueprint.ts';
import type { Clock, Connection } from '../deployment/ports.ts';
import type { Target } from '../deployment/target.ts';
import { openAccount } from './account.ts';
import type { OptionValues } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { readProject } from './project.ts';
import type { Terminal } from './terminal.ts';

/** What a command that only talks to the account works on. */
export interface InAccount {
  blueprint: Blueprint;
  target: Target;
  connection: Connection;
  clock: Clock;
}

/** Reads the Blueprint, opens the account that it names, works in it, and closes it; says what stands in the way. */
export async function inAccount(
  values: OptionValues,
  terminal: Terminal,
  work: (place: InAccount) => Promise<ExitCode>,
): Promise<ExitCode> {
  const read = await readProject(values, terminal);
  if (read.status === 'stopped') return read.exit;
  const { blueprint, target } = read.project;
  const account = await openAccount(target, terminal, values.json === true);
  if (account.status === 'stopped') return account.exit;
  const { connection } = account;
  try {
    const { systemClock: clock } = await import('../aws/clock.ts');
    return await work({ blueprint, target, connection, clock });
  } finally {
    connection.close();
  }
}
