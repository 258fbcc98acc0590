import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/build-options.mjs';
import { wideBlueprint } from './blueprints.ts';
import type { Figure } from './figure.ts';
import { counted, withLocalAws } from './local.ts';
import { execute, median, repeated } from './measure.ts';

const program = path.join(root, 'dist/cli.js');
const example = path.join(root, 'examples/task-manager');

/** Runs our command line on a folder, against a local AWS or none. */
export async function backdrift(args: string[], folder: string, endpoint?: string): Promise<void> {
  const env = endpoint ? { AWS_ENDPOINT_URL: endpoint } : {};
  await execute(process.execPath, [program, ...args, '--directory', folder, '--environment', 'local'], { env });
}

/** From pressing Enter to the last line, each time in a new process. */
export async function coldPreview(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backdrift-bench-'));
  try {
    await writeFile(path.join(folder, 'backdrift.yaml'), wideBlueprint(30));
    const small = await repeated(9, () => backdrift(['preview'], example), 2);
    const wide = await repeated(5, () => backdrift(['preview'], folder), 1);
    return [
      { name: 'cold CLI preview, task-manager', value: small, unit: 'ms', aim: 250 },
      { name: 'cold CLI preview, 30 entities × 20 fields', value: wide, unit: 'ms' },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The example, deployed to an empty local AWS that takes no time: what is left is our own work. */
export async function deployOverhead(runs: number): Promise<Figure[]> {
  const first: { milliseconds: number; calls: number }[] = [];
  const again: { milliseconds: number; calls: number }[] = [];
  for (let run = 0; run < runs; run += 1) {
    await withLocalAws(async ({ folder, endpoint }) => {
      await cp(example, folder, { recursive: true });
      first.push(await counted(endpoint, () => backdrift(['deploy'], folder, endpoint)));
      again.push(await counted(endpoint, () => backdrift(['deploy'], folder, endpoint)));
    });
  }
  const middle = (of: typeof first, what: 'milliseconds' | 'calls') => median(of.map((figures) => figures[what]));
  return [
    { name: 'first deploy, task-manager', value: middle(first, 'milliseconds'), unit: 'ms', aim: 1000 },
    { name: 'first deploy, calls to AWS', value: middle(first, 'calls'), unit: 'calls', aim: 40 },
    { name: 'deploy without a change', value: middle(again, 'milliseconds'), unit: 'ms' },
    { name: 'deploy without a change, calls to AWS', value: middle(again, 'calls'), unit: 'calls' },
  ];
}
