import type { BaselineStack } from '../changes/baseline.ts';
import { type KnownSettings, knownParameters } from '../changes/known-parameters.ts';
import { referencesIn } from '../changes/references.ts';
import type { KnownParameters, TemplateDiff } from '../changes/template-diff.ts';
import { type Layer, layerTitles, type Stack } from '../stacks/stack.ts';

/** By layer, the outputs that will have another value after a deployment; what the value is, nobody knows yet. */
export type MovedOutputs = ReadonlyMap<Layer, ReadonlySet<string>>;

/**
 * The parameters of a stack on both sides, as far as they are known. One that follows an output that moves gets a text
 * in place of its value, so that what it reaches counts as changed.
 */
export function parametersOf(
  stack: Stack,
  deployed: BaselineStack | undefined,
  moved: MovedOutputs,
  settings: KnownSettings | undefined,
): KnownParameters {
  const live = deployed?.parameters ?? {};
  const after = knownParameters(stack, settings === undefined ? undefined : { settings, live });
  for (const [name, source] of Object.entries(stack.parameters)) {
    if (source.from === 'output' && moved.get(source.layer)?.has(source.output))
      after[name] = `(known when the ${layerTitles[source.layer].title} is complete)`;
  }
  return { ...(deployed === undefined ? {} : { before: live }), after };
}

/** Outputs of an updated stack with another value afterwards: another expression, or one over what is replaced. */
export function movedOutputs(
  { template }: Stack,
  deployed: BaselineStack | undefined,
  { resources, outputs }: TemplateDiff,
  { before = {}, after = {} }: KnownParameters,
): ReadonlySet<string> {
  if (deployed === undefined) return new Set(Object.keys(template.Outputs ?? {}));
  const others = new Set([
    ...resources.filter(({ action }) => action === 'replace' || action === 'create').map(({ logicalId }) => logicalId),
    ...Object.keys(after).filter((name) => Object.hasOwn(before, name) && before[name] !== after[name]),
  ]);
  const following = Object.entries(template.Outputs ?? {}).filter(
    ([, { Value }]) => others.size > 0 && [...referencesIn(Value)].some((name) => others.has(name)),
  );
  return new Set([...outputs, ...following.map(([name]) => name)]);
}
