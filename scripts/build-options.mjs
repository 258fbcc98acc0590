// What esbuild is told, apart from the running of it, so that the tests can look at the same graph that ships.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The project's folder. */
export const root = path.resolve(import.meta.dirname, '..');

/** @type {{ version: string }} */
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Read as `process.env.BACKDRIFT_VERSION`, which is simply undefined where the source runs unbundled. */
const define = { 'process.env.BACKDRIFT_VERSION': JSON.stringify(manifest.version) };

/**
 * yaml's `node` entry is CommonJS and needs `require`; its ES-module entry is the same code and can be tree-shaken.
 */
const alias = { yaml: path.join(root, 'node_modules/yaml/browser/index.js') };

/**
 * The entry points of the Node side by the name of their output.
 * @param {{ tests?: boolean }} options
 * @returns {Record<string, string>}
 */
export function nodeEntries(options = {}) {
  /** @type {Record<string, string>} */
  const entries = {
    extension: 'src/extension.ts',
    cli: 'src/cli.ts',
    'local-aws/main': 'local-aws/main.ts',
    'local-aws/lambda-worker': 'local-aws/data-plane/lambda-worker.ts',
  };
  for (const module of modulesIn('local-aws/data-plane/lambda-sdk')) {
    entries[`local-aws/lambda-sdk/${module}`] = `local-aws/data-plane/lambda-sdk/${module}.ts`;
  }
  if (options.tests) {
    for (const module of modulesIn('test/host')) entries[`test/host/${module}`] = `test/host/${module}.ts`;
  }
  return entries;
}

/**
 * Extension, command line and local AWS in one call, so that what they share is in one chunk and the AWS SDK is in
 * chunks of its own that are loaded on first use.
 * @param {{ production?: boolean, tests?: boolean }} options
 * @returns {import('esbuild').BuildOptions & { metafile: true }}
 */
export function nodeOptions({ production = false, tests = false } = {}) {
  return {
    absWorkingDir: root,
    entryPoints: nodeEntries({ tests }),
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: tests ? ['vscode', 'mocha'] : ['vscode'],
    alias,
    define,
    minify: production,
    sourcemap: !production,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  };
}

/**
 * The Lambda runtime: what answers the generated operations, and the door around a user's function. Always minified and without a map: its bytes are hashed into what a deployment compares.
 * The SDK is the one that Lambda itself brings.
 * @returns {import('esbuild').BuildOptions & { metafile: true }}
 */
export function runtimeOptions() {
  return {
    absWorkingDir: root,
    entryPoints: {
      'runtime/index': 'src/runtime/index.ts',
      'runtime/files': 'src/runtime/files/index.ts',
      'runtime/door': 'src/runtime/door/index.ts',
      'runtime/worker': 'src/runtime/worker/index.ts',
    },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*'],
    alias,
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  };
}

/**
 * The preview panel: script and stylesheet.
 * @param {{ production?: boolean }} options
 * @returns {import('esbuild').BuildOptions & { metafile: true }}
 */
export function webviewOptions({ production = false } = {}) {
  return {
    absWorkingDir: root,
    // Its stylesheet is imported by the script and comes out beside it.
    entryPoints: { 'webview/preview': 'webview-ui/preview.ts' },
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: production,
    sourcemap: production ? false : 'inline',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  };
}

/**
 * The module that turns the Blueprint language into a JSON Schema, for the build to run.
 * @returns {import('esbuild').BuildOptions & { write: false }}
 */
export function schemaOptions() {
  return {
    absWorkingDir: root,
    entryPoints: ['src/blueprint/json-schema.ts'],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    alias,
    logLevel: 'warning',
  };
}

/**
 * @param {string} directory
 * @returns {string[]} module names without extension, sorted
 */
function modulesIn(directory) {
  return readdirSync(path.join(root, directory))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}
