import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { peerBlueprint } from './blueprints.ts';
import { backdrift } from './command-line.ts';
import { counted, withLocalAws } from './local.ts';
import { median } from './measure.ts';
import { type Peer, writeFunctions } from './peers/app.ts';
import { awsCli } from './peers/aws-cli.ts';
import { cdk } from './peers/cdk.ts';
import { osls } from './peers/osls.ts';
import { terraform } from './peers/terraform.ts';

const steps = ['preview', 'first deploy', 'deploy of one change'] as const;
type Step = (typeof steps)[number];

/** What one tool needed for the same app, and how often as long as ours that was. */
export interface PeerResult {
  tool: string;
  /** Why there are no figures. */
  missing?: string;
  steps: Partial<Record<Step, { milliseconds: number; calls: number; ratio: number }>>;
}

/** Ourselves, on the same terms: one process per step, the same app, the same local AWS. */
const ours: Peer = {
  name: 'backdrift',
  missing: async () => undefined,
  prepare: (folder) => writeFile(path.join(folder, 'backdrift.yaml'), peerBlueprint()),
  preview: (folder, endpoint) => backdrift(['preview'], folder, endpoint),
  deploy: (folder, endpoint) => backdrift(['deploy'], folder, endpoint),
};

/** Every tool that is on this machine, in one run on one machine: only the ratios mean anything elsewhere. */
export async function comparePeers(runs: number): Promise<PeerResult[]> {
  const results: PeerResult[] = [];
  for (const peer of [ours, awsCli, terraform, cdk, osls]) {
    const missing = await peer.missing();
    if (missing) results.push({ tool: peer.name, missing, steps: {} });
    else results.push(await measured(peer, runs, results[0]));
    console.log(`  ${line(results.at(-1))}`);
  }
  return results;
}

async function measured(peer: Peer, runs: number, reference: PeerResult | undefined): Promise<PeerResult> {
  const figures: Record<Step, { milliseconds: number; calls: number }[]> = {
    preview: [],
    'first deploy': [],
    'deploy of one change': [],
  };
  try {
    for (let run = 0; run < runs; run += 1) {
      await withLocalAws(async ({ folder, endpoint }) => {
        await writeFunctions(folder, 1);
        await peer.prepare(folder, endpoint);
        figures['first deploy'].push(await counted(endpoint, () => peer.deploy(folder, endpoint)));
        const { preview } = peer;
        if (preview) figures.preview.push(await counted(endpoint, () => preview(folder, endpoint)));
        if (peer === ours) await changeOurs(folder);
        else await writeFunctions(folder, 2);
        figures['deploy of one change'].push(await counted(endpoint, () => peer.deploy(folder, endpoint)));
      });
    }
  } catch (error) {
    return { tool: peer.name, missing: lastLines(error), steps: {} };
  }
  const result: PeerResult = { tool: peer.name, steps: {} };
  for (const step of steps) {
    if (figures[step].length === 0) continue;
    const milliseconds = median(figures[step].map((figure) => figure.milliseconds));
    const base = reference?.steps[step]?.milliseconds ?? milliseconds;
    const calls = median(figures[step].map((figure) => figure.calls));
    result.steps[step] = { milliseconds, calls, ratio: milliseconds / base };
  }
  return result;
}

/** A Blueprint has no code of the generated functions to change; a field is the smallest change there is. */
async function changeOurs(folder: string): Promise<void> {
  const changed = peerBlueprint().replace('{ name: id, type: string, primary: true }', '$&, { name: note }');
  await writeFile(path.join(folder, 'backdrift.yaml'), changed);
}

function line(result: PeerResult | undefined): string {
  if (!result) return '';
  if (result.missing) return `${result.tool.padEnd(20)} left out: ${result.missing}`;
  const parts = steps.flatMap((step) => {
    const figure = result.steps[step];
    if (!figure) return [];
    return [`${step} ${(figure.milliseconds / 1000).toFixed(2)} s, ${figure.calls} calls, ${figure.ratio.toFixed(1)}×`];
  });
  return `${result.tool.padEnd(20)} ${parts.join('   ')}`;
}

/** What failed, and how it ended: the cause stands at the end of what a tool says. */
function lastLines(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return [lines[0], ...lines.slice(1).slice(-8)].join('\n    ');
}
