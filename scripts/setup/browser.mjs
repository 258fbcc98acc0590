// A Chromium for the panels and for VS Code in a browser tab.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isProgram, Missing, onPath, run, step } from './step.mjs';

const root = path.resolve(import.meta.dirname, '../..');

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
];

/** Where the two systems that keep programs off PATH have them. */
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Arguments that work in a container, as root and on a closed network. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The browser that is there already.
 * @returns {string | undefined}
 */
export function findBrowser() {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (!isProgram(named))
      throw new Missing(`CHROME_PATH names ${named}, which is not a program: correct it or unset it.`);
    return named;
  }
  return onPath(...names) ?? places.find(isProgram);
}

/**
 * A browser: the one that is there, else Debian's package, else Playwright's download.
 * @returns {Promise<string>} path of the program
 */
export async function ensureBrowser() {
  const found = findBrowser() ?? (await playwrightBrowser());
  if (found) return found;
  const packaged = await debianPackage();
  if (packaged) return packaged;
  return step('browser, from Playwright', async () => {
    const failure = await run(process.execPath, [
      path.join(root, 'node_modules/playwright-core/cli.js'),
      'install',
      'chromium-headless-shell',
    ]).then(
      () => undefined,
      (cause) => cause,
    );
    const downloaded = await playwrightBrowser();
    if (downloaded) return downloaded;
    throw new Missing('No browser: install Chromium or Chrome, or set CHROME_PATH to one.', { cause: failure });
  });
}

async function debianPackage() {
  const apt = onPath('apt-get');
  if (!apt || process.getuid?.() !== 0) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run(apt, ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  return step("browser, Debian's chromium", async () => {
    try {
      await install().catch(async () => {
        await run(apt, ['update'], { env });
        await install();
      });
    } catch (cause) {
      console.log(
        `  not from the package manager: ${cause instanceof Error ? cause.message.split('\n').at(-1) : cause}`,
      );
    }
    return onPath(...names);
  });
}

/** The browser that Playwright downloaded on an earlier run. */
async function playwrightBrowser() {
  const { chromium } = await import('playwright-core');
  const file = chromium.executablePath();
  return existsSync(file) ? file : undefined;
}
