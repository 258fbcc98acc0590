// The local AWS as a child process, ready to answer.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './setup/free-port.mjs';

const program = path.resolve(import.meta.dirname, '../dist/local-aws/main.js');

/** moto's first start may fetch an image or packages. */
const patience = 120_000;

/**
 * @typedef {object} LocalAws
 * @property {string} endpoint
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ scale: number, port?: number, log?: string }} options scale: 1 as long as the real service takes, 0 no time
 * @returns {Promise<LocalAws>}
 */
export async function startLocalAws({ scale, port: wanted, log }) {
  const port = wanted ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(
    process.execPath,
    [program, '--port', String(port), '--scale', String(scale), '--exit-with-parent'],
    {
      // It needs no account, and what it runs must not know of the user's.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^AWS_/i.test(name))),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let said = '';
  let ended = false;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.once('exit', () => {
    ended = true;
  });
  const listen = (/** @type {string} */ text) => {
    said = (said + text).slice(-4000);
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  if (log) {
    mkdirSync(path.dirname(log), { recursive: true });
    const file = createWriteStream(log);
    child.stdout.pipe(file);
    child.stderr.pipe(file);
  }
  const stop = async () => {
    // It ends moto and its workers itself; what does not end in time is ended.
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await closed;
    clearTimeout(late);
  };
  for (let waited = 0; waited < patience && !ended; waited += 100) {
    const answer = await fetch(`${endpoint}/_local/health`).catch(() => undefined);
    if (answer?.ok) return { endpoint, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`The local AWS did not start:\n${said}`);
}
