import { type Engine, exportsOf } from './engine.ts';
import type { Scope } from './evaluate.ts';
import { dependencyGraph } from './graph.ts';
import { type Json, type JsonObject, sameValue } from './json.ts';
import { activeResources, resourceProperties } from './operations/apply.ts';
import { evaluateOutputs } from './operations/outputs.ts';
import { type PropertyDetail, propertyDetails, replacementOf } from './property-details.ts';
import { stackScope } from './scope.ts';
import { validationError } from './service-error.ts';
import { exists, type ResourceInstance, type Stack, type Tag } from './stack.ts';
import type { ParameterValues } from './template/parameters.ts';
import type { ResourceDefinition, Template } from './template/template.ts';

/** What an update would do to one resource. */
export type ResourceChange = {
  readonly logicalId: string;
  readonly type: string;
} & (
  | { readonly action: 'Add'; readonly properties: JsonObject }
  | {
      readonly action: 'Modify';
      readonly physicalId: string;
      readonly replacement: 'True' | 'False' | 'Conditional';
      readonly details: readonly PropertyDetail[];
      readonly before: { readonly [key: string]: Json };
      readonly properties: JsonObject;
      readonly retainReplaced: boolean;
    }
  | {
      readonly action: 'Remove';
      readonly physicalId?: string;
      readonly retain: boolean;
      readonly before: { readonly [key: string]: Json };
    }
);

export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** Outputs, tags or what a resource says of itself besides its properties. */
  readonly otherChanges: boolean;
}

/** A stack's next template, parameters and tags. */
export interface PlannedState {
  readonly template: Template;
  readonly parameters: ParameterValues;
  readonly tags: readonly Tag[];
}

/**
 * What the next state would change, found without touching anything.
 * @throws ServiceError ValidationError when the template cannot be evaluated, or changes the type of a resource.
 */
export function plan(engine: Engine, stack: Stack, next: PlannedState): Plan {
  const { template } = next;
  /** Resources whose Ref and attributes are not known before the change: new ones and replaced ones. */
  const unknown = new Set<string>();
  const scope = stackScope({
    place: stack,
    template,
    parameters: next.parameters,
    resource: (logicalId) => (unknown.has(logicalId) ? undefined : stack.resources.get(logicalId)),
    exported: (name) => exportsOf(engine, stack.region).find((item) => item.name === name)?.value,
    preview: true,
  });
  const active = activeResources(template, scope);
  refuseTypeChanges(stack, active);
  const graph = dependencyGraph(active, scope.holds);
  const changes = new Map<string, ResourceChange>();
  let otherChanges = !sameValue(stack.tags, next.tags);
  const visit = (logicalId: string): void => {
    const definition = active.get(logicalId);
    if (!definition || changes.has(logicalId) || visited.has(logicalId)) return;
    visited.add(logicalId);
    for (const need of graph.get(logicalId) ?? []) visit(need);
    const properties = resourceProperties(definition, scope);
    const current = stack.resources.get(logicalId);
    if (!current || !exists(current)) {
      unknown.add(logicalId);
      changes.set(logicalId, { logicalId, type: definition.type, action: 'Add', properties });
      return;
    }
    const change = modification(engine, stack, next, scope, current, definition, properties);
    if (change) changes.set(logicalId, change);
    if (change?.replacement === 'True') unknown.add(logicalId);
    otherChanges ||= saysSomethingElse(current.definition, definition);
  };
  const visited = new Set<string>();
  for (const logicalId of active.keys()) visit(logicalId);
  for (const instance of stack.resources.values()) {
    if (active.has(instance.logicalId) || !exists(instance)) continue;
    changes.set(instance.logicalId, {
      logicalId: instance.logicalId,
      type: instance.type,
      action: 'Remove',
      physicalId: instance.physicalId,
      retain: instance.definition.deletionPolicy.startsWith('Retain'),
      before: instance.properties,
    });
  }
  otherChanges ||= !sameValue(
    stack.outputs.map(({ key, value, exportName }) => [key, value, exportName ?? null]).sort(),
    evaluateOutputs(template, scope)
      .map(({ key, value, exportName }) => [key, value, exportName ?? null])
      .sort(),
  );
  return { changes: [...changes.values()], otherChanges };
}

function modification(
  engine: Engine,
  stack: Stack,
  next: PlannedState,
  scope: Scope,
  current: ResourceInstance & { physicalId: string },
  definition: ResourceDefinition,
  properties: JsonObject,
) {
  const details = propertyDetails(stack, next, current, definition, properties, scope);
  const failed = current.status.endsWith('_FAILED');
  if (details.length === 0 && !failed) return undefined;
  const { logicalId, type, physicalId } = current;
  return {
    logicalId,
    type,
    physicalId,
    action: 'Modify' as const,
    replacement: replacementOf(engine.providerFor(type), current, properties, details),
    details,
    before: current.properties,
    properties,
    retainReplaced: definition.updateReplacePolicy === 'Retain',
  };
}

function saysSomethingElse(before: ResourceDefinition, after: ResourceDefinition): boolean {
  return (
    before.deletionPolicy !== after.deletionPolicy ||
    before.updateReplacePolicy !== after.updateReplacePolicy ||
    !sameValue(before.metadata ?? null, after.metadata ?? null)
  );
}

function refuseTypeChanges(stack: Stack, active: ReadonlyMap<string, ResourceDefinition>): void {
  const changed = [...active].filter(([logicalId, definition]) => {
    const current = stack.resources.get(logicalId);
    return current && exists(current) && current.type !== definition.type;
  });
  if (changed.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.map(([logicalId]) => logicalId).join(', ')}]`,
    );
  }
}
