// VS Code's own server on a loopback port: what the tests inside VS Code, the browser tests and `npm start` without a
// desktop VS Code stand on.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './setup/free-port.mjs';
import { run } from './setup/step.mjs';

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {number} port
 * @property {() => Promise<void>} stop ends the server and all that it started
 */

/**
 * @typedef {object} ServerOptions
 * @property {string} home a folder for its user data and extensions; see `freshHome`
 * @property {number} [port] a free one when absent
 * @property {boolean} [trusted] every workspace is trusted, without a question
 * @property {boolean} [automation] lets a page start a test suite
 * @property {Record<string, unknown>} [settings] machine settings
 * @property {NodeJS.ProcessEnv} [environment] added to this process's own
 * @property {string} [log] a file for what it says
 */

/**
 * An empty place for one run.
 * @param {string} purpose
 */
export async function freshHome(purpose) {
  const home = await mkdtemp(path.join(tmpdir(), `backdrift-${purpose}-`));
  return { home, remove: () => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

/**
 * @param {import('./setup/vscode.mjs').VSCode} vscode
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startServer(vscode, options) {
  const port = options.port ?? (await freePort());
  if (options.settings) await writeMachineSettings(options.home, options.settings);
  const child = spawn(
    vscode.node,
    [
      vscode.server,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...['--accept-server-license-terms', '--disable-telemetry', '--disable-experiments'],
      ...(options.trusted ? ['--disable-workspace-trust'] : []),
      // Newer versions start a suite from the page's address only with this.
      ...(options.automation ? ['--enable-smoke-test-driver'] : []),
      ...homeArguments(options.home),
    ],
    { env: serverEnvironment(options.environment), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  if (options.log) {
    await mkdir(path.dirname(options.log), { recursive: true });
    const file = createWriteStream(options.log);
    child.stdout.pipe(file);
    child.stderr.pipe(file);
  }
  await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('Web UI available at')) resolve(undefined);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`VS Code's server ended with ${code}:\n${said.slice(-2000)}`)));
  });
  const stop = async () => {
    // The extension host is a child of the server, so the whole group ends.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  return { url: `http://127.0.0.1:${port}`, port, stop };
}

/**
 * Installs a packaged extension, as a user does.
 * @param {import('./setup/vscode.mjs').VSCode} vscode
 * @param {string} home
 * @param {string} vsix
 */
export async function installExtension(vscode, home, vsix) {
  await mkdir(path.join(home, 'extensions'), { recursive: true });
  await run(
    vscode.node,
    [vscode.server, '--install-extension', vsix, '--force', '--accept-server-license-terms', ...homeArguments(home)],
    { env: serverEnvironment() },
  );
}

/** @param {string} home */
function homeArguments(home) {
  return ['--user-data-dir', path.join(home, 'user'), '--extensions-dir', path.join(home, 'extensions')];
}

/**
 * Settings of the machine: those of the user live in the browser.
 * @param {string} home
 * @param {Record<string, unknown>} settings
 */
export async function writeMachineSettings(home, settings) {
  const folder = path.join(home, 'user/Machine');
  await mkdir(folder, { recursive: true });
  // Whole or not at all: VS Code reads the file as soon as it changes.
  const file = path.join(folder, 'settings.json');
  await writeFile(`${file}.new`, JSON.stringify(settings, null, 2));
  await rename(`${file}.new`, file);
}

/**
 * Inside a code-server terminal the server would take itself for a child of it and end at once.
 * @param {NodeJS.ProcessEnv} [added]
 */
function serverEnvironment(added = {}) {
  const { CODE_SERVER_PARENT_PID: _, VSCODE_IPC_HOOK_CLI: __, ...environment } = process.env;
  return { ...environment, ...added };
}
