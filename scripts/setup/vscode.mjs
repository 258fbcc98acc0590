// Real VS Codes without Microsoft's download server: the npm package code-server carries Microsoft's own server build.
// The oldest version that the extension supports and the newest on npm, each in .vscode-test/<version>.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Missing, npm, run, step } from './step.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * @typedef {object} VSCodeVersion
 * @property {string} vscode its own version
 * @property {string} codeServer version of the npm package that holds it
 * @property {number} node the major version of Node that it needs
 */

/** @type {VSCodeVersion} the one in `engines.vscode` */
export const oldest = { vscode: '1.100.3', codeServer: '4.100.3', node: 20 };
/** @type {VSCodeVersion} */
export const newest = { vscode: '1.139.1', codeServer: '4.139.1', node: 24 };

/**
 * @typedef {object} VSCode
 * @property {string} version
 * @property {string} node the Node to start it with
 * @property {string} server path of VS Code's server-main.js
 */

/**
 * @param {VSCodeVersion} version
 * @returns {Promise<VSCode>}
 */
export async function ensureVSCode(version) {
  if (process.platform === 'win32') {
    throw new Missing(
      'VS Code from npm runs on Linux and macOS only: run the tests in WSL, or in a container with Node 20.19 or newer.',
    );
  }
  const node = await ensureNode(version.node);
  const home = path.join(root, '.vscode-test', version.vscode);
  await once(home, `VS Code ${version.vscode}`, async (directory) => {
    await npmInstall(directory, `code-server@${version.codeServer}`);
    // The shrinkwrap of this package is out of step with its manifest, so `npm ci` refuses. Its install scripts compile
    // modules (kerberos, spdlog, argon2) that neither tests nor `npm start` need.
    await run(npm, ['install', '--omit=dev', ...quietly], { cwd: path.join(directory, inside) });
  });
  return { version: version.vscode, node, server: path.join(home, inside, 'out/server-main.js') };
}

const inside = 'node_modules/code-server/lib/vscode';
const quietly = ['--ignore-scripts', '--no-audit', '--no-fund'];

/**
 * The Node that is running, when it is new enough; else a binary from npm.
 * @param {number} major
 * @returns {Promise<string>}
 */
async function ensureNode(major) {
  if (Number(process.versions.node.split('.')[0]) >= major) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const home = path.join(root, '.vscode-test', `node-${major}`);
  await once(home, `Node ${major}`, (directory) => npmInstall(directory, `${name}@${major}`));
  return path.join(home, 'node_modules', name, 'bin/node');
}

/**
 * Fills a folder completely or not at all, and only the first time.
 * @param {string} home
 * @param {string} name
 * @param {(directory: string) => Promise<unknown>} fill
 */
async function once(home, name, fill) {
  const marker = path.join(home, 'complete');
  if (existsSync(marker)) return;
  await step(name, async () => {
    const partial = `${home}.${process.pid}`;
    try {
      await mkdir(partial, { recursive: true });
      await fill(partial);
      await writeFile(path.join(partial, 'complete'), `${new Date().toISOString()}\n`);
      await rm(home, { recursive: true, force: true });
      await rename(partial, home);
    } catch (cause) {
      await rm(partial, { recursive: true, force: true });
      throw new Missing(
        `${name} could not be had from the npm registry: check that it can be reached, then try again.`,
        {
          cause,
        },
      );
    }
  });
}

/**
 * @param {string} directory
 * @param {string} specifier
 */
function npmInstall(directory, specifier) {
  return run(npm, ['install', specifier, '--prefix', directory, '--no-save', '--no-package-lock', ...quietly], {
    cwd: directory,
  });
}
