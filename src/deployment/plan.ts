import { knownParameters } from '../changes/known-parameters.ts';
import { parseTemplate } from '../changes/parse-template.ts';
import { diffTemplates } from '../changes/template-diff.ts';
import { type Layer, layers, type Stack } from '../stacks/stack.ts';
import { isOurs } from './names.ts';
import type { KnownSettings } from './parameters.ts';
import type { StackDescription } from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import type { StackAction } from './progress.ts';
import { nextStep } from './recovery.ts';
import { sameTemplate } from './same-template.ts';

/** A stack as it is in the account, with its template's text where it has one. */
export interface LiveTemplate {
  stack: StackDescription;
  template?: string;
}

/** What a deployment means to do with one stack. */
export type PlannedStack =
  | {
      layer: Layer;
      name: string;
      action: 'create' | 'update' | 'none';
      planned: number;
      stack: Stack;
      live?: LiveTemplate;
    }
  | { layer: Layer; name: string; action: 'delete'; planned: number; live: LiveTemplate };

export type PlanOutcome =
  | { status: 'planned'; stacks: PlannedStack[] }
  | { status: 'refused'; problem: DeploymentProblem };

/**
 * What to do, from what is wanted and what is live. `none` may still become an update when a parameter turns out to
 * have changed: outputs are known only when the stacks that give them are complete.
 */
export function planDeployment(
  wanted: readonly Stack[],
  live: ReadonlyMap<Layer, LiveTemplate>,
  project: string,
  environment: string,
  settings: KnownSettings,
): PlanOutcome {
  for (const { stack } of live.values()) {
    if (!isOurs(stack.tags, project, environment))
      return { status: 'refused', problem: foreign(stack, project, environment) };
  }
  const stacks: PlannedStack[] = [];
  for (const layer of layers) {
    const stack = wanted.find((candidate) => candidate.layer === layer);
    const there = live.get(layer);
    if (stack !== undefined) stacks.push(planStack(stack, there, settings));
    else if (there !== undefined) {
      const planned = changes(there, undefined);
      stacks.push({ layer, name: there.stack.name, action: 'delete', planned, live: there });
    }
  }
  return { status: 'planned', stacks };
}

function planStack(stack: Stack, live: LiveTemplate | undefined, settings: KnownSettings): PlannedStack {
  const base = { layer: stack.layer, name: stack.name, stack };
  if (live === undefined) {
    return { ...base, action: 'create', planned: changes(undefined, stack, settings) };
  }
  const { step } = nextStep(live.stack.status);
  const anew = step === 'create' || step === 'delete-first';
  const planned = changes(anew ? undefined : live, stack, settings);
  return { ...base, live, planned, action: plannedAction(step, live, stack) };
}

/** How many resources an operation touches, as far as templates and known parameters tell. */
function changes(
  there: LiveTemplate | undefined,
  wanted: Stack | undefined,
  settings: KnownSettings = new Map(),
): number {
  const live = there?.stack.parameters ?? {};
  const before = there?.template === undefined ? undefined : parseTemplate(there.template);
  const after = wanted === undefined ? {} : knownParameters(wanted, { settings, live });
  return diffTemplates(before, wanted?.template, { before: live, after }).resources.length;
}

function plannedAction(step: string, live: LiveTemplate, stack: Stack): Exclude<StackAction, 'delete'> {
  if (step === 'create' || step === 'delete-first') return 'create';
  if (step === 'update-if-changed' && live.template !== undefined && sameTemplate(live.template, stack.template))
    return 'none';
  return 'update';
}

function foreign(stack: StackDescription, project: string, environment: string): DeploymentProblem {
  const owner = stack.tags['backdrift:project'];
  return {
    code: 'foreign-stack',
    message:
      owner === undefined
        ? `The stack ${stack.name} exists already and was not made by Backdrift.`
        : `The stack ${stack.name} belongs to the project ${owner}, environment ${stack.tags['backdrift:environment'] ?? '?'}, not to ${project}, ${environment}.`,
    hint: 'Rename the project or the environment in the Blueprint, or delete that stack.',
  };
}
