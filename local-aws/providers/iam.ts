import * as z from 'zod';
import type { Aws } from './aws.ts';
import { isMissing, orUndo, unlessMissing } from './failure.ts';
import { changed, difference, document, number, tagMap, tags, text, texts } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const InlinePolicy = z.looseObject({ PolicyName: text, PolicyDocument: document });

const Role = z.looseObject({
  RoleName: text.optional(),
  AssumeRolePolicyDocument: document,
  Path: text.optional(),
  Description: text.optional(),
  MaxSessionDuration: number.optional(),
  PermissionsBoundary: text.optional(),
  ManagedPolicyArns: texts.optional(),
  Policies: z.array(InlinePolicy).optional(),
  Tags: tags.optional(),
});
type Role = z.infer<typeof Role>;

function inline(role: Role | undefined): Record<string, string> {
  return Object.fromEntries((role?.Policies ?? []).map((policy) => [policy.PolicyName, policy.PolicyDocument]));
}

function attached(role: Role | undefined): Record<string, true> {
  return Object.fromEntries((role?.ManagedPolicyArns ?? []).map((arn) => [arn, true as const]));
}

/** AWS::IAM::Role. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export function role(aws: Aws): ResourceProvider {
  async function attach(name: string, arn: string, region: string): Promise<void> {
    const iam = await aws.iam(region);
    try {
      await iam.attachRolePolicy({ RoleName: name, PolicyArn: arn });
    } catch (error) {
      // moto knows AWS's own policies only when it was started with MOTO_IAM_LOAD_MANAGED_POLICIES; they always exist on AWS.
      if (!(isMissing(error) && arn.startsWith('arn:aws:iam::aws:policy/'))) throw error;
    }
  }

  async function settle(name: string, next: Role, previous: Role | undefined, region: string): Promise<void> {
    const iam = await aws.iam(region);
    const policies = difference(inline(previous), inline(next));
    for (const [PolicyName, PolicyDocument] of policies.put)
      await iam.putRolePolicy({ RoleName: name, PolicyName, PolicyDocument });
    for (const PolicyName of policies.removed)
      await unlessMissing(iam.deleteRolePolicy({ RoleName: name, PolicyName }));
    const managed = difference(attached(previous), attached(next));
    for (const [arn] of managed.put) await attach(name, arn, region);
    for (const PolicyArn of managed.removed) await unlessMissing(iam.detachRolePolicy({ RoleName: name, PolicyArn }));
  }

  return {
    create: async (request) => {
      const wanted = Role.parse(request.properties);
      const name = wanted.RoleName ?? request.generatedName(64);
      const iam = await aws.iam(request.region);
      const { Role: made } = await iam.createRole({
        RoleName: name,
        AssumeRolePolicyDocument: wanted.AssumeRolePolicyDocument,
        Path: wanted.Path,
        Description: wanted.Description,
        MaxSessionDuration: wanted.MaxSessionDuration,
        PermissionsBoundary: wanted.PermissionsBoundary,
        Tags: wanted.Tags,
      });
      await orUndo(
        () => settle(name, wanted, undefined, request.region),
        () => removeRole(aws, name, request.region),
      );
      return { physicalId: name, attributes: { Arn: made?.Arn ?? '', RoleId: made?.RoleId ?? '' } };
    },
    update: async (request) => {
      const next = Role.parse(request.properties);
      const previous = Role.parse(request.previous);
      const RoleName = request.physicalId;
      const iam = await aws.iam(request.region);
      if (next.AssumeRolePolicyDocument !== previous.AssumeRolePolicyDocument)
        await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: next.AssumeRolePolicyDocument });
      if (changed(previous, next, 'Description', 'MaxSessionDuration'))
        await iam.updateRole({
          RoleName,
          Description: next.Description ?? '',
          MaxSessionDuration: next.MaxSessionDuration ?? 3600,
        });
      if (next.PermissionsBoundary && next.PermissionsBoundary !== previous.PermissionsBoundary)
        await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: next.PermissionsBoundary });
      if (!next.PermissionsBoundary && previous.PermissionsBoundary)
        await iam.deleteRolePermissionsBoundary({ RoleName });
      await settle(RoleName, next, previous, request.region);
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      if (tagChange.removed.length > 0) await iam.untagRole({ RoleName, TagKeys: tagChange.removed });
      if (tagChange.put.length > 0) await iam.tagRole({ RoleName, Tags: next.Tags });
      const { Role: made } = await iam.getRole({ RoleName });
      return { physicalId: RoleName, attributes: { Arn: made?.Arn ?? '', RoleId: made?.RoleId ?? '' } };
    },
    delete: (request) => removeRole(aws, request.physicalId, request.region),
  };
}

/** A role can go only when nothing is attached to it, whoever attached it. */
async function removeRole(aws: Aws, RoleName: string, region: string): Promise<void> {
  const iam = await aws.iam(region);
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
  for (const PolicyName of PolicyNames) await unlessMissing(iam.deleteRolePolicy({ RoleName, PolicyName }));
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
  for (const { PolicyArn } of AttachedPolicies) await unlessMissing(iam.detachRolePolicy({ RoleName, PolicyArn }));
  await iam.deleteRole({ RoleName });
}
