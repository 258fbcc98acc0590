import type { EntityDraft } from '../entity-draft.ts';
import type { Finding } from '../finding.ts';
import type { EntityCheck, EntitySurroundings } from './check.ts';
import { checkEntityFields } from './entity-fields.ts';
import { checkEntityFieldRoles, checkEntityIndexes } from './entity-indexes.ts';
import { checkEntityKeys } from './entity-keys.ts';
import { checkAutomaticFields, checkEntityNames } from './entity-names.ts';
import { checkTenantKeys, checkUniqueFields } from './entity-unique.ts';

const entityChecks: readonly EntityCheck[] = [
  checkEntityNames,
  checkAutomaticFields,
  checkEntityKeys,
  checkEntityFields,
  checkEntityIndexes,
  checkEntityFieldRoles,
  checkUniqueFields,
  checkTenantKeys,
];

const known = new WeakMap<EntityDraft, { tenantField: string | undefined; findings: readonly Finding[] }>();

/** Every rule inside one entity. Remembered while the entity and what its rules depend on stay the same. */
export function entityFindings(entity: EntityDraft, surroundings: EntitySurroundings): readonly Finding[] {
  const before = known.get(entity);
  if (before !== undefined && before.tenantField === surroundings.tenantField) return before.findings;
  const findings = entityChecks.flatMap((check) => check(entity, surroundings));
  known.set(entity, { tenantField: surroundings.tenantField, findings });
  return findings;
}
