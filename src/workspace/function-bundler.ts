import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { megabytes, sizeOf } from './code-size.ts';
import type { FunctionCode } from './function-code.ts';

/** What is used of esbuild, which the workspace brings: https://esbuild.github.io/api/ */
const esbuildSchema = z.object({
  build: z.custom<(options: object) => Promise<unknown>>((value) => typeof value === 'function'),
});
const resultSchema = z.object({
  outputFiles: z.array(z.object({ path: z.string(), text: z.string() })).min(1),
  metafile: z.object({
    inputs: z.record(z.string(), z.unknown()),
    outputs: z.record(
      z.string(),
      z.object({
        inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })).optional(),
        exports: z.array(z.string()).optional(),
      }),
    ),
  }),
});
const failureSchema = z.object({
  errors: z
    .array(z.object({ text: z.string(), location: z.object({ file: z.string(), line: z.number() }).nullish() }))
    .min(1),
});

interface Remembered {
  /** Every file that went in, with size and time of its last change. */
  inputs: Map<string, string>;
  code: FunctionCode;
}

export interface Bundler {
  bundle(name: string, handler: string, file: string, reason: string): Promise<FunctionCode>;
}

/**
 * Bundles handlers with the esbuild that the workspace has installed: its version and its settings are the project's
 * own business. Runs code of the workspace, so only in a trusted one.
 */
export function createBundler(directory: string): Bundler {
  const remembered = new Map<string, Remembered>();
  return {
    async bundle(name, handler, file, reason) {
      const before = remembered.get(file);
      if (before && (await isUnchanged(before.inputs))) return before.code;
      const esbuild = await loadEsbuild(directory);
      if (esbuild === undefined) return noBundler(directory, name, handler, reason);
      const bundled = await run(esbuild, directory, name, handler, file);
      if (bundled.inputs) remembered.set(file, { inputs: bundled.inputs, code: bundled.code });
      return bundled.code;
    },
  };
}

async function loadEsbuild(directory: string): Promise<z.infer<typeof esbuildSchema> | undefined> {
  let file: string;
  try {
    file = createRequire(path.join(directory, 'package.json')).resolve('esbuild');
  } catch {
    // Not installed: the caller says what to do.
    return undefined;
  }
  const loaded: unknown = await import(pathToFileURL(file).href);
  const direct = esbuildSchema.safeParse(loaded);
  if (direct.success) return direct.data;
  return z.object({ default: esbuildSchema }).safeParse(loaded).data?.default;
}

async function run(
  esbuild: z.infer<typeof esbuildSchema>,
  directory: string,
  name: string,
  handler: string,
  file: string,
): Promise<{ code: FunctionCode; inputs?: Map<string, string> }> {
  const inputsOf = ({ metafile }: z.infer<typeof resultSchema>) =>
    stamps(Object.keys(metafile.inputs).map((input) => path.resolve(directory, input)));
  try {
    const build = async (entry: object) => resultSchema.parse(await esbuild.build({ ...options(directory), ...entry }));
    let result = await build({ entryPoints: [file] });
    const lists = Object.values(result.metafile.outputs).flatMap((output) => (output.exports ? [output.exports] : []));
    const exported = lists.flat();
    // A bundler that does not say is believed.
    if (lists.length > 0 && !exported.includes('handler')) {
      if (!exported.includes('default')) return { code: noHandler(name, handler), inputs: await inputsOf(result) };
      result = await build({ stdin: { contents: reexport(directory, file), resolveDir: directory } });
    }
    const text = result.outputFiles.find((output) => output.path.endsWith('.mjs'))?.text ?? '';
    const map = result.outputFiles.find((output) => output.path.endsWith('.map'))?.text;
    const size = sizeOf(text, name, handler, partsOf(result.metafile.outputs));
    const code: FunctionCode =
      size.kind === 'refused' ? size : { ...size, kind: 'code', text, ...(map === undefined ? {} : { map }) };
    return { code, inputs: await inputsOf(result) };
  } catch (error) {
    const failure = failureSchema.safeParse(error);
    const [first] = failure.success ? failure.data.errors : [];
    const cause = first
      ? `${first.location ? `${first.location.file}:${first.location.line}: ` : ''}${first.text}`
      : error instanceof Error
        ? error.message
        : String(error);
    const message = `${handler} (function ${name}) cannot be bundled: ${cause}`;
    return {
      code: { kind: 'refused', problem: { code: 'bundling-failed', message, hint: 'Correct the code.', cause } },
    };
  }
}

/**
 * One ES module for Lambda's Node, with a map that holds places and no sources: they are in the repository. What
 * CommonJS packages in it expect beside a module of their own is given to them under names that nobody else has.
 */
function options(directory: string): object {
  return {
    absWorkingDir: directory,
    outfile: path.join(directory, 'index.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: ['@aws-sdk/*'],
    banner: { js: commonjs },
    define: { __dirname: 'backdriftDirname', __filename: 'backdriftFilename' },
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  };
}

const commonjs = [
  "import { createRequire as backdriftRequire } from 'node:module';",
  'const { dirname: backdriftDirname, filename: backdriftFilename } = import.meta;',
  'globalThis.require ??= backdriftRequire(import.meta.url);',
].join('\n');

/** What a CommonJS module exports is known only when it runs: as a module it has nothing but a default. */
function reexport(directory: string, file: string): string {
  const relative = path.relative(directory, file).split(path.sep).join('/');
  return `import module from ${JSON.stringify(`./${relative}`)};\nexport const handler = module.handler;\n`;
}

function noHandler(name: string, handler: string): FunctionCode {
  const message = `${handler} (function ${name}) does not export handler.`;
  const hint = 'Write `export async function handler(event) { … }`.';
  return { kind: 'refused', problem: { code: 'no-handler', message, hint } };
}

/** How much of the bundle each package is, the largest first; the project's own files are one part. */
function partsOf(outputs: z.infer<typeof resultSchema>['metafile']['outputs']): string[] {
  const parts = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs ?? {})) {
      const name = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1] ?? 'your own files';
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
    }
  }
  const sorted = [...parts].sort(([, left], [, right]) => right - left).slice(0, 3);
  return sorted.map(([name, bytes]) => `${name} (${megabytes(bytes)})`);
}

async function isUnchanged(inputs: ReadonlyMap<string, string>): Promise<boolean> {
  const now = await stamps([...inputs.keys()]);
  return [...inputs].every(([file, stamp]) => now.get(file) === stamp);
}

async function stamps(files: readonly string[]): Promise<Map<string, string>> {
  const all = files.map(async (file): Promise<[string, string]> => {
    try {
      const { mtimeMs, size } = await stat(file);
      return [file, `${mtimeMs} ${size}`];
    } catch {
      // Not a file on disk (esbuild's own virtual modules), or gone: gone again counts as unchanged.
      return [file, 'none'];
    }
  });
  return new Map(await Promise.all(all));
}

function noBundler(directory: string, name: string, handler: string, reason: string): FunctionCode {
  const message = `${handler} (function ${name}) ${reason}, and there is no esbuild in the workspace to bundle it.`;
  const hint = `Run npm install --save-dev esbuild in ${directory}, or write the handler as one ES module (.mjs) without imports.`;
  return { kind: 'refused', problem: { code: 'no-bundler', message, hint } };
}
