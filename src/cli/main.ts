import { parseArgs } from 'node:util';
import { closest } from '../blueprint/suggest.ts';
import type { Command, OptionValues } from './command.ts';
import { commands } from './commands.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { commandHelp, programHelp } from './help.ts';
import type { Terminal } from './terminal.ts';

/** Runs the command line and says what the process should end with. */
export async function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first, ...rest] = words;
  if (first === undefined) return wrongUsage(terminal, 'Which command?');
  if (first === '--help' || first === '-h' || first === 'help') {
    const about = commands.find(({ name }) => name === rest[0]);
    terminal.out(about === undefined ? programHelp(commands) : commandHelp(about));
    return exitCode.done;
  }
  if (first === '--version' || first === '-v') {
    terminal.out(process.env.BACKDRIFT_VERSION ?? 'unbuilt');
    return exitCode.done;
  }
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) {
    const meant = closest(
      first,
      commands.map(({ name }) => name),
    );
    return wrongUsage(terminal, `There is no command ${first}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
  }
  const values = readOptions(command, rest);
  if (typeof values === 'string') {
    terminal.err(`${values}\nSee: backdrift ${command.name} --help`);
    return exitCode.usage;
  }
  if (values.help === true) {
    terminal.out(commandHelp(command));
    return exitCode.done;
  }
  return (await command.load()).run(values, terminal);
}

function wrongUsage(terminal: Terminal, message: string): ExitCode {
  terminal.err(`${message}\n\n${programHelp(commands)}`);
  return exitCode.usage;
}

/** The values, or what is wrong with the words. */
function readOptions(command: Command, words: readonly string[]): (OptionValues & { help?: boolean }) | string {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      strict: true,
      allowPositionals: command.argument !== undefined,
    });
    if (command.argument === undefined || values.help === true) return values;
    const [argument, extra] = positionals;
    if (argument === undefined) return `Which one? Write: backdrift ${command.name} ${command.argument}`;
    if (extra !== undefined) return `One ${command.argument} at a time: ${extra} is one too many.`;
    return { ...values, argument };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      return plainUsage(error.message, Object.keys(options));
    throw error;
  }
}

/** What Node says of wrong words, as a sentence that says what to write. */
function plainUsage(message: string, options: readonly string[]): string {
  const unknown = /^Unknown option '--?([^'=]+)'/.exec(message)?.[1];
  if (unknown !== undefined) {
    const meant = closest(unknown, options);
    return `There is no option --${unknown}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
  }
  const extra = /^Unexpected argument '([^']*)'/.exec(message)?.[1];
  if (extra !== undefined)
    return `Nothing is to be named here, so ${extra} means nothing. A folder is given with --directory.`;
  const bare = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing/.exec(message)?.[1];
  return bare === undefined ? message : `${bare} needs a value after it.`;
}
