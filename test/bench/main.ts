// npm run bench -- [section …] [--runs 3]
//
// Our own times beside what we aim at, and other tools' on an equivalent app. Everything runs on this machine in this run;
// nothing is compared with figures from elsewhere. The figures are kept in .test-results/bench.json. Other tools are those on
// PATH: aws, terraform (TERRAFORM_PLUGINS may name a filesystem mirror), cdk, osls.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/build-options.mjs';
import { packageExtension, vsix } from '../../scripts/package.mjs';
import { activation } from './activation.ts';
import { coldPreview, deployOverhead } from './command-line.ts';
import { type Figure, table } from './figure.ts';
import { comparePeers } from './peers.ts';
import { requestsASecond } from './requests.ts';
import { runtimeBundles } from './runtime-bundles.ts';
import { warmPreview } from './warm-preview.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' } },
});
const runs = Number(values.runs);

const sections: Record<string, () => Promise<Figure[]>> = {
  warm: warmPreview,
  cold: coldPreview,
  activation: () => activation(runs),
  size: async () => [
    { name: 'VSIX', value: (await stat(vsix)).size / 1024, unit: 'KB', aim: 1536 },
    ...(await runtimeBundles(runs)),
  ],
  deploy: () => deployOverhead(runs),
  requests: () => requestsASecond(runs),
};
const wanted = positionals.length > 0 ? positionals : [...Object.keys(sections), 'peers'];

console.log(`${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, Node ${process.versions.node}, medians`);
await packageExtension();
const figures: Figure[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (!wanted.includes(name)) continue;
  const measured = await section();
  figures.push(...measured);
  console.log(table(measured));
}
const peers = wanted.includes('peers') ? await comparePeers(runs) : [];
const file = path.join(root, '.test-results/bench.json');
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify({ node: process.versions.node, figures, peers }, null, 2)}\n`);
console.log(`kept in ${path.relative(root, file)}`);
