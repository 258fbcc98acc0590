// Packs the production build as backdrift.vsix. What goes in is the allow-list of .vscodeignore.
//
//   node scripts/package.mjs
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { build } from './build.mjs';
import { root } from './build-options.mjs';

/** The packaged extension. */
export const vsix = path.join(root, 'backdrift.vsix');

export async function packageExtension() {
  await build({ production: true });
  // The bundle holds all that it needs, so no node_modules; pictures in the README are files of the package.
  await createVSIX({
    cwd: root,
    packagePath: vsix,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const { size } = await stat(vsix);
  console.log(`packed ${path.basename(vsix)}: ${(size / 1024).toFixed(0)} KB`);
}

if (process.argv[1] === import.meta.filename) await packageExtension();
