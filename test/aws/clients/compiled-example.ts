import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { root, runtimeOptions } from '../../../scripts/build-options.mjs';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { compile } from '../../../src/stacks/compile.ts';
import type { Layer, Stack } from '../../../src/stacks/stack.ts';
import { buildArtifact, type CodeParts, codeVersions } from '../../../src/workspace/code.ts';
import { createFunctionReader } from '../../../src/workspace/function-code.ts';

/** The example as files that a client of CloudFormation can use: `<layer>.json`, and the zips below `code/`. */
export interface CompiledExample {
  stack(layer: Layer): Stack;
  file(layer: Layer): string;
  /** What to copy into the artifact bucket, keys and all. */
  code: string;
}

/** Compiles examples/task-manager into a directory: the templates and the code that a deployment would upload. */
export async function compiledExample(directory: string): Promise<CompiledExample> {
  const example = path.join(root, 'examples/task-manager');
  const { blueprint } = parseBlueprint(await readFile(path.join(example, 'backdrift.yaml'), 'utf8'));
  if (!blueprint) throw new Error('The example has no Blueprint.');
  const runtimeDirectory = path.join(directory, 'runtime');
  await build({ ...runtimeOptions(), outdir: directory });
  const functions = createFunctionReader(example, { trusted: false });
  const parts: CodeParts = { directory: example, blueprint, runtimeDirectory, functions };
  const { versions } = await codeVersions(parts);
  const { stacks } = compile(blueprint, { environment: 'dev', code: versions });
  const file = (layer: Layer) => path.join(directory, `${layer}.json`);
  const code = path.join(directory, 'code');
  for (const { layer, body, artifacts } of stacks) {
    await writeFile(file(layer), body);
    for (const artifact of artifacts) {
      const built = await buildArtifact(artifact, parts);
      if (built.status !== 'built') throw new Error(built.problem.message);
      await mkdir(path.dirname(path.join(code, artifact.key)), { recursive: true });
      await writeFile(path.join(code, artifact.key), built.bytes);
    }
  }
  return {
    stack(layer) {
      const found = stacks.find((stack) => stack.layer === layer);
      if (!found) throw new Error(`The example has no ${layer} stack.`);
      return found;
    },
    file,
    code,
  };
}
