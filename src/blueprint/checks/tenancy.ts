import type { Finding } from '../finding.ts';
import { sameNameKey } from '../naming.ts';
import { closest } from '../suggest.ts';
import { memberFields } from '../tenants.ts';
import type { Check, CheckContext } from './check.ts';

/** Tenancy: what keeps customers apart is complete. */
export const checkTenancy: Check = ({ draft, outline }) => {
  const findings: Finding[] = [];
  const { mode, tenantEntity } = outline.tenancy;
  if (mode === 'single_tenant') {
    draft.entities.forEach(({ own }, index) => {
      if (own?.tenancy !== 'tenant') return;
      findings.push({
        code: 'tenancy-off',
        message: `The rows of \`${own.name}\` belong to tenants, but the Blueprint has only one.`,
        hint: 'Add `tenancy: { mode: multi_tenant, tenant_entity: organization }`, or remove `tenancy` here.',
        path: ['entities', index, 'tenancy'],
      });
    });
    return findings;
  }
  if (tenantEntity === undefined) {
    findings.push({
      code: 'missing-tenant-entity',
      message: 'A multi-tenant Blueprint says what a tenant is.',
      hint: 'Add `tenant_entity: organization`.',
      path: ['tenancy', 'mode'],
    });
  }
  if (!outline.hasAuth) {
    findings.push({
      code: 'access-without-auth',
      message: 'The tenant of a caller is in the sign-in token, but the Blueprint has no `auth`.',
      hint: 'Add `auth: { strategy: cognito }`.',
      path: ['tenancy', 'mode'],
    });
  }
  const listed = draft.entities.flatMap(({ name }) => name ?? []);
  if (tenantEntity !== undefined && !listed.includes(tenantEntity)) {
    const meant = closest(tenantEntity, listed);
    if (meant !== undefined) {
      findings.push({
        code: 'implied-tenant-entity',
        severity: 'warning',
        message: `\`${tenantEntity}\` is not listed, so an entity of that name is added.`,
        hint: `Did you mean \`${meant}\`?`,
        path: ['tenancy', 'tenant_entity'],
        replacement: { text: meant },
      });
    }
  }
  const own = draft.entities.findIndex(({ name }) => name === tenantEntity);
  if (draft.entities[own]?.own?.tenancy === 'tenant') {
    findings.push({
      code: 'tenant-of-itself',
      message: `\`${tenantEntity}\` is the tenant: its rows belong to no other one.`,
      hint: 'Remove `tenancy` here.',
      path: ['entities', own, 'tenancy'],
    });
  }
  return [...findings, ...tenantKey(draft, own), ...memberNames(draft, outline)];
};

/** The key of a tenant is its id: made by the backend, so that nobody chooses another tenant's, nor one that is gone. */
function tenantKey(draft: CheckContext['draft'], position: number): Finding[] {
  const fields = draft.entities[position]?.fields ?? [];
  return fields.flatMap(({ path, value }): Finding[] =>
    value.primary === true && (value.name !== 'id' || value.sort === true)
      ? [
          {
            code: 'tenant-key',
            message: `A tenant is known by its \`id\`, which the backend makes; \`${value.name}\` cannot be its key.`,
            hint: `Remove \`primary\` from \`${value.name}\`; with \`unique: true\` no two tenants have the same.`,
            path: ['entities', position, ...path, 'primary'],
          },
        ]
      : [],
  );
}

/** Members are kept in an entity of our own: its name, and the names of its fields, are taken. */
function memberNames(draft: CheckContext['draft'], { tenancy }: CheckContext['outline']): Finding[] {
  const { memberEntity, field } = tenancy;
  if (memberEntity === undefined) return [];
  const findings = draft.entities.flatMap(({ name }, index): Finding[] =>
    name !== undefined && sameNameKey(name) === sameNameKey(memberEntity)
      ? [
          {
            code: 'reserved-name',
            message: `\`${name}\` cannot be used: it is the entity in which Backdrift keeps the members of a tenant.`,
            hint: 'Rename it, for example to `profile`, with a field that holds the id of the user.',
            path: ['entities', index, 'name'],
          },
        ]
      : [],
  );
  if (memberFields.some((taken) => taken === field)) {
    findings.push({
      code: 'reserved-name',
      message: `\`${field}\` cannot name the tenant: it is a field of \`${memberEntity}\` already.`,
      hint: 'Remove `field`, or write another name.',
      path: ['tenancy', 'field'],
    });
  }
  return findings;
}
