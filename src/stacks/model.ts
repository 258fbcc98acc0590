import type { Access, Entity } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';

/**
 * What a generated handler is told about its entity: `model.json` in its zip. One runtime serves every entity; this
 * is all that differs. Table names come from the environment (`TABLE_<ENTITY>`), never from here.
 *
 * Attributes: a row stores a field under `renamed_from` where that is set, else under the field's name
 * (`attributeOf` in relations.ts). Of the handler's own entity, fields are named (the keys of `ListPath` apart, which may
 * be no fields); of other entities, whose fields the handler does not know, attributes.
 */
export interface EntityModel {
  /** Without descriptions: they do not change what the handler does. */
  entity: Entity;
  /** By operation: who may call. */
  operations: Partial<Record<Operation, { access: Access }>>;
  /** What list may read, the first that answers a request first: one query on a key each. Absent where list is not offered. */
  lists?: ListPath[];
  /** A list that asks for nothing in particular reads the whole table: the Blueprint allows it, and no path answers. */
  scan?: true;
  /**
   * The field that holds the tenant's id. With `self`, each row is a tenant: the field is the key, and create makes
   * the caller the tenant's first user (`createsTenant`) instead of asking for a tenant.
   */
  tenancy?: { field: string; self?: true };
  /**
   * On the tenant entity: create makes the caller its first member, with the role `group`, in our table and in the pool;
   * delete takes the last member away with it.
   */
  createsTenant?: {
    attribute: string;
    group: string;
    /** The entity of members, with its key. */
    members: { entity: string; tenant: string; user: string };
  };
  /** Rows that a row points to, which must exist (and belong to the same tenant) on create and update. `field` is its own. */
  references?: {
    field: string;
    entity: string;
    key: string;
    tenantField?: string;
    soft_delete?: true;
    /** The attribute with the epoch seconds after which the row counts as gone. */
    ttl?: string;
  }[];
  /** What delete must look at. */
  referencedBy: ReferencedBy[];
  /** The same for every other entity from which a cascade takes rows and goes on. */
  below?: Record<string, ReferencedBy[]>;
  /** DynamoDB removes a row when the epoch seconds in `attribute` have passed; the handler keeps it from `field`. */
  ttl?: { field: string; attribute: string };
}

/** An entity whose rows hold the id of another in the attribute `field`. Without `index`, its table answers. */
export interface ReferencedBy {
  entity: string;
  field: string;
  index?: string;
  on_delete: 'restrict' | 'cascade' | 'set_null';
  /** The key of the referencing entity: what a cascade deletes by. */
  key?: { partition: string; sort?: string };
  soft_delete?: true;
  /** The attribute with the epoch seconds after which a row counts as gone. */
  ttl?: string;
  /** The attribute that holds the tenant of its rows, where each belongs to one. */
  tenantField?: string;
  /** Attributes whose values are claimed and must be released: with the row (cascade), or with the reference (set_null). */
  unique?: string[];
}

/** One way in which list may read rows: a query on `index` (the table itself when absent) for one partition. */
export interface ListPath {
  index?: string;
  /** The attributes of the partition key and where their values come from. Two where each tenant has partitions of its own. */
  partition: ListKey[];
  /** What orders the rows of a partition. */
  sort?: ListSort;
}

export type ListKey =
  | { attribute: string; from: 'constant'; constant: string }
  /** From the caller's token. */
  | { attribute: string; from: 'tenant' | 'owner' }
  /** From the request: the field must be asked for by `=`. */
  | { attribute: string; from: 'request'; field: string };

export interface ListSort {
  attribute: string;
  field: string;
  /** What a request may ask of the field. Empty where the caller's token gives its value: no request names it then. */
  conditions: ListCondition[];
  /** Rows may lack the field, and a row without it is not in the index: it answers only requests that name the field. */
  optional?: true;
}

/** `field=value`, `field.gt=value` and so on. */
export type ListCondition = 'eq' | 'gt' | 'gte' | 'lt' | 'lte' | 'begins_with';

/** `model.json` of the function that answers GET /openapi.json. */
export interface ServedDocument {
  access: Access;
  openapi: { [key: string]: unknown };
}

/** The attribute and index that Backdrift adds to a table so that list can be a query where no field answers it. */
export const listAttribute = '_list';
export const listIndex = 'backdrift-list';
/** The attribute that holds epoch seconds where the TTL field is a datetime (DynamoDB reads numbers only). */
export const ttlAttribute = '_ttl';
/** The user's tenant, in the token and in the pool. Written by the backend only. */
export const tenantClaim = 'custom:tenant_id';

/** The environment variable that carries the name of an entity's table: `TABLE_LINE_ITEM` for `line_item`. */
export function tableVariable(entity: string): string {
  return `TABLE_${entity.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

/** The environment variable with the origins that CORS allows, separated by commas; absent without `api.cors`. */
export const originsVariable = 'CORS_ORIGINS';
/** The environment variable with `<project>-<environment>`: what the metrics of requests are counted under. */
export const serviceVariable = 'BACKDRIFT_SERVICE';
/** The environment variable with the user pool's id, for the function that creates tenants. */
export const userPoolVariable = 'USER_POOL_ID';
/**
 * The environment variable of a user's function behind the API: JSON from `METHOD /path` to who may call. The
 * authorizer in front has checked the token only; owner and role are for the code around the function to check.
 */
export const accessVariable = 'ROUTE_ACCESS';
