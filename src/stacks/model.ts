import type { Access, Entity } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';

/**
 * What a generated handler is told about its entity: `model.json` in its zip. One runtime serves every entity; this
 * is all that differs. Table names come from the environment (`TABLE_<ENTITY>`), never from here.
 */
export interface EntityModel {
  entity: Entity;
  /** By operation: who may call, and for list, the query that answers it. */
  operations: Partial<Record<Operation, { access: Access }>>;
  /** The query behind list. Absent: the Blueprint allows a scan. */
  list?: ListQuery;
  tenancy?: { field: string };
  /** By entity that a field of this one references: how its rows are found. Absent: by `id`. */
  references?: Record<string, ReferenceTarget>;
  /** Entities whose rows hold the id of this one: what delete must look at. */
  referencedBy: { entity: string; field: string; index: string; on_delete: 'restrict' | 'cascade' | 'set_null' }[];
}

/** How the handlers find out that a referenced row exists and may be referred to. */
export interface ReferenceTarget {
  key: { partition: string; sort?: string };
  /** The rows belong to tenants: only one's own may be referred to. */
  tenancy?: { field: string };
  soft_delete?: boolean;
}

/** How list reads rows without a scan: a query on `index` (the table itself when absent) with one partition value. */
export interface ListQuery {
  index?: string;
  partition: {
    attribute: string;
    value: { from: 'constant'; constant: string } | { from: 'tenant' } | { from: 'owner' };
  };
  sort?: string;
}

/** The attribute and index that Backdrift adds to a table so that list can be a query where no field answers it. */
export const listAttribute = '_list';
export const listIndex = 'backdrift-list';

/** The environment variable that carries the name of an entity's table: `TABLE_LINE_ITEM` for `line_item`. */
export function tableVariable(entity: string): string {
  return `TABLE_${entity.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}
