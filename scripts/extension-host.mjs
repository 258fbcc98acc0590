// Runs a module inside the extension host of a real VS Code: VS Code's own server, and a browser that opens its page.
// The module has the contract of @vscode/test-electron (`run()`), so it runs in a desktop VS Code as well.
import { createWriteStream } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './build-options.mjs';
import { browserArguments, ensureBrowser } from './setup/browser.mjs';
import { ensureVSCode } from './setup/vscode.mjs';
import { freshHome, startServer } from './vscode-server.mjs';

/** A module that is still silent after this is stuck. */
const patience = 180_000;

/**
 * @typedef {object} HostRun
 * @property {import('./setup/vscode.mjs').VSCodeVersion} version
 * @property {string} module built module that exports run(), relative to the project
 * @property {string} workspace folder that is opened; a copy of it
 * @property {string} results folder for the logs of server and workbench, and a picture of a failure
 * @property {NodeJS.ProcessEnv} [environment] for the extension host
 */

/**
 * @param {HostRun} options
 * @returns {Promise<number>} 0 when run() resolved, 1 when it rejected or never ended
 */
export async function runInHost({ version, module, workspace, results, environment = {} }) {
  const vscode = await ensureVSCode(version);
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const workbenchLog = createWriteStream(path.join(results, 'workbench.log'));
  const { home, remove } = await freshHome('host');
  const folder = path.join(home, path.basename(workspace));
  await cp(workspace, folder, { recursive: true });
  const log = path.join(results, 'server.log');
  const server = await startServer(vscode, { home, trusted: true, automation: true, environment, log });
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArguments });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    /** @type {Promise<number>} */
    const ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        console.error(`VS Code ${version.vscode}: no result after ${patience / 1000} s`);
        resolve(1);
      }, patience);
      const exit = async (/** @type {number} */ code) => {
        clearTimeout(timer);
        resolve(code);
      };
      page.exposeFunction('codeAutomationExit', exit).catch(reject);
    });
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
      const text = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
      workbenchLog.write(`${type} ${text}\n`);
    });
    await page.goto(address(server, folder, module));
    const code = await ended;
    if (code !== 0) await page.screenshot({ path: path.join(results, 'failure.png') });
    return code;
  } finally {
    await browser.close();
    workbenchLog.end();
    await server.stop();
    await remove();
  }
}

/**
 * The address that opens a folder and starts the module.
 * @param {import('./vscode-server.mjs').Server} server
 * @param {string} folder
 * @param {string} module
 */
function address({ url, port }, folder, module) {
  const remote = (/** @type {string} */ file) => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(path.join(root, module))],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  return `${url}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}
