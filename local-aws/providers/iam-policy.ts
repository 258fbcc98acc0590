import * as z from 'zod';
import type { Aws } from './aws.ts';
import { orUndo, unlessMissing } from './failure.ts';
import { document, text, texts } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

const Principals = z.looseObject({ Roles: texts.optional(), Users: texts.optional(), Groups: texts.optional() });
type Principals = z.infer<typeof Principals>;

/** Who holds a policy, as `Roles/name`, so that a principal that left the list can be told from one that stayed. */
function holders(principals: Principals): string[] {
  return (['Roles', 'Users', 'Groups'] as const).flatMap((kind) =>
    (principals[kind] ?? []).map((name) => `${kind}/${name}`),
  );
}

function holder(entry: string): { kind: string; name: string } {
  const slash = entry.indexOf('/');
  return { kind: entry.slice(0, slash), name: entry.slice(slash + 1) };
}

const Policy = Principals.extend({ PolicyName: text, PolicyDocument: document });

/** AWS::IAM::Policy: an inline policy, put into each role, user and group that it names. */
export function policy(aws: Aws): ResourceProvider {
  async function put(entry: string, PolicyName: string, PolicyDocument: string, region: string): Promise<void> {
    const iam = await aws.iam(region);
    const { kind, name } = holder(entry);
    if (kind === 'Roles') await iam.putRolePolicy({ RoleName: name, PolicyName, PolicyDocument });
    else if (kind === 'Users') await iam.putUserPolicy({ UserName: name, PolicyName, PolicyDocument });
    else await iam.putGroupPolicy({ GroupName: name, PolicyName, PolicyDocument });
  }

  async function remove(entry: string, PolicyName: string, region: string): Promise<void> {
    const iam = await aws.iam(region);
    const { kind, name } = holder(entry);
    if (kind === 'Roles') await unlessMissing(iam.deleteRolePolicy({ RoleName: name, PolicyName }));
    else if (kind === 'Users') await unlessMissing(iam.deleteUserPolicy({ UserName: name, PolicyName }));
    else await unlessMissing(iam.deleteGroupPolicy({ GroupName: name, PolicyName }));
  }

  return {
    create: async (request) => {
      const wanted = Policy.parse(request.properties);
      const entries = holders(wanted);
      if (entries.length === 0)
        throw new ProviderError('At least one of [Groups,Roles,Users] must be non-empty.', 'InvalidRequest');
      await orUndo(
        async () => {
          for (const entry of entries) await put(entry, wanted.PolicyName, wanted.PolicyDocument, request.region);
        },
        async () => {
          for (const entry of entries) await remove(entry, wanted.PolicyName, request.region);
        },
      );
      const id = request.generatedName(128);
      return { physicalId: id, attributes: { Id: id } };
    },
    update: async (request) => {
      const next = Policy.parse(request.properties);
      const previous = Policy.parse(request.previous);
      const kept = next.PolicyName === previous.PolicyName ? holders(next) : [];
      for (const entry of holders(next)) await put(entry, next.PolicyName, next.PolicyDocument, request.region);
      for (const entry of holders(previous))
        if (!kept.includes(entry)) await remove(entry, previous.PolicyName, request.region);
      return { physicalId: request.physicalId, attributes: { Id: request.physicalId } };
    },
    delete: async (request) => {
      const wanted = Policy.parse(request.properties);
      for (const entry of holders(wanted)) await remove(entry, wanted.PolicyName, request.region);
    },
  };
}

const ManagedPolicy = Principals.extend({
  ManagedPolicyName: text.optional(),
  PolicyDocument: document,
  Description: text.optional(),
  Path: text.optional(),
});

