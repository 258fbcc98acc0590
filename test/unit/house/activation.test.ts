import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { nodeOptions } from '../../../scripts/build-options.mjs';

// What VS Code loads before the extension has done anything: the bundle's static imports, as they are packaged.
describe('activation', () => {
  it('loads no package: not the AWS SDK, not the parser, not the validator', async () => {
    assert.deepEqual(await packagesLoadedBy('dist/extension.js'), []);
  });
});

/** The packages with code in the static import closure of an output. */
async function packagesLoadedBy(output: string): Promise<string[]> {
  const { metafile } = await esbuild.build({ ...nodeOptions({ production: true }), write: false });
  const reached = new Set([output]);
  for (const file of reached) {
    for (const { path: imported, kind, external } of metafile.outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && !external) reached.add(imported);
    }
  }
  const inputs = [...reached].flatMap((file) =>
    Object.entries(metafile.outputs[file]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
  assert.ok(inputs.length > 0, `${output} is not in the bundle`);
  return [...new Set(inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []))].sort();
}
