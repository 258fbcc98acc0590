// One suite of `npm test`: a program that runs to its end, what it said, and what it counted.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const results = path.join(root, '.test-results');

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {'mocha' | 'one'} counts `mocha` writes TEST_COUNTS_FILE; `one` is a check that passes or fails as a whole
 */

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} skippedNames
 */

/** @typedef {Counts & { name: string, seconds: number, output: string }} SuiteResult */

/** A suite that runs longer is stuck. */
const patience = 10 * 60_000;

/** @type {Set<number>} process groups that still run */
const running = new Set();

/**
 * @param {Suite} suite
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite(suite, environment) {
  const began = performance.now();
  const file = path.join(results, 'counts', `${suite.name.replace(/\W+/g, '-')}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const { code, output } = await execute(suite, { ...environment, TEST_COUNTS_FILE: file });
  writeFileSync(path.join(results, `${suite.name.replace(/\W+/g, '-')}.log`), output);
  const counts = suite.counts === 'one' ? one(code) : counted(file, code);
  return { ...counts, name: suite.name, seconds: (performance.now() - began) / 1000, output };
}

/** Ends what is still running: for Ctrl-C. */
export function stopSuites() {
  for (const group of running) end(group);
}

/**
 * @param {Suite} suite
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function execute({ command, args }, env) {
  return new Promise((resolve) => {
    const windows = process.platform === 'win32';
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      shell: windows && command.endsWith('.cmd'),
    });
    const group = child.pid;
    if (group !== undefined) running.add(group);
    let output = '';
    const listen = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    const timer = setTimeout(() => {
      output += `\nstopped: no end after ${patience / 60_000} minutes\n`;
      if (group !== undefined) end(group);
    }, patience);
    const done = (/** @type {number | null} */ code) => {
      clearTimeout(timer);
      if (group !== undefined) {
        running.delete(group);
        // What a suite left behind would hold its ports and its memory for good.
        end(group);
      }
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += `\n${error.message}\n`;
      done(null);
    });
    child.on('exit', (code) => setImmediate(() => done(code)));
  });
}

/** @param {number} group */
function end(group) {
  try {
    process.kill(process.platform === 'win32' ? group : -group, 'SIGKILL');
  } catch (error) {
    // ESRCH: it ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * @param {number | null} code
 * @returns {Counts}
 */
function one(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, skippedNames: [] };
}

/**
 * @param {string} file
 * @param {number | null} code
 * @returns {Counts}
 */
function counted(file, code) {
  if (!existsSync(file)) return one(1);
  /** @type {Counts} */
  const counts = JSON.parse(readFileSync(file, 'utf8'));
  const { passed, failed, skipped, skippedNames } = counts;
  // Died after counting, or counted nothing: neither is a suite that passed.
  const died = code !== 0 && failed === 0;
  const empty = passed + failed + skipped === 0;
  return { passed, failed: failed + (died || empty ? 1 : 0), skipped, skippedNames };
}
