import { createHash } from 'node:crypto';
import { own, parseJson } from './json.ts';
import { reservedKeyPrefix } from './reserved.ts';
import { revisionAttribute } from './revision.ts';
import type { Row } from './row.ts';

/** What must be known of an entity to claim and release the unique values of its rows. All names are attributes. */
export interface Claiming {
  key: { partition: string; sort?: string };
  /** Attributes whose values are claimed. */
  unique: readonly string[];
  /** Where rows belong to tenants, a value is unique within the tenant. */
  tenantField?: string;
  ttl?: string;
}

/**
 * The claim of a unique value: a row in the same table, under a key that is made of the value, so that DynamoDB keeps
 * two of them from being there. It is written in one transaction with the row that holds the value.
 */
export interface Claim {
  /** The attribute whose value it is. */
  attribute: string;
  /** Made of tenant, attribute and value: two claims with the same id cannot be. */
  id: string;
  key: Row;
}

/** The attribute of a claim that names the row: the values of its key, as JSON. */
export const claimantAttribute = '_claimant';

/** No caller can name it: the API takes numbers up to 2^53 only. Where a table is sorted by number, claims have it too. */
const noNumber = -(10n ** 30n);

/** The claims of a row, one for each unique value that it holds. */
export function claimsOf({ key, unique, tenantField }: Claiming, row: Row): Claim[] {
  const tenant = tenantField === undefined ? null : own(row, tenantField);
  return unique.flatMap((attribute) => {
    const value = own(row, attribute);
    if (!isClaimable(value)) return [];
    const id = `${reservedKeyPrefix}${digest([tenant ?? null, attribute, comparable(value)])}`;
    const place = key.sort === undefined ? {} : { [key.sort]: isNumeric(own(row, key.sort)) ? noNumber : id };
    return [{ attribute, id, key: { [key.partition]: id, ...place } }];
  });
}

/** A claim as it is stored for a row. It goes when the row goes: it has the row's time to live. */
export function claimItem({ key, ttl }: Claiming, claim: Claim, row: Row): Row {
  const expires = ttl === undefined ? undefined : own(row, ttl);
  return {
    ...claim.key,
    [claimantAttribute]: claimantOf(key, row),
    [revisionAttribute]: own(row, revisionAttribute),
    ...(ttl === undefined || expires === undefined ? {} : { [ttl]: expires }),
  };
}

/** How a claim names a row. */
export function claimantOf({ partition, sort }: Claiming['key'], row: Row): string {
  const values = [own(row, partition), ...(sort === undefined ? [] : [own(row, sort)])];
  return JSON.stringify(values.map((value) => (typeof value === 'bigint' ? String(value) : value)));
}

/** The key of the row that a claim names; undefined when it names none. */
export function claimantKey({ partition, sort }: Claiming['key'], claim: Row): Row | undefined {
  const text = own(claim, claimantAttribute);
  const values = typeof text === 'string' ? parseJson(text) : undefined;
  if (!Array.isArray(values)) return undefined;
  const [first, second]: unknown[] = values;
  return { [partition]: first, ...(sort === undefined ? {} : { [sort]: second }) };
}

function isClaimable(value: unknown): boolean {
  return isNumeric(value) || typeof value === 'string' || typeof value === 'boolean';
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function comparable(value: unknown): unknown {
  return typeof value === 'bigint' ? { number: String(value) } : value;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
