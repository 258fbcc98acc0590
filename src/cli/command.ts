import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** An option as `util.parseArgs` takes it, with what help says of it. */
export interface OptionDescription {
  type: 'boolean' | 'string';
  /** What stands for the value in help: `DIR`. */
  value?: string;
  help: string;
}

/** The values of a command's options; absent where not given. */
export interface OptionValues {
  directory?: string;
  environment?: string;
  profile?: string;
  out?: string;
  format?: string;
  server?: string;
  limit?: string;
  json?: boolean;
  yes?: boolean;
  acknowledge?: boolean;
  wait?: string;
  'add-role'?: string;
  'remove-role'?: string;
  /** What is named without an option: the job that `run` runs, the user of `users`. */
  argument?: string;
}

export interface Command {
  name: string;
  summary: string;
  /** What help says below the usage line. */
  details: string;
  /** What the command wants to be named, without an option: `JOB`. */
  argument?: string;
  options: Readonly<Partial<Record<Exclude<keyof OptionValues, 'argument'>, OptionDescription>>>;
  /** Loads the command's code only when it is run: a preview must not wait for what a deploy needs. */
  load(): Promise<{ run(values: OptionValues, terminal: Terminal): Promise<ExitCode> }>;
}
