import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../scripts/build-options.mjs';
import { type BlueprintReader, createBlueprintReader } from '../../src/blueprint/reader.ts';
import type { Baseline } from '../../src/changes/baseline.ts';
import { localAccount, localEnvironment } from '../../src/deployment/target.ts';
import { buildPreview } from '../../src/preview/build-preview.ts';
import { compile } from '../../src/stacks/compile.ts';
import type { Compilation } from '../../src/stacks/stack.ts';
import { wideBlueprint } from './blueprints.ts';
import type { Figure } from './figure.ts';
import { repeated } from './measure.ts';

/**
 * What is between a keystroke and the new preview, on the path that the editor takes, in a process that has done it
 * before: read what changed, compile, compare.
 */
export async function warmPreview(): Promise<Figure[]> {
  const example = await readFile(path.join(root, 'examples/task-manager/backdrift.yaml'), 'utf8');
  const firstField = '- { name: title, ';
  if (!example.includes(firstField)) throw new Error('the example has no field to add another one to');
  const figures: Figure[] = [
    {
      name: 'warm preview, task-manager',
      value: await afterEdits(example, (name) =>
        example.replace(firstField, `- { name: ${name} }\n      ${firstField}`),
      ),
      unit: 'ms',
      aim: 15,
    },
  ];
  for (const entities of [10, 100, 1000]) {
    const value = await afterEdits(wideBlueprint(entities), (name) => wideBlueprint(entities, name));
    const name = `warm preview, ${entities} entities × 20 fields`;
    figures.push({ name, value, unit: 'ms', ...(entities === 1000 ? { aim: 100 } : {}) });
  }
  return figures;
}

/** Every run another text, so that nothing answers from the run before. */
async function afterEdits(deployed: string, edit: (fieldName: string) => string): Promise<number> {
  const reader = createBlueprintReader();
  const baseline = deployedAs(reader, deployed);
  let edits = 0;
  const texts = Array.from({ length: 25 }, (_, index) => edit(`edited_${index}`));
  return repeated(20, () => preview(reader, texts[edits++] ?? deployed, baseline), 5);
}

function preview(reader: BlueprintReader, text: string, baseline: Baseline | undefined): Compilation {
  const { blueprint, problems } = reader.read(text);
  if (!blueprint) throw new Error(problems.map(({ message }) => message).join('\n'));
  const code = { runtime: '0'.repeat(64), functions: {} };
  const compilation = compile(blueprint, { environment: localEnvironment, code });
  const { region } = blueprint;
  const result = buildPreview({
    blueprint,
    environment: localEnvironment,
    region,
    compilation,
    problems,
    ...(baseline ? { baseline } : {}),
  });
  if (baseline && result.counts.update === 0) throw new Error('the edit changed nothing');
  return compilation;
}

/** The text as the deployment that the comparison starts from. */
function deployedAs(reader: BlueprintReader, text: string): Baseline {
  const { blueprint } = reader.read(text);
  return {
    deployment: 1,
    environment: localEnvironment,
    account: localAccount,
    region: blueprint?.region ?? '',
    blueprint: text,
    stacks: preview(reader, text, undefined).stacks.map(({ layer, name, body, template }) => {
      return { layer, name, body, template, parameters: {} };
    }),
  };
}
