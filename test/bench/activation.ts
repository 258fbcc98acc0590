import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import * as z from 'zod';
import { root } from '../../scripts/build-options.mjs';
import { runInHost } from '../../scripts/extension-host.mjs';
import { oldest } from '../../scripts/setup/vscode.mjs';
import type { Figure } from './figure.ts';
import { median } from './measure.ts';

/** Loading and activating the extension inside VS Code's extension host, each time in a new one. */
export async function activation(runs: number): Promise<Figure[]> {
  const module = 'dist/test/activation-time.js';
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/bench/activation-time.ts'],
    outfile: module,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['vscode'],
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'backdrift-bench-'));
  const file = path.join(folder, 'activation.json');
  const figures: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const code = await runInHost({
        version: oldest,
        module,
        // No Blueprint here, so that nothing but the measurement wakes the extension.
        workspace: path.join(root, 'media'),
        results: path.join(root, '.test-results/bench-activation'),
        environment: { ACTIVATION_TIME_FILE: file },
      });
      if (code !== 0) throw new Error('the extension did not activate: see .test-results/bench-activation');
      figures.push(z.number().parse(JSON.parse(await readFile(file, 'utf8'))));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return [{ name: 'activation in the extension host', value: median(figures), unit: 'ms', aim: 30 }];
}
