// The mocha suite of test/host inside a real VS Code.
//
//   node scripts/host-tests.mjs oldest|newest
//
// The tests module has the contract of @vscode/test-electron (`run()`), so the same suite runs in a desktop VS Code.
import { createWriteStream, existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './build-options.mjs';
import { browserArguments, ensureBrowser } from './setup/browser.mjs';
import { ensureVSCode, newest, oldest } from './setup/vscode.mjs';
import { freshHome, startServer } from './vscode-server.mjs';

// Results are in .test-results/host-<version>: the listing, the logs of the server and of the workbench, and a picture of a failure.

/** A suite that is still silent after this is stuck. */
const patience = 180_000;

const which = process.argv[2] === 'newest' ? newest : oldest;
process.exitCode = await runInside(which);

/**
 * @param {import('./setup/vscode.mjs').VSCodeVersion} version
 * @returns {Promise<number>} the suite's exit code
 */
async function runInside(version) {
  const vscode = await ensureVSCode(version);
  const results = path.join(root, '.test-results', `host-${version.vscode}`);
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const report = path.join(results, 'report.txt');
  const workbenchLog = createWriteStream(path.join(results, 'workbench.log'));
  const { home, remove } = await freshHome('host');
  const workspace = path.join(home, 'task-manager');
  await cp(path.join(root, 'examples/task-manager'), workspace, { recursive: true });
  const server = await startServer(vscode, {
    home,
    trusted: true,
    automation: true,
    environment: { TEST_REPORT_FILE: report },
    log: path.join(results, 'server.log'),
  });
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArguments });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    /** @type {Promise<number>} */
    const ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no result after ${patience / 1000} s`)), patience);
      const exit = async (/** @type {number} */ code) => {
        clearTimeout(timer);
        resolve(code);
      };
      page.exposeFunction('codeAutomationExit', exit).catch(reject);
    });
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
      workbenchLog.write(
        `${type} ${values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}\n`,
      );
    });
    await page.goto(address(server, workspace));
    const code = await ended.catch((error) => {
      console.error(`VS Code ${version.vscode}: ${error.message}`);
      return 1;
    });
    console.log(existsSync(report) ? await readFile(report, 'utf8') : 'The suite said nothing.');
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
 * The address that opens a folder and starts the suite.
 * @param {import('./vscode-server.mjs').Server} server
 * @param {string} workspace
 */
function address({ url, port }, workspace) {
  const remote = (/** @type {string} */ file) => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(path.join(root, 'dist/test/host/index.js'))],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  return `${url}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}
