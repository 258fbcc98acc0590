import type { ApiResource, Entity } from '../blueprint/blueprint.ts';
import { type ListQuery, listAttribute, listIndex } from './model.ts';
import { attributeNamed } from './relations.ts';
import { type EntityTenancy, type Scope, tenancyOf } from './scope.ts';

/** A global secondary index of a table, in attributes. */
export interface TableIndex {
  name: string;
  partition: string;
  sort?: string;
}

/** The value of `listAttribute` in every row. */
export const listPartition = 'all';

/**
 * Every index of an entity's table. Besides the declared ones, Backdrift adds an index where a generated operation
 * would otherwise have to read the whole table:
 * - on a field that references another entity, so that deleting the other finds the rows that depend on it;
 * - on the tenant's field, because everything a tenant reads is selected by it;
 * - on the owner's field, where list means one's own rows;
 * - on a constant attribute (`listAttribute`), where list is offered and nothing above answers it. All rows then share
 *   one partition of that index, which takes 1,000 writes a second: fine for most entities, and a declared index or
 *   `allow_scan` replaces it. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 * An added index is named after the stored attribute, so renaming a field keeps it.
 */
export function indexesOf(scope: Scope, entity: Entity): TableIndex[] {
  const resource = scope.resources.get(entity);
  const tenancy = tenancyOf(scope, entity);
  const indexes: TableIndex[] = entity.indexes.map((index) => ({
    name: index.name,
    partition: attributeNamed(entity, index.partition),
    ...(index.sort === undefined ? {} : { sort: attributeNamed(entity, index.sort) }),
  }));
  const cover = (field: string) => {
    const partition = attributeNamed(entity, field);
    if (partition === attributeNamed(entity, entity.key.partition)) return;
    if (indexes.some((index) => index.partition === partition)) return;
    indexes.push({ name: `backdrift-by-${partition}`, partition, ...createdAt(entity, partition) });
  };
  for (const { field } of scope.relations.get(entity)?.outgoing ?? []) cover(field.name);
  if (tenancy?.kind === 'row') cover(tenancy.field);
  if (listsOwnRows(resource) && entity.owner_field !== undefined) cover(entity.owner_field);
  if (needsListIndex(entity, resource, tenancy)) {
    indexes.push({
      name: listIndex,
      partition: listAttribute,
      sort: createdAt(entity, listAttribute).sort ?? attributeNamed(entity, entity.key.partition),
    });
  }
  return indexes;
}

/** How list reads its rows; undefined when it is not offered, or scans. */
export function listQueryOf(scope: Scope, entity: Entity, indexes: readonly TableIndex[]): ListQuery | undefined {
  const resource = scope.resources.get(entity);
  const tenancy = tenancyOf(scope, entity);
  if (resource?.operations.some(({ operation }) => operation === 'list') !== true) return undefined;
  if (listsOwnRows(resource) && entity.owner_field !== undefined) {
    return queryBy(entity, indexes, entity.owner_field, { from: 'owner' });
  }
  if (tenancy !== undefined) return queryBy(entity, indexes, tenancy.field, { from: 'tenant' });
  if (resource.allow_scan) return undefined;
  return queryOn(
    indexes.find((index) => index.name === listIndex),
    listAttribute,
    { from: 'constant', constant: listPartition },
  );
}

/** The index that finds rows by a field, the one in order of creation first; undefined where the table itself does. */
export function indexFor(entity: Entity, indexes: readonly TableIndex[], field: string): TableIndex | undefined {
  const partition = attributeNamed(entity, field);
  if (partition === attributeNamed(entity, entity.key.partition)) return undefined;
  const candidates = indexes.filter((index) => index.partition === partition);
  return (
    candidates.find((index) => index.sort === 'created_at') ??
    candidates.find((index) => index.sort !== undefined) ??
    candidates[0]
  );
}

function queryBy(
  entity: Entity,
  indexes: readonly TableIndex[],
  field: string,
  value: ListQuery['partition']['value'],
): ListQuery {
  const index = indexFor(entity, indexes, field);
  const query = queryOn(index, attributeNamed(entity, field), value);
  if (index !== undefined || entity.key.sort === undefined) return query;
  return { ...query, sort: attributeNamed(entity, entity.key.sort) };
}

function queryOn(index: TableIndex | undefined, attribute: string, value: ListQuery['partition']['value']): ListQuery {
  return {
    ...(index === undefined ? {} : { index: index.name }),
    partition: { attribute, value },
    ...(index?.sort === undefined ? {} : { sort: index.sort }),
  };
}

function listsOwnRows(resource: ApiResource | undefined): boolean {
  return (
    resource?.operations.some(({ operation, access }) => operation === 'list' && access.level === 'owner') === true
  );
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

function createdAt(entity: Entity, partition: string): { sort?: string } {
  return entity.timestamps && partition !== 'created_at' ? { sort: 'created_at' } : {};
}
