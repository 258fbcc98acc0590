// What every set-up step is made of: a line that says what is going on, and a failure that says what to do.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Something that cannot be had here. The message is one sentence that says what to install. */
export class Missing extends Error {}

/**
 * Announces a step, does it, and says how long it took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const began = performance.now();
  console.log(`• ${name} …`);
  const result = await work();
  console.log(`  ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * Runs a program to its end without a word; what it said is in the error when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it wrote to stdout
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], shell: needsShell(command) });
    let [output, everything] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      everything += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      everything += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${readable(everything)}`));
    });
  });
}

/**
 * The end of what a program said, without the lines of minified code that an uncaught error shows.
 * @param {string} output
 */
function readable(output) {
  return output
    .split('\n')
    .filter((line) => line.length < 500)
    .slice(-30)
    .join('\n');
}

/** npm's own program; on Windows it is a script that only a shell can start. */
export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * The first of these programs that is on PATH, as an absolute path.
 * @param {...string} names
 * @returns {string | undefined}
 */
export function onPath(...names) {
  const extensions = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  const directories = (process.env.PATH ?? '').split(path.delimiter).filter((directory) => directory !== '');
  for (const name of names) {
    for (const directory of directories) {
      for (const extension of extensions) {
        const file = path.join(directory, name + extension);
        if (isProgram(file)) return file;
      }
    }
  }
  return undefined;
}

/** @param {string} file */
export function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @param {string} command */
function needsShell(command) {
  return process.platform === 'win32' && /\.(cmd|bat)$/i.test(command);
}
