// From a fresh clone to the example project in VS Code, with an AWS on this machine to deploy to:
//
//   node scripts/start.mjs [--scale 1] [--port 4578] [--folder examples/task-manager] [--browser] [--no-open] [--no-build]
//
// Desktop VS Code where `code` is on PATH, else (or with --browser) VS Code in a browser tab with the packaged extension
// installed. Ctrl-C stops everything that was started here.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './setup/dependencies.mjs';
import { freePort, isFree } from './setup/free-port.mjs';
import { ensureMoto, withoutMoto } from './setup/moto.mjs';
import { Missing, onPath, step } from './setup/step.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    port: { type: 'string', default: '4578' },
    folder: { type: 'string', default: 'examples/task-manager' },
    browser: { type: 'boolean', default: false },
    'no-open': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});

/** Where the local AWS listens unless somebody else does. */
const localAwsPort = 4577;

/** @type {(() => Promise<void>)[]} what to stop, the latest first */
const started = [];
let stopping = false;

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => stopAll(signal === 'SIGINT' ? 130 : 143));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Missing ? error.message : error);
  await stopAll(1);
}

async function main() {
  await ensureDependencies();
  const folder = path.resolve(root, values.folder);
  if (!existsSync(folder)) throw new Missing(`${values.folder} is not there: name a folder with a Blueprint.`);
  const code = values.browser ? undefined : onPath('code');
  const { build } = await import('./build.mjs');
  const { packageExtension } = await import('./package.mjs');
  if (!(await ensureMoto())) console.log(withoutMoto);
  if (!values['no-build'])
    await step(code ? 'build' : 'build and package', () => (code ? build({ production: true }) : packageExtension()));
  const localAws = await step('local AWS', startLocal);
  const settings = {
    'backdrift.localAws.endpoint': localAws.endpoint,
    'workbench.startupEditor': 'none',
    'git.openRepositoryInParentFolders': 'never',
    'remote.autoForwardPorts': false,
  };
  const address = code ? await onDesktop(code, folder, settings) : await inBrowser(folder, settings);
  console.log(`
Backdrift with ${path.relative(root, folder)}: ${address}
Local AWS: ${localAws.endpoint} (environment local)
In VS Code: run "Backdrift: Preview", then "Backdrift: Deploy". Ctrl-C stops everything.`);
  if (!code && !values['no-open']) openAddress(address);
}

async function startLocal() {
  const { startLocalAws } = await import('./local-aws.mjs');
  const port = (await isFree(localAwsPort)) ? localAwsPort : await freePort();
  const localAws = await startLocalAws({
    port,
    scale: Number(values.scale),
    log: path.join(root, '.local/local-aws.log'),
  });
  started.push(localAws.stop);
  return localAws;
}

/**
 * VS Code's own server with the package installed in it, as a user would have it.
 * @param {string} folder
 * @param {Record<string, unknown>} settings
 */
async function inBrowser(folder, settings) {
  const { ensureVSCode, oldest } = await import('./setup/vscode.mjs');
  const { installExtension, startServer } = await import('./vscode-server.mjs');
  const { vsix } = await import('./package.mjs');
  // The oldest supported version: it runs on the Node that is here.
  const vscode = await ensureVSCode(oldest);
  const home = path.join(root, '.local/vscode');
  const wanted = Number(values.port);
  const port = (await isFree(wanted)) ? wanted : await freePort();
  await step('extension', () => installExtension(vscode, home, vsix));
  const server = await step(`VS Code ${vscode.version}`, () =>
    startServer(vscode, { home, port, trusted: true, settings, log: path.join(root, '.local/vscode.log') }),
  );
  started.push(server.stop);
  return `${server.url}/?folder=${encodeURI(folder)}`;
}

/**
 * The desktop VS Code, with user data of its own so that it can be told apart from the window that somebody works in.
 * @param {string} code
 * @param {string} folder
 * @param {Record<string, unknown>} settings
 */
async function onDesktop(code, folder, settings) {
  const user = path.join(root, '.local/desktop');
  mkdirSync(path.join(user, 'User'), { recursive: true });
  writeFileSync(
    path.join(user, 'User/settings.json'),
    JSON.stringify({ ...settings, 'security.workspace.trust.enabled': false }, null, 2),
  );
  const window = spawn(
    code,
    [`--extensionDevelopmentPath=${root}`, `--user-data-dir=${user}`, '--new-window', '--wait', folder],
    { stdio: 'ignore', shell: process.platform === 'win32' },
  );
  window.on('error', (error) => console.error(`VS Code did not start: ${error.message}`));
  window.on('exit', () => stopAll(0));
  started.push(async () => {
    window.removeAllListeners('exit');
    window.kill();
    // The program `code` only starts the window; VS Code keeps the window's process id beside its user data.
    const lock = path.join(user, 'code.lock');
    if (existsSync(lock)) endProcess(Number(readFileSync(lock, 'utf8')));
  });
  return 'in the window that opens';
}

/** @param {number} code exit code */
async function stopAll(code) {
  if (stopping) return;
  stopping = true;
  for (const stop of started.reverse()) await stop().catch((error) => console.error(error));
  process.exit(code);
}

/** @param {number} id */
function endProcess(id) {
  try {
    process.kill(id);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Shows the address in the user's browser where there is a screen.
 * @param {string} address
 */
function openAddress(address) {
  const opener = process.platform === 'darwin' ? onPath('open') : process.env.DISPLAY ? onPath('xdg-open') : undefined;
  if (!opener) return;
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('Open the address above in a browser.'));
  child.unref();
}
