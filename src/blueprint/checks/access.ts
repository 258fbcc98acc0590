import { operationAccess } from '../access.ts';
import type { EntityDraft } from '../entity-draft.ts';
import type { Finding } from '../finding.ts';
import type { BlueprintPath } from '../problem.ts';
import type { Operation, ResourceDocument } from '../schema.ts';
import { oneOf } from '../suggest.ts';
import type { Check, CheckContext } from './check.ts';
import { unknownName } from './names.ts';
import { resourceOfRow } from './row-path.ts';

/** Who may call: every level needs what it rests on (sign-in, the role, an owner field, an index). */
export const checkAccess: Check = (context) => {
  const { draft } = context;
  const findings: Finding[] = [];
  for (const { path, value } of draft.api?.resources ?? []) findings.push(...resourceFindings(value, path, context));
  for (const { path, value } of draft.api?.endpoints ?? []) {
    if (value.auth === undefined) continue;
    const at = [...path, 'auth'];
    findings.push(...levelFindings(value.auth, at, context));
    findings.push(...endpointRow(value.path, value.auth, at, context));
  }
  findings.push(...openapiFindings(context));
  for (const { path, value } of draft.storage) {
    findings.push(...levelFindings(value.access, [...path, 'access'], context));
  }
  return findings;
};

/** The description of the API is nobody's own. */
function openapiFindings(context: CheckContext): Finding[] {
  const level = context.draft.api?.settings?.openapi;
  if (level === undefined) return [];
  const path = ['api', 'openapi'];
  if (level !== 'owner') return levelFindings(level, path, context);
  return [
    {
      code: 'owner-without-owner-field',
      message: 'The description of the API has no owner.',
      hint: 'Write `public`, `authenticated` or a role.',
      path,
    },
  ];
}

/** A level that cannot be kept: nobody signs in, or nobody has the role. */
function levelFindings(level: string, path: BlueprintPath, { outline }: CheckContext): Finding[] {
  if (level === 'public') return [];
  if (!outline.hasAuth) {
    return [
      {
        code: 'access-without-auth',
        message: `\`${level}\` needs users who sign in, but the Blueprint has no \`auth\`.`,
        hint: 'Add `auth: { strategy: cognito }`, or write `public`.',
        path,
      },
    ];
  }
  if (level === 'authenticated' || level === 'owner' || outline.roles.includes(level)) return [];
  const levels = ['public', 'authenticated', 'owner', ...outline.roles];
  return [
    unknownName('unknown-role', 'role', level, levels, path, `Write ${oneOf(levels)}, or add it to \`auth.roles\`.`),
  ];
}

function resourceFindings(resource: ResourceDocument, path: BlueprintPath, context: CheckContext): Finding[] {
  const findings: Finding[] = [];
  const at = [...path, 'auth'];
  const { auth } = resource;
  const entity = context.entities.get(resource.entity);
  if (typeof auth === 'string') findings.push(...levelFindings(auth, at, context));
  else {
    for (const [operation, level] of Object.entries(auth ?? {})) {
      findings.push(...levelFindings(level, [...at, operation], context));
      if (resource.operations.some((offered) => offered === operation)) continue;
      findings.push({
        code: 'operation-not-offered',
        severity: 'warning',
        message: `\`${operation}\` is not among the operations of this resource.`,
        hint: `Add \`${operation}\` to \`operations\`, or remove it here.`,
        path: [...at, operation],
        at: 'key',
      });
    }
  }
  for (const operation of resource.operations) {
    const level = operationAccess(resource, operation, context.outline.hasAuth);
    const written = typeof auth === 'object' && auth[operation] !== undefined ? [...at, operation] : at;
    if (level === 'owner' && entity?.own !== undefined) {
      const wrong = ownerFinding(entity, entity.own, operation, written);
      if (wrong !== undefined) findings.push(wrong);
    }
    const shown = tenantFinding(resource, entity, operation, level, context);
    if (shown !== undefined) findings.push({ ...shown, path: written });
  }
  return distinct(findings);
}

const writes: readonly Operation[] = ['create', 'update', 'delete'];

