// The sign-in library of examples/task-manager, as one file that a page loads without a build:
//
//   node scripts/vendor-amplify-auth.mjs
//
// Writes examples/task-manager/web/vendor/ from the versions in package-lock.json. A test rebuilds it and compares.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

export const vendorDirectory = path.join(root, 'examples/task-manager/web/vendor');

/** What the page uses of the library, and no more. */
const entry = `
export { Amplify, fetchAuthSession } from '@aws-amplify/core';
export { sessionStorage } from '@aws-amplify/core';
export { cognitoUserPoolsTokenProvider } from '@aws-amplify/auth/cognito';
export {
  confirmResetPassword, confirmSignIn, confirmSignUp, fetchMFAPreference, resendSignUpCode, resetPassword,
  setUpTOTP, signIn, signOut, signUp, updateMFAPreference, verifyTOTPSetup,
} from '@aws-amplify/auth';
`;

/**
 * The files of the vendor folder by name.
 * @returns {Promise<Record<string, string>>}
 */
export async function vendoredFiles() {
  const built = await esbuild.build({
    absWorkingDir: root,
    stdin: { contents: entry, resolveDir: root, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const packages = await packagesOf(Object.keys(built.metafile.inputs));
  const names = packages.map(({ name, version }) => `${name} ${version}`);
  const banner = `/* ${names.join(', ')}. Licences: amplify-auth.licences.txt. Made by scripts/vendor-amplify-auth.mjs; do not edit. */\n`;
  return {
    'amplify-auth.js': banner + (built.outputFiles[0]?.text ?? ''),
    'amplify-auth.licences.txt': packages.map(notice).join(`\n${'='.repeat(80)}\n\n`),
  };
}

/** @typedef {{ name: string, version: string, license: string, text: string }} Package */

/**
 * The packages that files come from, by name.
 * @param {string[]} inputs
 * @returns {Promise<Package[]>}
 */
async function packagesOf(inputs) {
  /** @type {Map<string, Package>} */
  const found = new Map();
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
    if (!folder) continue;
    const directory = path.join(root, folder);
    /** @type {{ name: string, version: string, license?: string }} */
    const { name, version, license = '' } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8'));
    if (found.has(`${name}@${version}`)) continue;
    const file = (await readdir(directory)).sort().find((candidate) => /^(licen[cs]e|copying)(\.|$)/i.test(candidate));
    const text = file === undefined ? '' : await readFile(path.join(directory, file), 'utf8');
    found.set(`${name}@${version}`, { name, version, license, text });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, known]) => known);
}

/** @param {Package} of */
function notice({ name, version, license, text }) {
  return `${name} ${version} (${license})\n\n${text === '' ? `No licence file comes with the package: ${license}.\n` : `${text.trim()}\n`}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await mkdir(vendorDirectory, { recursive: true });
  for (const [name, text] of Object.entries(await vendoredFiles())) {
    await writeFile(path.join(vendorDirectory, name), text);
    console.log(`${name}: ${(Buffer.byteLength(text) / 1024).toFixed(1)} KB`);
  }
}
