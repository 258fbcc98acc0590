import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import pLimit from 'p-limit';
import { type Composition, compose } from '../../../local-aws/compose.ts';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { root, runtimeOptions } from '../../../scripts/build-options.mjs';
import { temporaryFolder } from '../../builders/temporary-folder.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { manyTenants, oneTenant } from './kitchen-sinks.ts';
import { deployProject } from './project.ts';
import { roleProof } from './role-proof.ts';

/** Functions that are looked at side by side. */
const lanes = 3;

const example = (name: string) => () => readFile(path.join(root, 'examples', name, 'backdrift.yaml'), 'utf8');
const blueprints: [label: string, text: () => Promise<string>][] = [
  ['task-manager', example('task-manager')],
  ['blog', example('blog')],
  ['saas-crm', example('saas-crm')],
  ['one tenant', async () => JSON.stringify(oneTenant)],
  ['many tenants', async () => JSON.stringify(manyTenants)],
];

describe('the role of every function', () => {
  let local: LocalAws;
  let parts: Composition | undefined;
  const folder = temporaryFolder();

  before(async function () {
    local = await localAwsFor(this, {
      compose: (context) => {
        parts = compose(context);
        return parts;
      },
    });
    await build({ ...runtimeOptions(), outdir: folder.path });
  });
  after(async () => {
    folder.remove();
    await local?.stop();
  });

  for (const [label, text] of blueprints) {
    it(`is enough for what it does, and lets it do nothing else: ${label}`, async function () {
      this.timeout(300_000);
      assert.ok(parts?.authority);
      const runtimeDirectory = path.join(folder.path, 'runtime');
      const project = await deployProject(local.url, { label, text: await text(), runtimeDirectory });
      const proof = roleProof(project, parts.authority);
      const limit = pLimit(lanes);
      const findings = await Promise.all(project.functions.map((fn) => limit(() => proof.findings(fn))));
      proof.close();
      assert.deepEqual(findings.flat().sort(), []);
    });
  }
});
