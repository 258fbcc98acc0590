import type { ProviderRequest, ProviderResult, ResourceProvider } from '../providers/provider.ts';
import { partition } from './pseudo-parameters.ts';
import { resourceSchema } from './resource-schema.ts';

/**
 * Stands in where there is no provider: the resource exists in the stack only. Its physical id is the user's own name
 * where there is one; its attributes are those that the registry calls read-only, with values of the right shape.
 */
export function stubProvider(type: string): ResourceProvider {
  const result = (request: ProviderRequest, physicalId: string): ProviderResult => ({
    physicalId,
    attributes: stubAttributes(type, request, physicalId),
  });
  return {
    create: async (request) => result(request, ownName(type, request.properties) ?? request.generatedName(128)),
    update: async (request) => result(request, request.physicalId),
    delete: async () => {},
  };
}

function ownName(type: string, properties: { readonly [key: string]: unknown }): string | undefined {
  const schema = resourceSchema(type);
  const [identifier, ...more] = schema?.primaryIdentifier ?? [];
  const candidates = [...(more.length === 0 && identifier ? [identifier] : []), `${type.split('::')[2]}Name`];
  const name = candidates.map((key) => properties[key]).find((value) => typeof value === 'string');
  return typeof name === 'string' ? name : undefined;
}

function stubAttributes(type: string, request: ProviderRequest, physicalId: string): Record<string, string> {
  const service = (type.split('::')[1] ?? 'aws').toLowerCase();
  const arn = `arn:${partition(request.region)}:${service}:${request.region}:${request.account}:${physicalId}`;
  const names = resourceSchema(type)?.readOnly ?? [];
  return Object.fromEntries(
    names.map((name) => [name, name.endsWith('Arn') ? arn : /Id$/.test(name) ? physicalId : `${physicalId}-${name}`]),
  );
}
