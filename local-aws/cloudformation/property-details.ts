import type { ResourceProvider } from '../providers/provider.ts';
import { knownAfterApply, type Scope } from './evaluate.ts';
import { isObject, type Json, type JsonObject, member, sameValue } from './json.ts';
import type { PlannedState } from './plan.ts';
import { references } from './references.ts';
import { changedProperties, needsReplacement, type RequiresRecreation, requiresRecreation } from './replacement.ts';
import type { ResourceInstance, Stack } from './stack.ts';
import type { ResourceDefinition } from './template/template.ts';

/** One difference within a resource, as a change set shows it. */
export interface PropertyDetail {
  readonly attribute: 'Properties' | 'Metadata' | 'DeletionPolicy' | 'UpdateReplacePolicy';
  /** The top-level property. */
  readonly name?: string;
  /** JSON pointer from the resource. */
  readonly path: string;
  readonly requiresRecreation: RequiresRecreation;
  readonly changeType: 'Add' | 'Remove' | 'Modify';
  readonly before?: Json;
  readonly after?: Json;
  /** Dynamic: the new value, and so whether it differs at all, shows only when the change is made. */
  readonly evaluation: 'Static' | 'Dynamic';
  readonly source: 'DirectModification' | 'ParameterReference' | 'ResourceReference' | 'ResourceAttribute';
  readonly causingEntity?: string;
}

/** Everything that differs between a resource and what the template wants of it. */
export function propertyDetails(
  stack: Stack,
  next: PlannedState,
  current: ResourceInstance,
  definition: ResourceDefinition,
  properties: JsonObject,
  scope: Scope,
): PropertyDetail[] {
  const details: PropertyDetail[] = [];
  for (const name of changedProperties(current.properties, properties)) {
    const recreation = requiresRecreation(current.type, name, current.properties, properties);
    const cause = causeOf(stack, next, current, definition, name, scope);
    const before = Object.hasOwn(current.properties, name) ? current.properties[name] : undefined;
    for (const leaf of differences(before, member(properties, name), `/Properties/${name}`)) {
      const evaluation = JSON.stringify(leaf.after ?? null).includes(knownAfterApply) ? 'Dynamic' : 'Static';
      details.push({ attribute: 'Properties', name, requiresRecreation: recreation, evaluation, ...cause, ...leaf });
    }
  }
  const beside = [
    ['Metadata', current.definition.metadata, definition.metadata],
    ['DeletionPolicy', current.definition.deletionPolicy, definition.deletionPolicy],
    ['UpdateReplacePolicy', current.definition.updateReplacePolicy, definition.updateReplacePolicy],
  ] as const;
  for (const [attribute, before, after] of beside) {
    if (sameValue(before ?? null, after ?? null)) continue;
    details.push({
      attribute,
      requiresRecreation: 'Never',
      evaluation: 'Static',
      source: 'DirectModification',
      ...leafOf(before, after, `/${attribute}`),
    });
  }
  return details;
}

/** `Replacement` of a change: True where a known value forces it, Conditional where only an unknown one might. */
export function replacementOf(
  provider: ResourceProvider,
  current: ResourceInstance,
  properties: JsonObject,
  details: readonly PropertyDetail[],
): 'True' | 'False' | 'Conditional' {
  const recreating = details.filter((detail) => detail.requiresRecreation === 'Always');
  if (recreating.some((detail) => detail.evaluation === 'Static')) return 'True';
  // What a new resource's Ref leads to is another value than the one before: of a resource that is replaced or added.
  if (recreating.length > 0) return 'True';
  if (
    details.some((detail) => detail.attribute === 'Properties') &&
    needsReplacement(current.type, provider, current.properties, properties)
  ) {
    return 'True';
  }
  return details.some((detail) => detail.requiresRecreation === 'Conditionally') ? 'Conditional' : 'False';
}

interface Leaf {
  readonly path: string;
  readonly changeType: 'Add' | 'Remove' | 'Modify';
  readonly before?: Json;
  readonly after?: Json;
}

/** The innermost values that differ. Lists of different length count as one value: their items have no identity. */
function* differences(before: Json | undefined, after: Json | undefined, path: string): Generator<Leaf> {
  if (before !== undefined && after !== undefined && sameValue(before, after)) return;
  if (before !== undefined && after !== undefined && isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      yield* differences(member(before, key), member(after, key), inner);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) yield* differences(item, after[index], `${path}/${index}`);
    return;
  }
  yield leafOf(before, after, path);
}

function leafOf(before: Json | undefined, after: Json | undefined, path: string): Leaf {
  return {
    path,
    changeType: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

/** Why a property differs: the template says so, or what it refers to has changed. */
function causeOf(
  stack: Stack,
  next: PlannedState,
  current: ResourceInstance,
  definition: ResourceDefinition,
  name: string,
  scope: Scope,
): Pick<PropertyDetail, 'source' | 'causingEntity'> {
  const written = member(definition.properties, name);
  if (written === undefined || !sameValue(member(current.definition.properties, name), written)) {
    return { source: 'DirectModification' };
  }
  for (const reference of references(written, scope.holds)) {
    const parameter = next.parameters.get(reference.name);
    if (parameter) {
      if (sameValue(parameter.value, stack.parameters.get(reference.name)?.value)) continue;
      return { source: 'ParameterReference', causingEntity: reference.name };
    }
    if (!next.template.resources.has(reference.name)) continue;
    return reference.attribute === undefined
      ? { source: 'ResourceReference', causingEntity: reference.name }
      : { source: 'ResourceAttribute', causingEntity: `${reference.name}.${reference.attribute}` };
  }
  return { source: 'DirectModification' };
}
