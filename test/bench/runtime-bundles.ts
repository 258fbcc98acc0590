import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-options.mjs';
import type { Figure } from './figure.ts';
import { execute, median } from './measure.ts';

/** Prints how long a module takes to be there, in a process that has loaded nothing else. */
const timer = `
  const began = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - began);
  process.exit();
`;

/**
 * What is added to every cold start of a user's function by code of ours: the size of each bundle in dist/runtime, which
 * Lambda unpacks and Node compiles, and the time that its import takes. The SDK is Lambda's own and is not loaded here.
 */
export async function runtimeBundles(runs: number): Promise<Figure[]> {
  const directory = path.join(root, 'dist/runtime');
  const figures: Figure[] = [];
  for (const name of (await readdir(directory)).filter((file) => file.endsWith('.mjs')).sort()) {
    const { size } = await stat(path.join(directory, name));
    figures.push({ name: `runtime/${name}, size`, value: size / 1024, unit: 'KB', aim: 150 });
    const value = await importTime(path.join(directory, name), Math.max(runs, 5));
    figures.push({ name: `runtime/${name}, import`, value, unit: 'ms', aim: 60 });
  }
  return figures;
}

async function importTime(bundle: string, runs: number): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'backdrift-import-'));
  try {
    const module = path.join(folder, 'index.mjs');
    await copyFile(bundle, module);
    // Code of the user's, where the bundle stands around some.
    await writeFile(path.join(folder, 'handler.mjs'), 'export const handler = async () => ({});\n');
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const said = await execute(process.execPath, [
        '--input-type=module',
        '--eval',
        timer,
        pathToFileURL(module).href,
      ]);
      times.push(Number(said));
    }
    return median(times);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
