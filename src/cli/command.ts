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
}

export interface Command {
  name: string;
  summary: string;
  /** What help says below the usage line. */
  details: string;
  options: Readonly<Partial<Record<keyof OptionValues, OptionDescription>>>;
  /** Loads the command's code only when it is run: a preview must not wait for what a deploy needs. */
  load(): Promise<{ run(values: OptionValues, terminal: Terminal): Promise<ExitCode> }>;
}
