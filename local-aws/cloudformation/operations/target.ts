import { deployed, type Stack, type StackSettings, type Tag } from '../stack.ts';
import type { ParameterValues } from '../template/parameters.ts';
import type { Template } from '../template/template.ts';
import type { Applied } from './apply.ts';

/** What a create or an update leads to. */
export interface Target {
  readonly template: Template;
  readonly parameters: ParameterValues;
  readonly tags: readonly Tag[];
  readonly settings: StackSettings;
}

/** Makes the target the stack's own; its resources follow. */
export function aimAt(stack: Stack, target: Target): void {
  stack.template = target.template;
  stack.description = target.template.description;
  stack.parameters = target.parameters;
  stack.tags = target.tags;
  stack.settings = target.settings;
  stack.notificationArns = target.settings.notificationArns;
}

/** Shows the outputs, and makes what is there now the state that a later rollback restores. */
export function publish(stack: Stack, applied: Extract<Applied, { ok: true }>): void {
  stack.outputs = applied.outputs;
  stack.imports = applied.imports;
  const state = deployed(stack);
  const resources = [...state.resources].filter(([logicalId]) => applied.logicalIds.has(logicalId));
  stack.stable = { ...state, resources: new Map(resources) };
}