/** AWS::IAM::ManagedPolicy: a policy of the account's own, attached to each role, user and group that it names. */
export function managedPolicy(aws: Aws): ResourceProvider {
  async function attach(entry: string, PolicyArn: string, region: string): Promise<void> {
    const iam = await aws.iam(region);
    const { kind, name } = holder(entry);
    if (kind === 'Roles') await iam.attachRolePolicy({ RoleName: name, PolicyArn });
    else if (kind === 'Users') await iam.attachUserPolicy({ UserName: name, PolicyArn });
    else await iam.attachGroupPolicy({ GroupName: name, PolicyArn });
  }

  async function detach(entry: string, PolicyArn: string, region: string): Promise<void> {
    const iam = await aws.iam(region);
    const { kind, name } = holder(entry);
    if (kind === 'Roles') await unlessMissing(iam.detachRolePolicy({ RoleName: name, PolicyArn }));
    else if (kind === 'Users') await unlessMissing(iam.detachUserPolicy({ UserName: name, PolicyArn }));
    else await unlessMissing(iam.detachGroupPolicy({ GroupName: name, PolicyArn }));
  }

  async function result(PolicyArn: string, region: string) {
    const iam = await aws.iam(region);
    const made = (await iam.getPolicy({ PolicyArn })).Policy;
    return {
      physicalId: PolicyArn,
      attributes: {
        PolicyArn,
        PolicyId: made?.PolicyId ?? '',
        DefaultVersionId: made?.DefaultVersionId ?? '',
        AttachmentCount: String(made?.AttachmentCount ?? 0),
        PermissionsBoundaryUsageCount: String(made?.PermissionsBoundaryUsageCount ?? 0),
        IsAttachable: String(made?.IsAttachable ?? true),
        CreateDate: made?.CreateDate?.toISOString() ?? '',
        UpdateDate: made?.UpdateDate?.toISOString() ?? '',
      },
    };
  }

  async function remove(PolicyArn: string, region: string): Promise<void> {
    const iam = await aws.iam(region);
    const { PolicyRoles = [], PolicyUsers = [], PolicyGroups = [] } = await iam.listEntitiesForPolicy({ PolicyArn });
    for (const { RoleName } of PolicyRoles) await iam.detachRolePolicy({ RoleName, PolicyArn });
    for (const { UserName } of PolicyUsers) await iam.detachUserPolicy({ UserName, PolicyArn });
    for (const { GroupName } of PolicyGroups) await iam.detachGroupPolicy({ GroupName, PolicyArn });
    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn });
    for (const { VersionId, IsDefaultVersion } of Versions)
      if (!IsDefaultVersion) await iam.deletePolicyVersion({ PolicyArn, VersionId });
    await iam.deletePolicy({ PolicyArn });
  }

  return {
    create: async (request) => {
      const wanted = ManagedPolicy.parse(request.properties);
      const iam = await aws.iam(request.region);
      const { Policy: made } = await iam.createPolicy({
        PolicyName: wanted.ManagedPolicyName ?? request.generatedName(128),
        PolicyDocument: wanted.PolicyDocument,
        Description: wanted.Description,
        Path: wanted.Path,
      });
      const arn = made?.Arn ?? '';
      return orUndo(
        async () => {
          for (const entry of holders(wanted)) await attach(entry, arn, request.region);
          return await result(arn, request.region);
        },
        () => remove(arn, request.region),
      );
    },
    update: async (request) => {
      const next = ManagedPolicy.parse(request.properties);
      const previous = ManagedPolicy.parse(request.previous);
      const PolicyArn = request.physicalId;
      const iam = await aws.iam(request.region);
      if (next.PolicyDocument !== previous.PolicyDocument) {
        // A policy holds five versions at most: the oldest makes room, as CloudFormation does it.
        const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn });
        const old = Versions.filter((version) => !version.IsDefaultVersion);
        const oldest = old.sort((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0))[0];
        if (Versions.length >= 5 && oldest) await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest.VersionId });
        await iam.createPolicyVersion({ PolicyArn, PolicyDocument: next.PolicyDocument, SetAsDefault: true });
      }
      const before = holders(previous);
      const after = holders(next);
      for (const entry of after) if (!before.includes(entry)) await attach(entry, PolicyArn, request.region);
      for (const entry of before) if (!after.includes(entry)) await detach(entry, PolicyArn, request.region);
      return result(PolicyArn, request.region);
    },
    delete: (request) => remove(request.physicalId, request.region),
  };
}
