import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { nodeOptions, root } from '../../../scripts/build-options.mjs';

/** One import: `from` is a file of ours; `to` is a file of ours (src/…), a package (`zod`, `@aws-sdk/client-s3`) or a built-in (`node:fs`). */
export interface Import {
  from: string;
  to: string;
  /** Erased when compiled: it says who knows of whom, but nothing is loaded. */
  typeOnly: boolean;
}

const folders = ['src', 'local-aws', 'webview-ui'];

/** Every TypeScript file that ships, relative to the project and with forward slashes. */
export function sourceFiles(): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.join(folder, file),
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** The files that the bundler read and all their imports: what is loaded as it sees it, and what is erased, from the text. */
export async function importGraph(): Promise<{ files: string[]; imports: Import[] }> {
  const { files, imports: loaded } = await loadedImports();
  const known = new Set(loaded.map(({ from, to }) => `${from} ${to}`));
  const erased = sourceFiles()
    .flatMap((from) => importsInText(readFileSync(path.join(root, from), 'utf8'), from))
    .filter(({ from, to }) => !known.has(`${from} ${to}`));
  return { files, imports: [...loaded, ...erased] };
}

async function loadedImports(): Promise<{ files: string[]; imports: Import[] }> {
  const { metafile } = await esbuild.build({
    ...nodeOptions(),
    entryPoints: sourceFiles(),
    packages: 'external',
    write: false,
    splitting: false,
    sourcemap: false,
    alias: {},
    loader: { '.css': 'empty', '.json': 'json' },
  });
  const imports = Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports
      .filter((imported) => imported.path !== '<runtime>')
      .map((imported) => ({
        from,
        to: imported.external ? target(imported.path, from) : imported.path,
        typeOnly: false,
      })),
  );
  return { files: Object.keys(metafile.inputs), imports };
}

/** Imports as they stand in the text of a file, type imports included. Exported for its own test. */
export function importsInText(text: string, from: string): Import[] {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const specifiers = [
    ...withoutComments.matchAll(/^\s*(?:import|export)\b[^;'"]*?\bfrom\s+'([^']+)'/gm),
    ...withoutComments.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g),
    ...withoutComments.matchAll(/^\s*import\s+'([^']+)'/gm),
  ];
  return specifiers.map(([, specifier = '']) => ({ from, to: target(specifier, from), typeOnly: true }));
}

/** A specifier as the end of an edge. */
function target(specifier: string, from: string): string {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier);
  if (specifier.startsWith('node:')) return specifier;
  const [first = '', second = ''] = specifier.split('/');
  if (builtinModules.includes(first)) return `node:${specifier}`;
  return first.startsWith('@') ? `${first}/${second}` : first;
}