/** Access that does not go together with tenants. */
function tenantFinding(
  { entity: name }: ResourceDocument,
  entity: EntityDraft | undefined,
  operation: Operation,
  level: string,
  { outline }: CheckContext,
): Omit<Finding, 'path'> | undefined {
  const { mode, tenantEntity } = outline.tenancy;
  if (mode !== 'multi_tenant') return undefined;
  if (level === 'public' && (entity?.own?.tenancy === 'tenant' || name === tenantEntity)) {
    const what = name === tenantEntity ? 'its rows are the tenants' : 'its rows belong to tenants';
    return {
      code: 'public-tenant-rows',
      message: `\`${operation}\` of \`${name}\` is public, but ${what}: who has not signed in has none.`,
      hint: `Write \`authenticated\`${name === tenantEntity ? '' : ', or make the entity `tenancy: global`'}.`,
    };
  }
  const shared = entity?.own !== undefined && entity.own.tenancy !== 'tenant' && name !== tenantEntity;
  if (!shared || !writes.includes(operation) || !outline.roles.includes(level)) return undefined;
  return {
    code: 'tenant-role-on-shared-rows',
    severity: 'warning',
    message: `All tenants share the rows of \`${name}\`, and every tenant gives the role \`${level}\` to its own people: anyone who creates a tenant may get to \`${operation}\` them.`,
    hint: `Leave \`${operation}\` out, and let a function or job of yours write these rows; or make the entity \`tenancy: tenant\`.`,
  };
}

/** `owner` for all operations at once would say the same thing five times. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, path }) => {
    const key = `${code} ${path.join('.')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function ownerFinding(
  entity: EntityDraft,
  own: NonNullable<EntityDraft['own']>,
  operation: string,
  path: BlueprintPath,
): Finding | undefined {
  const field = own.owner_field;
  if (field === undefined) {
    return {
      code: 'owner-without-owner-field',
      message: `\`owner\` needs to know who owns a row, but \`${own.name}\` has no \`owner_field\`.`,
      hint: `Add \`owner_field: owner_id\` to \`${own.name}\`, and the field \`{ name: owner_id, type: string }\`.`,
      path,
    };
  }
  if (operation !== 'list') return undefined;
  const key = entity.fields.find(({ value }) => value.primary === true && value.sort !== true)?.value.name ?? 'id';
  if (key === field || entity.indexes.some(({ value }) => value.partition === field)) return undefined;
  return {
    code: 'owner-list-without-index',
    message: `A list of one’s own rows needs an index on \`${field}\`.`,
    hint: `Add \`{ name: by_owner, partition: ${field}, sort: created_at }\` to the indexes of \`${own.name}\`.`,
    path,
  };
}

/**
 * What an endpoint's level needs of the row that its path leads to: `owner` somebody who owns it, and `public` that it
 * belongs to no tenant.
 */
function endpointRow(route: string, level: string, path: BlueprintPath, context: CheckContext): Finding[] {
  const { entities, outline } = context;
  const resource = resourceOfRow(route, context);
  const entity = resource === undefined ? undefined : entities.get(resource.entity);
  if (level === 'public') {
    const { mode, tenantEntity } = outline.tenancy;
    const belongs = entity?.own?.tenancy === 'tenant' || (resource !== undefined && resource.entity === tenantEntity);
    if (mode !== 'multi_tenant' || !belongs) return [];
    return [
      {
        code: 'public-tenant-rows',
        message: `The path leads to a row of \`${resource?.entity}\`, which belongs to a tenant: who has not signed in has none.`,
        hint: 'Write `authenticated`, or choose a path that does not begin like the row’s.',
        path,
      },
    ];
  }
  if (level !== 'owner' || !outline.hasAuth) return [];
  if (entity?.own?.owner_field !== undefined || (resource !== undefined && entity?.own === undefined)) return [];
  return [
    {
      code: 'owner-without-owner-field',
      message:
        entity?.own === undefined
          ? '`owner` needs a row to own, but the path does not lead to one.'
          : `\`owner\` needs to know who owns a row, but \`${entity.own.name}\` has no \`owner_field\`.`,
      hint:
        entity?.own === undefined
          ? 'Begin the path like a resource and its id, such as `/tasks/{id}/complete`, or write `authenticated`.'
          : `Add \`owner_field\` to \`${entity.own.name}\`, or write \`authenticated\`.`,
      path,
    },
  ];
}
