import type { Blueprint } from '../blueprint/blueprint.ts';
import type { Problem } from '../blueprint/problem.ts';
import type { Region } from '../blueprint/schema.ts';
import type { Baseline, BaselineStack } from '../changes/baseline.ts';
import type { KnownSettings } from '../changes/known-parameters.ts';
import { diffTemplates, type KnownParameters, type TemplateDiff } from '../changes/template-diff.ts';
import type { Compilation, CompileProblem, Layer, Stack } from '../stacks/stack.ts';
import { notesOf } from './notes.ts';
import { movedOutputs, parametersOf } from './outputs.ts';
import type { Preview, StackPreview } from './preview.ts';
import { refusedChanges } from './refused-changes.ts';
import { resourceChanges } from './resource-changes.ts';

export interface PreviewInput {
  blueprint: Blueprint;
  environment: string;
  region: Region;
  compilation: Compilation;
  /** What was deployed last. One of another environment or region says nothing about this one and is left aside. */
  baseline?: Baseline;
  /** Of the account, where somebody looked. Without them a setting counts as unchanged, and what hangs on it is shown. */
  settings?: KnownSettings;
  problems: readonly Problem[];
}

/** What a deploy of this compilation would do to what the baseline says is there. */
export function buildPreview(input: PreviewInput): Preview {
  const { blueprint, environment, region, compilation } = input;
  const baseline = isOf(input.baseline, environment, region) ? input.baseline : undefined;
  const deployed = new Map((baseline?.stacks ?? []).map((stack) => [stack.name, stack]));
  const kept = new Set(compilation.stacks.map(({ name }) => name));
  const stacks: StackPreview[] = [];
  const refused: CompileProblem[] = [];
  const moved = new Map<Layer, ReadonlySet<string>>();
  // What a stack takes from others stands above it.
  for (const stack of compilation.stacks) {
    const before = deployed.get(stack.name);
    const parameters = parametersOf(stack, before, moved, input.settings);
    const diff = stackDiff(stack, before, parameters);
    moved.set(stack.layer, movedOutputs(stack, before, diff, parameters));
    refused.push(...refusedChanges(diff.resources, blueprint));
    stacks.push(stackPreview(stack, before, diff));
  }
  stacks.push(...(baseline?.stacks ?? []).filter(({ name }) => !kept.has(name)).map(deletedStack));
  return {
    project: blueprint.project.name,
    environment,
    region,
    ...(baseline ? { baseline: { deployment: baseline.deployment } } : {}),
    stacks,
    counts: countsOf(stacks),
    problems: [...input.problems, ...compilation.problems, ...refused],
    notes: notesOf(blueprint, baseline !== undefined),
  };
}

function isOf(baseline: Baseline | undefined, environment: string, region: Region): boolean {
  return baseline?.environment === environment && baseline.region === region;
}

function stackDiff(stack: Stack, deployed: BaselineStack | undefined, parameters: KnownParameters): TemplateDiff {
  if (deployed?.body === stack.body && sameValues(parameters)) return { resources: [], outputs: [] };
  return diffTemplates(deployed?.template, stack.template, parameters);
}

function stackPreview(stack: Stack, deployed: BaselineStack | undefined, diff: TemplateDiff): StackPreview {
  const { layer, name } = stack;
  const resources = resourceChanges(diff.resources);
  const changed = resources.length > 0 || deployed?.body !== stack.body;
  const action = deployed === undefined ? 'create' : changed ? 'update' : 'none';
  return withTexts({ layer, name, action, resources }, { before: deployed?.body, after: stack.body });
}

function deletedStack({ layer, name, template, body }: BaselineStack): StackPreview {
  const resources = resourceChanges(diffTemplates(template, undefined).resources);
  return withTexts({ layer, name, action: 'delete', resources }, { before: body });
}

function sameValues({ before = {}, after = {} }: KnownParameters): boolean {
  return Object.entries(after).every(([name, value]) => !Object.hasOwn(before, name) || before[name] === value);
}

/**
 * Both texts come from what is uploaded, whose keys have one order: a template that was parsed meanwhile has another,
 * and a diff editor would show that. They are made when somebody looks: a thousand tables are megabytes of text that
 * a keystroke does not need.
 */
function withTexts(
  preview: Omit<StackPreview, 'before' | 'after'>,
  bodies: { before?: string | undefined; after?: string | undefined },
): StackPreview {
  let [before, after]: [string?, string?] = [];
  return {
    ...preview,
    get before() {
      before ??= pretty(bodies.before);
      return before;
    },
    get after() {
      after ??= pretty(bodies.after);
      return after;
    },
  };
}

function pretty(body: string | undefined): string {
  return body === undefined ? '' : `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
}

function countsOf(stacks: readonly StackPreview[]): Preview['counts'] {
  const counts = { create: 0, update: 0, replace: 0, delete: 0 };
  for (const { resources } of stacks) for (const { action } of resources) counts[action]++;
  return counts;
}
