import type { Blueprint } from '../blueprint/blueprint.ts';
import type { Problem } from '../blueprint/problem.ts';
import type { Region } from '../blueprint/schema.ts';
import type { Baseline, BaselineStack } from '../changes/baseline.ts';
import { diffTemplates } from '../changes/template-diff.ts';
import type { Compilation, Stack } from '../stacks/stack.ts';
import { notesOf } from './notes.ts';
import type { Preview, StackPreview } from './preview.ts';
import { resourceChanges } from './resource-changes.ts';

export interface PreviewInput {
  blueprint: Blueprint;
  environment: string;
  region: Region;
  compilation: Compilation;
  /** What was deployed last. One of another environment or region says nothing about this one and is left aside. */
  baseline?: Baseline;
  problems: readonly Problem[];
}

/** What a deploy of this compilation would do to what the baseline says is there. */
export function buildPreview(input: PreviewInput): Preview {
  const { blueprint, environment, region, compilation } = input;
  const baseline = isOf(input.baseline, environment, region) ? input.baseline : undefined;
  const deployed = new Map((baseline?.stacks ?? []).map((stack) => [stack.name, stack]));
  const kept = new Set(compilation.stacks.map(({ name }) => name));
  const stacks = [
    ...compilation.stacks.map((stack) => stackPreview(stack, deployed.get(stack.name))),
    ...(baseline?.stacks ?? []).filter(({ name }) => !kept.has(name)).map(deletedStack),
  ];
  return {
    project: blueprint.project.name,
    environment,
    region,
    ...(baseline ? { baseline: { deployment: baseline.deployment } } : {}),
    stacks,
    counts: countsOf(stacks),
    problems: [...input.problems, ...compilation.problems],
    notes: notesOf(blueprint, baseline !== undefined),
  };
}

function isOf(baseline: Baseline | undefined, environment: string, region: Region): boolean {
  return baseline?.environment === environment && baseline.region === region;
}

function stackPreview(stack: Stack, deployed: BaselineStack | undefined): StackPreview {
  const { layer, name, template } = stack;
  const texts = { before: deployed?.body, after: stack.body };
  if (!deployed) {
    return withTexts(
      { layer, name, action: 'create', resources: resourceChanges(diffTemplates(undefined, template).resources) },
      texts,
    );
  }
  const parameters = { before: deployed.parameters, after: valuesOf(stack) };
  if (deployed.body === stack.body && sameValues(parameters.before, parameters.after))
    return withTexts({ layer, name, action: 'none', resources: [] }, texts);
  const resources = resourceChanges(diffTemplates(deployed.template, template, parameters).resources);
  const action = resources.length > 0 || deployed.body !== stack.body ? 'update' : 'none';
  return withTexts({ layer, name, action, resources }, texts);
}

function deletedStack({ layer, name, template, body }: BaselineStack): StackPreview {
  const resources = resourceChanges(diffTemplates(template, undefined).resources);
  return withTexts({ layer, name, action: 'delete', resources }, { before: body });
}

/** Parameters whose value is known before a deployment; the others come from the outputs of other stacks. */
function valuesOf({ parameters }: Stack): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, source]) => (source.from === 'value' ? [[name, source.value]] : [])),
  );
}

function sameValues(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): boolean {
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
