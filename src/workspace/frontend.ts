import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BuildOutcome, FrontendConfig, FrontendSource } from '../deployment/ports.ts';
import { isInside, locate } from './facts.ts';
import { readRealFile } from './read-file.ts';
import { deterministicZip } from './zip.ts';

/** What tells a frontend where its backend is; it stands in the root of the published files. */
export const frontendConfigFile = 'backdrift.json';

/** All files together, in bytes. A zip is made in memory. */
const largestFrontend = 500 * 1024 * 1024;

/**
 * Never published: what an editor, git or a package manager leaves behind, and files that are there to hold secrets
 * (settings with tokens, private keys, what the AWS tools and ssh keep).
 */
const leftOut = new RegExp(
  `^(?:${[
    ...['\\.git', '\\.DS_Store', 'Thumbs\\.db', 'node_modules', '\\.vscode', '\\.idea'],
    ...['\\.env', '\\.env\\..*', '\\.npmrc', '\\.yarnrc\\.yml', '\\.netrc', '\\.git-credentials', '\\.htpasswd'],
    ...['\\.aws', '\\.ssh', 'id_(?:rsa|dsa|ecdsa|ed25519)', '.*\\.(?:pem|p12|pfx|jks|keystore)'],
  ].join('|')})$`,
  'i',
);

/**
 * The engine's port on the files of a project's frontend.
 * @param directory the folder of the Blueprint
 * @param frontend `frontend.directory` of the Blueprint
 */
export function frontendSource(directory: string, frontend: string): FrontendSource {
  return { zip: (config) => zipFrontend(directory, frontend, config) };
}

/** The files of a built frontend and `backdrift.json`. The same files give the same bytes. */
export async function zipFrontend(directory: string, frontend: string, config: FrontendConfig): Promise<BuildOutcome> {
  const located = locate(directory, directory, frontend);
  if (located.kind === 'outside-workspace')
    return failed(
      'frontend-outside',
      `${frontend} lies outside the folder of the Blueprint.`,
      'Build the frontend into it.',
    );
  if (located.kind === 'directory' && located.path === (await realPath(directory)))
    return failed(
      'frontend-is-project',
      'The frontend is the whole folder of the Blueprint: the Blueprint and the code of the functions would be public.',
      'Put the files of the frontend into a folder of their own, such as web.',
    );
  if (located.kind !== 'directory')
    return failed('frontend-missing', `There is no folder ${frontend}.`, 'Build the frontend first.');
  const files = new Map<string, Uint8Array>();
  const refusal = await collect({ root: located.path, frontend, files, bytes: 0 }, located.path, '', [located.path]);
  if (refusal) return refusal;
  if (files.size === 0) return failed('frontend-empty', `${frontend} holds no files.`, 'Build the frontend first.');
  files.set(frontendConfigFile, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`));
  return { status: 'built', bytes: deterministicZip(files) };
}

interface Collection {
  /** With symbolic links followed. */
  root: string;
  frontend: string;
  files: Map<string, Uint8Array>;
  bytes: number;
}

/** @param above folders on the way here, to notice a link that leads back */
async function collect(
  collection: Collection,
  folder: string,
  prefix: string,
  above: readonly string[],
): Promise<BuildOutcome | undefined> {
  const { root, frontend, files } = collection;
  for (const name of (await readdir(folder)).sort()) {
    if (leftOut.test(name)) continue;
    const shown = `${prefix}${name}`;
    const target = await realPath(path.join(folder, name));
    if (target === undefined)
      return failed('frontend-broken-link', `${frontend}/${shown} is a link to nothing.`, 'Remove it, or build again.');
    if (!isInside(root, target))
      return failed(
        'frontend-link-outside',
        `${frontend}/${shown} is a link that leads out of the frontend.`,
        'Copy the file into it.',
      );
    const stats = await stat(target);
    if (stats.isDirectory()) {
      if (above.includes(target))
        return failed(
          'frontend-link-circle',
          `${frontend}/${shown} is a link to a folder that it lies in.`,
          'Remove it.',
        );
      const refusal = await collect(collection, target, `${shown}/`, [...above, target]);
      if (refusal) return refusal;
    } else if (stats.isFile()) {
      const read = await readRealFile(target, largestFrontend - collection.bytes);
      if (read.kind === 'too-large')
        return failed(
          'frontend-too-large',
          `${frontend} holds more than 500 MB.`,
          'Keep large files in storage instead.',
        );
      if (read.kind !== 'read')
        return failed(
          'frontend-changed',
          `${frontend}/${shown} was replaced while it was read.`,
          'Wait until the build has ended, then deploy again.',
        );
      collection.bytes += read.bytes.length;
      files.set(shown, read.bytes);
    }
  }
  return undefined;
}

async function realPath(target: string): Promise<string | undefined> {
  try {
    return await realpath(target);
  } catch {
    // The caller says which file it is and what to do.
    return undefined;
  }
}

function failed(code: string, message: string, hint: string): BuildOutcome {
  return { status: 'failed', problem: { code, message, hint } };
}
