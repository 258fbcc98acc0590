// moto answers for the single AWS services behind the local AWS. Where it comes from, in this order: one that runs
// already (BACKDRIFT_EMULATOR_URL), moto_server on PATH, uvx, a virtual environment of ours, Docker. With none of them
// the local AWS works with stubs, and what needs moto says so.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { onPath, run, step } from './step.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** The version that the project's facts about moto were measured with. */
const wanted = '5.2.1';
const oldestMoto = [5, 2];
const venv = path.join(root, '.local/moto');

/**
 * How to start moto on a port.
 * @typedef {(port: number) => { command: string, args: string[] }} MotoCommand
 */

/**
 * @typedef {object} RunningMoto
 * @property {string} url
 * @property {() => Promise<void>} stop
 */

/**
 * Starts moto on a free loopback port.
 * @returns {Promise<RunningMoto | undefined>} undefined where moto cannot be had
 */
export async function startMoto() {
  const running = process.env.BACKDRIFT_EMULATOR_URL;
  if (running) return { url: running, stop: async () => {} };
  const command = await motoCommand();
  if (!command) return undefined;
  return step('moto', () => start(command));
}

/**
 * @returns {Promise<MotoCommand | undefined>}
 */
async function motoCommand() {
  const server = onPath('moto_server');
  if (server && (await isNewEnough(onPath('python3', 'python')))) return local(server);
  const uvx = onPath('uvx');
  if (uvx) {
    return (port) => ({ command: uvx, args: ['--from', `moto[server]==${wanted}`, 'moto_server', ...listen(port)] });
  }
  const own = await virtualEnvironment();
  if (own) return local(own);
  const docker = onPath('docker');
  if (docker) {
    const image = `motoserver/moto:${wanted}`;
    return (port) => ({ command: docker, args: ['run', '--rm', '-p', `127.0.0.1:${port}:5000`, image] });
  }
  return undefined;
}

/**
 * @param {string} server
 * @returns {MotoCommand}
 */
function local(server) {
  return (port) => ({ command: server, args: listen(port) });
}

/** @param {number} port */
function listen(port) {
  return ['-H', '127.0.0.1', '-p', String(port)];
}

/** @param {string | undefined} python */
async function isNewEnough(python) {
  if (!python) return false;
  const version = await run(python, ['-c', 'import moto; print(moto.__version__)']).catch(() => '');
  const [major = 0, minor = 0] = version.trim().split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestMoto;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Installs moto with pip into a folder of ours (about 280 MB), the first time. */
async function virtualEnvironment() {
  const server = path.join(venv, process.platform === 'win32' ? 'Scripts/moto_server.exe' : 'bin/moto_server');
  if (existsSync(server)) return server;
  const python = onPath('python3', 'python');
  if (!python) return undefined;
  return step('moto, with pip', async () => {
    try {
      await run(python, ['-c', 'import sys; assert sys.version_info >= (3, 10)']);
      await run(python, ['-m', 'venv', venv]);
      const pip = path.join(path.dirname(server), process.platform === 'win32' ? 'pip.exe' : 'pip');
      await run(pip, ['install', '--quiet', '--disable-pip-version-check', `moto[server]==${wanted}`]);
      return server;
    } catch (cause) {
      await rm(venv, { recursive: true, force: true });
      console.log(`  not with pip: ${cause instanceof Error ? cause.message.trim().split('\n').at(-1) : cause}`);
      return undefined;
    }
  });
}

/**
 * @param {MotoCommand} command
 * @returns {Promise<RunningMoto>}
 */
async function start(command) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { command: program, args } = command(port);
  const child = spawn(program, args, { stdio: 'ignore', detached: process.platform !== 'win32' });
  let ended = false;
  child.on('exit', () => {
    ended = true;
  });
  child.on('error', () => {
    ended = true;
  });
  const stop = async () => {
    if (child.pid === undefined || ended) return;
    // uvx and Docker's client start the server as a child of theirs: the whole group ends.
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGTERM');
  };
  // Docker and uvx may have to fetch an image or packages first.
  for (let waited = 0; waited < 180_000 && !ended; waited += 100) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`moto did not start: ${program} ${args.join(' ')}`);
}
