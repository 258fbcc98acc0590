import type { Entity, Field } from '../blueprint/blueprint.ts';
import { indexesOf, indexFor, isAlwaysThere, listPartition, listsOwnRows, type TableIndex } from './indexes.ts';
import {
  type EntityModel,
  type ListCondition,
  type ListKey,
  type ListPath,
  type ListSort,
  listIndex,
} from './model.ts';
import { attributeNamed, attributeOf } from './relations.ts';
import { type EntityScope, type EntityTenancy, tenancyOf } from './scope.ts';

/** What a request may ask of a field by which rows are sorted. The order of an enum's texts means nothing. */
const conditionsOf: Record<Field['type'], ListCondition[]> = {
  string: ['eq', 'gt', 'gte', 'lt', 'lte', 'begins_with'],
  date: ['eq', 'gt', 'gte', 'lt', 'lte', 'begins_with'],
  datetime: ['eq', 'gt', 'gte', 'lt', 'lte', 'begins_with'],
  integer: ['eq', 'gt', 'gte', 'lt', 'lte'],
  number: ['eq', 'gt', 'gte', 'lt', 'lte'],
  enum: ['eq'],
  boolean: [],
  json: [],
};

/**
 * What list may read: the table where a key field selects rows, and every index. In the order of preference:
 * 1. what answers a list without filters: the caller's own rows, the tenant's, or all;
 * 2. other orders of the caller's own rows, which need no filter either;
 * 3. rows selected by a field of the request, those in order of creation before others;
 * 4. other orders of the tenant's rows.
 * Within one of these, the table first, then indexes as they are declared. Empty where list is not offered.
 */
export function listPathsOf(scope: EntityScope, entity: Entity): Pick<EntityModel, 'lists' | 'scan'> {
  const resource = scope.resources.get(entity);
  if (resource?.operations.some(({ operation }) => operation === 'list') !== true) return {};
  const tenancy = tenancyOf(scope, entity);
  if (tenancy?.kind === 'self') return { lists: [theTenantItself(entity)] };

  const owner = listsOwnRows(resource) ? entity.owner_field : undefined;
  const indexes = indexesOf(scope, entity);
  const selects = { entity, tenancy, owner };
  const base = baseOf(selects, indexes);
  const paths = [tablePath(selects), ...indexes.map((index) => indexPath(selects, index))].flatMap(
    (path) => path ?? [],
  );
  const rank = (path: ListPath) => {
    if (path.index === base.index && base.exists) return 0;
    const sources = path.partition.map(({ from }) => from);
    if (sources.includes('owner')) return 1;
    if (sources.includes('request')) return path.sort?.attribute === 'created_at' ? 2 : 3;
    return 4;
  };
  const ranked = paths.map((path) => ({ path, rank: rank(path) })).sort((left, right) => left.rank - right.rank);
  const lists: ListPath[] = [];
  for (const { path } of ranked) if (!lists.some((better) => answersAll(better, path))) lists.push(path);
  return { lists, ...(base.exists ? {} : { scan: true as const }) };
}

/** Whether a path that comes first leaves nothing to the other: then nobody needs the right to read from the other. */
function answersAll(better: ListPath, other: ListPath): boolean {
  const fields = ({ partition }: ListPath) => partition.flatMap((key) => (key.from === 'request' ? [key.field] : []));
  if (fields(better).join(' ') !== fields(other).join(' ')) return false;
  if (other.sort === undefined || other.sort.conditions.length === 0) return better.sort?.optional !== true;
  return better.sort?.field === other.sort.field;
}

interface Selection {
  entity: Entity;
  tenancy: EntityTenancy | undefined;
  /** The owner's field, where list means one's own rows. */
  owner: string | undefined;
}

/** A row of the tenant entity is seen by its own users only, so there is one at most, and nothing to ask for. */
function theTenantItself(entity: Entity): ListPath {
  return { partition: [{ attribute: attributeNamed(entity, entity.key.partition), from: 'tenant' }] };
}

/** What answers a list without filters; nothing where the Blueprint allows a scan instead. */
function baseOf({ entity, tenancy, owner }: Selection, indexes: readonly TableIndex[]) {
  const field = owner ?? tenancy?.field;
  if (field !== undefined) return { exists: true, index: indexFor(entity, indexes, field)?.name };
  const list = indexes.find(({ name }) => name === listIndex);
  return { exists: list !== undefined, index: list?.name };
}

/** The table selects more than one row only where its key has two parts. */
function tablePath(selection: Selection): ListPath | undefined {
  const { entity } = selection;
  const partition = keyOf(selection, attributeNamed(entity, entity.key.partition));
  const sort = entity.key.sort === undefined ? undefined : sortOf(selection, attributeNamed(entity, entity.key.sort));
  if (partition === undefined || (partition.from === 'request' && sort === undefined)) return undefined;
  return { partition: [partition], ...(sort === undefined ? {} : { sort }) };
}

function indexPath(selection: Selection, index: TableIndex): ListPath | undefined {
  const partition = index.partition.flatMap((attribute): ListKey[] => {
    if (index.name === listIndex) return [{ attribute, from: 'constant', constant: listPartition }];
    const key = keyOf(selection, attribute);
    return key === undefined ? [] : [key];
  });
  const sort = index.sort === undefined ? undefined : sortOf(selection, index.sort);
  if (partition.length < index.partition.length || (index.sort !== undefined && sort === undefined)) return undefined;
  return { index: index.name, partition, ...(sort === undefined ? {} : { sort }) };
}

/** Undefined for an attribute that no row in sight has. */
function keyOf({ entity, tenancy, owner }: Selection, attribute: string): ListKey | undefined {
  const field = fieldOf(entity, attribute);
  if (field === undefined || isHidden(entity, field)) return undefined;
  if (field.name === tenancy?.field) return { attribute, from: 'tenant' };
  if (field.name === owner) return { attribute, from: 'owner' };
  return { attribute, from: 'request', field: field.name };
}

function sortOf({ entity, tenancy, owner }: Selection, attribute: string): ListSort | undefined {
  const field = fieldOf(entity, attribute);
  if (field === undefined || isHidden(entity, field)) return undefined;
  if (field.name === tenancy?.field || field.name === owner) return { attribute, field: field.name, conditions: [] };
  return {
    attribute,
    field: field.name,
    conditions: conditionsOf[field.type],
    ...(isAlwaysThere(entity, attribute) ? {} : { optional: true as const }),
  };
}

function fieldOf(entity: Entity, attribute: string): Field | undefined {
  return entity.fields.find((field) => attributeOf(field) === attribute);
}

/** The mark of a softly deleted row: whoever has it is not shown. */
function isHidden(entity: Entity, { name, managed }: Field): boolean {
  return entity.soft_delete && managed && name === 'deleted_at';
}
