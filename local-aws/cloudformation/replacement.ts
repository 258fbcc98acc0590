import type { ResourceProvider } from '../providers/provider.ts';
import { type Json, sameValue } from './json.ts';
import { type ResourceSchema, resourceSchema, valuesOfPath } from './resource-schema.ts';

type Properties = { readonly [key: string]: Json };

export type RequiresRecreation = 'Never' | 'Conditionally' | 'Always';

/** The top-level properties that differ, in the order of their names. */
export function changedProperties(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameValue(own(before, name), own(after, name))).sort();
}

function own(properties: Properties, name: string): Json | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** Whether the change of one property makes a new resource, by the registry's schema of the type. */
export function requiresRecreation(
  type: string,
  name: string,
  before: Properties,
  after: Properties,
): RequiresRecreation {
  const schema = resourceSchema(type);
  const touches = (path: string) =>
    path.split('.')[0] === name && !sameValue(valuesOfPath(before, path), valuesOfPath(after, path));
  if (schema?.createOnly.some(touches)) return 'Always';
  return schema?.conditionalCreateOnly.some(touches) ? 'Conditionally' : 'Never';
}

/** Whether an update has to make a new resource: by the schema, by the provider, or for want of any update. */
export function needsReplacement(
  type: string,
  provider: ResourceProvider,
  before: Properties,
  after: Properties,
): boolean {
  const changed = changedProperties(before, after);
  if (changed.length === 0) return false;
  return (
    !provider.update ||
    changed.some((name) => requiresRecreation(type, name, before, after) === 'Always') ||
    provider.replaces?.(before, after) === true
  );
}

/**
 * The name that a replacement would have to share with what it replaces, which CloudFormation refuses; undefined when
 * the resource has no name of the user's, or a new one.
 */
export function clashingName(type: string, before: Properties, after: Properties): string | undefined {
  const schema = resourceSchema(type);
  const identity = schema && userIdentity(type, schema);
  if (!identity || identity.length === 0) return undefined;
  const values = identity.map((name) => own(after, name));
  if (values.some((value) => value === undefined)) return undefined;
  if (!identity.every((name) => sameValue(own(before, name), own(after, name)))) return undefined;
  return values.map(String).join('|');
}

/** The properties by which a user names a resource: its identifier, or where the service gives that, a `…Name`. */
function userIdentity(type: string, schema: ResourceSchema): readonly string[] | undefined {
  if (!schema.primaryIdentifier.some((name) => schema.readOnly.includes(name))) return schema.primaryIdentifier;
  const ownName = `${type.split('::')[2]}Name`;
  return schema.createOnly.includes(ownName) ? [ownName] : undefined;
}

/** What a resource handler's schema check would say; undefined when the properties pass. */
export function propertyProblem(type: string, properties: Properties): { message: string; path: string } | undefined {
  const schema = resourceSchema(type);
  if (!schema) return undefined;
  const extra = Object.keys(properties).find((name) => !schema.properties.includes(name));
  if (extra !== undefined) return { message: `#: extraneous key [${extra}] is not permitted`, path: `/${extra}` };
  const missing = schema.required.find((name) => own(properties, name) === undefined);
  return missing === undefined ? undefined : { message: `#: required key [${missing}] not found`, path: '' };
}
