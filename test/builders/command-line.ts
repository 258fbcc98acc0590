import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root, runtimeOptions } from '../../scripts/build-options.mjs';

/** Runs TypeScript from source. */
const loader = createRequire(import.meta.url).resolve('tsx');

/** What a run of the command line left behind. */
export interface Ran {
  exit: number | null;
  out: string;
  err: string;
}

/** A folder with a Blueprint, and the real program run in it, from source, with no credentials but those given. */
export interface CommandLine {
  directory: string;
  write(blueprint: string): Promise<void>;
  /** `onOutput` sees everything as it is written, and may interrupt the program as Ctrl-C does. */
  run(
    words: readonly string[],
    variables?: Record<string, string>,
    onOutput?: (text: string, interrupt: () => void) => void,
  ): Promise<Ran>;
  remove(): Promise<void>;
}

export async function commandLine(): Promise<CommandLine> {
  // The program takes the runtime's bundle from what was built last.
  if (!existsSync(path.join(root, 'dist/runtime/worker.mjs'))) await esbuild.build(runtimeOptions());
  const home = await mkdtemp(path.join(tmpdir(), 'backdrift-cli-'));
  const directory = home;
  return {
    directory,
    write: (blueprint) => writeFile(path.join(directory, 'backdrift.yaml'), blueprint),
    run: (words, variables = {}, onOutput = () => {}) =>
      new Promise((resolve, reject) => {
        const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|BACKDRIFT_|CI$)/.test(name));
        const child = spawn(process.execPath, ['--import', loader, path.join(root, 'src/cli.ts'), ...words], {
          cwd: directory,
          env: {
            ...Object.fromEntries(inherited),
            BACKDRIFT_CACHE: path.join(home, '.cache'),
            AWS_CONFIG_FILE: path.join(home, 'no-config'),
            AWS_SHARED_CREDENTIALS_FILE: path.join(home, 'no-credentials'),
            AWS_EC2_METADATA_DISABLED: 'true',
            ...variables,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const ran: Ran = { exit: null, out: '', err: '' };
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          ran.out += text;
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          ran.err += text;
          onOutput(text, () => child.kill('SIGINT'));
        });
        child.once('error', reject);
        child.once('close', (exit) => resolve({ ...ran, exit }));
      }),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
