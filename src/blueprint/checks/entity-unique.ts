import type { Finding } from '../finding.ts';
import type { EntityCheck } from './check.ts';

/**
 * Each unique value is claimed by a row of its own, written in one transaction with the row that holds it. A transaction
 * takes 100 rows; an update claims new values, gives up old ones and checks references.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const mostUnique = 30;

/** What unique fields ask of an entity. */
export const checkUniqueFields: EntityCheck = ({ fields }) => {
  const partition = fields.find(({ value }) => value.primary === true && value.sort !== true)?.value;
  const sorted = fields.some(({ value }) => value.primary === true && value.sort === true);
  const claimed = fields.filter(({ value }) => value.unique === true && (value !== partition || sorted));
  const findings: Finding[] = [];
  if (partition?.type === 'integer' || partition?.type === 'number') {
    for (const { path, value } of claimed) {
      findings.push({
        code: 'unique-not-possible',
        message: `\`${value.name}\` cannot be unique: the key of the entity, \`${partition.name}\`, is a number, and unique values are kept beside the rows under keys that are text.`,
        hint: `Make \`${partition.name}\` a string, or leave the key to Backdrift and make \`${partition.name}\` a unique field; or remove \`unique\` here.`,
        path: [...path, 'unique'],
        at: 'key',
      });
    }
  }
  const excess = claimed[mostUnique];
  if (excess !== undefined) {
    findings.push({
      code: 'unique-not-possible',
      message: `An entity may have ${mostUnique} unique fields; this one has ${claimed.length}.`,
      hint: 'Remove `unique` where two rows with the same value do no harm.',
      path: [...excess.path, 'unique'],
      at: 'key',
    });
  }
  return findings;
};

/**
 * Rows of all tenants are in one table, and their keys are unique there. Whoever chooses a key that another tenant has
 * is refused, and so learns that it is taken. Not where a part of the key names a row: that one is the tenant's own.
 */
export const checkTenantKeys: EntityCheck = ({ fields, own }, { tenantField }) => {
  if (tenantField === undefined) return [];
  const keys = fields.filter(({ value }) => value.primary === true && value.name !== 'id');
  const [first] = keys;
  const kept = keys.some(
    ({ value }) => value.references !== undefined || value.name === tenantField || value.name === own?.owner_field,
  );
  if (first === undefined || kept) return [];
  return [
    {
      code: 'key-across-tenants',
      severity: 'warning',
      message: `Tenants share the keys of \`${own?.name ?? 'this entity'}\`: one who chooses a \`${first.value.name}\` that another has learns that it is taken.`,
      hint: `Remove \`primary\` and write \`unique: true\`, which is unique within a tenant.`,
      path: [...first.path, 'primary'],
      at: 'key',
    },
  ];
};
