import { member } from '../json.ts';
import { resourceSchema } from '../resource-schema.ts';
import { ServiceError } from '../service-error.ts';
import type { Template } from './template.ts';

export type Capability = 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND';

/** What a template must be allowed explicitly, and why. */
export interface RequiredCapabilities {
  readonly capabilities: readonly Capability[];
  readonly reason?: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, Capabilities. */
const iamTypes = new Set(
  ['AccessKey', 'Group', 'InstanceProfile', 'ManagedPolicy', 'Policy', 'Role', 'User', 'UserToGroupAddition'].map(
    (name) => `AWS::IAM::${name}`,
  ),
);

/** The capabilities that a template needs: IAM, IAM with names of one's own, transforms. */
export function requiredCapabilities(template: Template): RequiredCapabilities {
  const types = new Set<string>();
  let named = false;
  for (const { type, properties } of template.resources.values()) {
    if (!iamTypes.has(type)) continue;
    types.add(type);
    // AWS::IAM::Policy must have a name and is inline: it needs no named capability.
    const name =
      type === 'AWS::IAM::Policy' ? undefined : resourceSchema(type)?.createOnly.find((path) => path.endsWith('Name'));
    if (name !== undefined && member(properties, name) !== undefined) named = true;
  }
  const capabilities: Capability[] = [];
  if (types.size > 0) capabilities.push(named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
  if (template.transforms.length > 0) capabilities.push('CAPABILITY_AUTO_EXPAND');
  if (types.size === 0) return { capabilities };
  return {
    capabilities,
    reason: `The following resource(s) require capabilities: [${[...types].join(', ')}]`,
  };
}

/** @throws ServiceError InsufficientCapabilitiesException */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const { capabilities } = requiredCapabilities(template);
  const missing = capabilities.filter(
    (capability) =>
      !given.includes(capability) && !(capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (missing.length > 0) {
    throw new ServiceError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
  }
}
