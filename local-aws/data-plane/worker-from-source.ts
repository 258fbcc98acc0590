import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod';

/** The part of esbuild that is used here: it belongs to the development's tools, and is not there in the product. */
const Bundler = z.object({ buildSync: z.function({ input: [z.object({}).loose()], output: z.unknown() }) });

let built: URL | undefined;

/**
 * The worker's entry where the sources run as they are: bundled once, because making TypeScript loadable costs every
 * worker a third of a second. The file goes with this process.
 */
export function workerFromSource(): URL {
  if (built) return built;
  const folder = mkdtempSync(path.join(tmpdir(), 'backdrift-worker-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'lambda-worker.mjs');
  Bundler.parse(createRequire(import.meta.url)('esbuild')).buildSync({
    entryPoints: [fileURLToPath(new URL('./lambda-worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  built = pathToFileURL(outfile);
  return built;
}
