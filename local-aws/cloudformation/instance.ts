import type { ProviderResult } from '../providers/provider.ts';
import type { JsonObject } from './json.ts';
import { resourceSchema } from './resource-schema.ts';
import type { ResourceInstance } from './stack.ts';
import type { ResourceStatus } from './stack-status.ts';
import type { ResourceDefinition } from './template/template.ts';

/** A resource as the template wants it, functions resolved. */
export interface DesiredResource {
  readonly logicalId: string;
  readonly definition: ResourceDefinition;
  readonly dependsOn: readonly string[];
  readonly properties: JsonObject;
}

/** A resource that the service knows. */
export type LiveInstance = ResourceInstance & { physicalId: string };

/** A resource before its creation. */
export function blankInstance(desired: DesiredResource, status: ResourceStatus): ResourceInstance {
  const { logicalId, definition, dependsOn, properties } = desired;
  return { logicalId, type: definition.type, definition, dependsOn, properties, attributes: {}, status, updatedAt: 0 };
}

/** The resource as the provider made or changed it. */
export function withResult(instance: ResourceInstance, result: ProviderResult): LiveInstance {
  const { reason: _reason, ref: _ref, uncertain: _uncertain, ...rest } = instance;
  // The registry offers the primary identifier to Fn::GetAtt; a provider need not repeat it.
  const attributes = { ...identifierAttribute(instance.type, result.physicalId), ...result.attributes };
  return { ...rest, physicalId: result.physicalId, attributes, ...(result.ref !== undefined && { ref: result.ref }) };
}

function identifierAttribute(type: string, physicalId: string): Record<string, string> {
  const [only, ...more] = resourceSchema(type)?.primaryIdentifier ?? [];
  return only !== undefined && more.length === 0 ? { [only]: physicalId } : {};
}

/** What the template says newly of a resource that stays the one it is. */
export function redefined(current: LiveInstance, desired: DesiredResource): LiveInstance {
  const { reason: _reason, ...rest } = current;
  const { definition, dependsOn, properties } = desired;
  return { ...rest, definition, dependsOn, properties };
}
