// Builds everything that ships into dist/:
//
//   extension.js, cli.js, local-aws/*.js, chunks/   one ES-module bundle with code splitting for all of the Node side
//   runtime/{index,files,door}.mjs                  what runs in the user's Lambda functions: one file each, byte for byte the same on every machine
//   webview/                                        the preview panel
//   backdrift.schema.json                           the JSON Schema of the Blueprint
//   meta.json                                       esbuild's own account of what went where; test/package reads it
//
//   node scripts/build.mjs [--production] [--tests]
//
// --production minifies and leaves source maps out; --tests adds the suite that runs inside VS Code.
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { nodeOptions, root, runtimeOptions, schemaOptions, webviewOptions } from './build-options.mjs';

/**
 * @param {{ production?: boolean, tests?: boolean }} [options]
 * @returns {Promise<void>}
 */
export async function build(options = {}) {
  const began = performance.now();
  const dist = path.join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  const [node, runtime, webview] = await Promise.all([
    esbuild.build(nodeOptions(options)),
    esbuild.build(runtimeOptions()),
    esbuild.build(webviewOptions(options)),
    copyCodicons(path.join(dist, 'webview')),
    writeSchema(path.join(dist, 'backdrift.schema.json')),
  ]);
  await chmod(path.join(dist, 'cli.js'), 0o755);
  await writeFile(
    path.join(dist, 'meta.json'),
    JSON.stringify({ node: node.metafile, runtime: runtime.metafile, webview: webview.metafile }),
  );
  console.log(`built dist/ in ${Math.round(performance.now() - began)} ms`);
}

/**
 * The icon font and its stylesheet stay files of their own: the elements load them inside their shadow roots through a link.
 * @param {string} directory
 */
async function copyCodicons(directory) {
  await mkdir(directory, { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf']) {
    await copyFile(path.join(root, 'node_modules/@vscode/codicons/dist', file), path.join(directory, file));
  }
}

/**
 * The schema is code (zod), so it is bundled in memory and run.
 * @param {string} file
 */
async function writeSchema(file) {
  const bundled = await esbuild.build(schemaOptions());
  const code = bundled.outputFiles?.[0]?.text ?? '';
  const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(module.blueprintJsonSchema(), null, 2)}\n`);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { production: { type: 'boolean' }, tests: { type: 'boolean' } } });
  await build(values);
}
