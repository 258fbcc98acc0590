import type { Finding } from '../finding.ts';
import { closest } from '../suggest.ts';
import type { Check } from './check.ts';

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
  return findings;
};
