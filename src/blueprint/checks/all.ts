import type { EntityDraft } from '../entity-draft.ts';
import { type Finding, under } from '../finding.ts';
import { checkAccess } from './access.ts';
import { checkCors, checkRepeatedValues } from './api-values.ts';
import { checkAuth } from './auth.ts';
import type { Check, CheckContext } from './check.ts';
import { checkContracts } from './contracts.ts';
import { entityFindings } from './entity.ts';
import { checkFiles } from './files.ts';
import { checkLengths } from './lengths.ts';
import { checkNames } from './names.ts';
import { checkReferenceCircles } from './reference-circles.ts';
import { checkReferences } from './references.ts';
import { checkRegions, checkWorkflows } from './regions.ts';
import { checkRoutes } from './routes.ts';
import { checkSchedules } from './schedules.ts';
import { checkStorage } from './storage.ts';
import { checkTenancy } from './tenancy.ts';
import { checkUses } from './uses.ts';

const checks: readonly Check[] = [
  checkNames,
  checkEntities,
  checkReferences,
  checkReferenceCircles,
  checkUses,
  checkAuth,
  checkAccess,
  checkTenancy,
  checkRoutes,
  checkContracts,
  checkCors,
  checkRepeatedValues,
  checkSchedules,
  checkStorage,
  checkRegions,
  checkWorkflows,
  checkLengths,
  checkFiles,
];

/** Everything that looks at more than one value at a time. */
export function crossCheck({ draft, outline, workspace }: Omit<CheckContext, 'entities'>): Finding[] {
  const entities = new Map<string, EntityDraft>();
  for (const entity of draft.entities) {
    if (entity.name !== undefined && !entities.has(entity.name)) entities.set(entity.name, entity);
  }
  const context: CheckContext = { draft, outline, entities, ...(workspace && { workspace }) };
  return checks.flatMap((check) => check(context));
}

function checkEntities({ draft, outline }: CheckContext): Finding[] {
  const { mode, field } = outline.tenancy;
  return draft.entities.flatMap((entity, index) => {
    const tenant = mode === 'multi_tenant' && entity.own?.tenancy === 'tenant';
    const findings = entityFindings(entity, tenant && field !== undefined ? { tenantField: field } : {});
    return findings.length === 0 ? [] : under(['entities', index], findings);
  });
}
