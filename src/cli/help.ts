import type { Command } from './command.ts';

/** Help for the program as a whole. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Backdrift: preview and deploy a serverless AWS backend from one file.',
    '',
    'Usage: backdrift <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Options: --help for every command, --version',
    'BACKDRIFT_TRACE=1 in the environment shows every call to AWS.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage or Blueprint, 3 needs --acknowledge, 4 blocked',
  ].join('\n');
}

/** Help for one command. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, { value, help }]) => [value === undefined ? `--${name}` : `--${name} ${value}`, help] as const,
  );
  const width = Math.max(...options.map(([left]) => left.length));
  return [
    `${command.summary}.`,
    '',
    `Usage: backdrift ${command.name} ${command.argument === undefined ? '' : `${command.argument} `}[options]`,
    '',
    command.details,
    '',
    ...options.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`),
  ].join('\n');
}
