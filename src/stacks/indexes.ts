import type { ApiResource, Entity } from '../blueprint/blueprint.ts';
import { listAttribute, listIndex } from './model.ts';
import { attributeNamed, attributeOf } from './relations.ts';
import { type EntityScope, type EntityTenancy, tenancyOf } from './scope.ts';

/** A global secondary index of a table, in attributes. */
export interface TableIndex {
  name: string;
  /** One attribute, or two: the tenant's, then the one that the Blueprint names. */
  partition: [string] | [string, string];
  sort?: string;
}

/** The value of `listAttribute` in every row. */
export const listPartition = 'all';

/**
 * Every index of an entity's table: the declared ones, and those that Backdrift adds where a generated operation would
 * otherwise have to read the whole table:
 * - on a field that references another entity, so that deleting the other finds the rows that depend on it;
 * - on the tenant's field, because everything a tenant reads is selected by it;
 * - on the owner's field, where list means one's own rows;
 * - on a constant attribute (`listAttribute`), where list is offered and nothing above answers it. All rows then share
 *   one partition of that index, which takes 1,000 writes a second: fine for most entities, and a declared index or
 *   `allow_scan` replaces it. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 * An added index is named after the stored attribute, so renaming a field keeps it. Its rows are in order of creation, or
 * of the table's key where no timestamps are kept (generated ids sort by the time at which they were made).
 */
export function indexesOf(scope: EntityScope, entity: Entity): TableIndex[] {
  const resource = scope.resources.get(entity);
  const tenancy = tenancyOf(scope, entity);
  const indexes = entity.indexes.map((index) => declaredIndex(scope, entity, index));
  const cover = (field: string) => {
    const partition = attributeNamed(entity, field);
    if (partition === attributeNamed(entity, entity.key.partition)) return;
    if (indexFor(entity, indexes, field) !== undefined) return;
    indexes.push({ name: `backdrift-by-${partition}`, partition: [partition], sort: orderOf(entity, partition) });
  };
  for (const { field } of scope.relations.get(entity)?.outgoing ?? []) cover(field.name);
  if (tenancy?.kind === 'row') cover(tenancy.field);
  if (listsOwnRows(resource) && entity.owner_field !== undefined) cover(entity.owner_field);
  if (needsListIndex(entity, resource, tenancy)) {
    indexes.push({ name: listIndex, partition: [listAttribute], sort: orderOf(entity, listAttribute) });
  }
  return indexes;
}

/**
 * The index that finds every row with a value in a field, the one in order of creation first; undefined where the table
 * itself does. An index whose sort field may be empty does not count: rows without it are not in the index.
 */
export function indexFor(entity: Entity, indexes: readonly TableIndex[], field: string): TableIndex | undefined {
  const attribute = attributeNamed(entity, field);
  if (attribute === attributeNamed(entity, entity.key.partition)) return undefined;
  const candidates = indexes.filter(
    ({ partition, sort }) =>
      partition.length === 1 && partition[0] === attribute && (sort === undefined || isAlwaysThere(entity, sort)),
  );
  return (
    candidates.find((index) => index.sort === 'created_at') ??
    candidates.find((index) => index.sort !== undefined) ??
    candidates[0]
  );
}

/** Whether every row has a value in an attribute. */
export function isAlwaysThere(entity: Entity, attribute: string): boolean {
  const field = entity.fields.find((candidate) => attributeOf(candidate) === attribute);
  if (field === undefined) return false;
  const { name, required, managed } = field;
  const { partition, sort } = entity.key;
  return required || name === partition || name === sort || (managed && /^(created|updated)_at$/.test(name));
}

/** Whether list means one's own rows. */
export function listsOwnRows(resource: ApiResource | undefined): boolean {
  return (
    resource?.operations.some(({ operation, access }) => operation === 'list' && access.level === 'owner') === true
  );
}

/**
 * An index as the Blueprint declares it. Where rows of several tenants could have the same value in its partition field,
 * the tenant's field comes first in the key, so that no tenant reads through the rows of others (DynamoDB takes up to
 * four attributes in each part of an index's key).
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
 */
function declaredIndex(
  scope: EntityScope,
  entity: Entity,
  { name, partition, sort }: Entity['indexes'][number],
): TableIndex {
  const tenancy = tenancyOf(scope, entity);
  const attribute = attributeNamed(entity, partition);
  const shared = tenancy?.kind === 'row' && sort !== tenancy.field && mixesTenants(scope, entity, partition, tenancy);
  return {
    name,
    partition: shared ? [attributeNamed(entity, tenancy.field), attribute] : [attribute],
    ...(sort === undefined ? {} : { sort: attributeNamed(entity, sort) }),
  };
}

/** Not where the value is the tenant, a user (of one tenant), or the id of a row that belongs to a tenant itself. */
function mixesTenants(scope: EntityScope, entity: Entity, field: string, tenancy: EntityTenancy): boolean {
  if (field === tenancy.field || field === entity.owner_field) return false;
  const reference = scope.relations.get(entity)?.outgoing.find((outgoing) => outgoing.field.name === field);
  // A reference to an entity with a key of two fields is not checked: its value may be anything.
  return reference === undefined || reference.to.key.sort !== undefined || tenancyOf(scope, reference.to) === undefined;
}

function needsListIndex(
  entity: Entity,
  resource: ApiResource | undefined,
  tenancy: EntityTenancy | undefined,
): boolean {
  if (resource?.operations.some(({ operation }) => operation === 'list') !== true) return false;
  if (tenancy !== undefined || resource.allow_scan) return false;
  return !(listsOwnRows(resource) && entity.owner_field !== undefined);
}

function orderOf(entity: Entity, partition: string): string {
  return entity.timestamps && partition !== 'created_at' ? 'created_at' : attributeNamed(entity, entity.key.partition);
}
