import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { nodeOptions } from '../../../scripts/build-options.mjs';

/** What a command waits for when it is started: outputs by static imports, and by the dynamic ones it awaits. */
describe('what a cold preview loads', () => {
  it('holds nothing of the AWS SDK, the engine or the bundler', async function () {
    this.timeout(60_000);
    const built = await esbuild.build({
      ...nodeOptions(),
      entryPoints: { cli: 'src/cli.ts' },
      write: false,
      sourcemap: false,
    });
    const { outputs } = built.metafile;
    const outputOf = (input: string) => {
      const found = Object.entries(outputs).find(([, output]) => input in output.inputs);
      assert.notEqual(found, undefined, `${input} is in no output`);
      return found?.[0] ?? '';
    };
    const loaded = new Set<string>();
    const load = (name: string) => {
      if (loaded.has(name)) return;
      loaded.add(name);
      for (const { path, kind, external } of outputs[name]?.imports ?? []) {
        if (kind === 'import-statement' && !external) load(path);
      }
    };
    for (const input of [
      'src/cli.ts',
      'src/cli/commands/preview.ts',
      'src/workspace/project.ts',
      'src/workspace/code.ts',
      'src/workspace/function-code.ts',
      'src/workspace/baseline.ts',
      'src/stacks/compile.ts',
      'src/preview/build-preview.ts',
      'src/preview/text.ts',
    ]) {
      load(outputOf(input));
    }
    const inputs = [...loaded].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
    const heavy = inputs.filter((input) =>
      /@aws-sdk|@smithy|node_modules\/esbuild|src\/aws\/|deployment\/engine/.test(input),
    );
    assert.deepEqual(heavy, []);
  });
});
