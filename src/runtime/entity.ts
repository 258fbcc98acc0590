import type { Access, Entity, Field } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';
import type { EntityModel, ListPath, ReferencedBy } from '../stacks/model.ts';
import type { Claiming } from './claims.ts';
import { isObject, own, ownText } from './json.ts';
import { Misconfigured } from './misconfigured.ts';

/** An entity as the handlers use it: its model, made ready once when the function starts. */
export interface RuntimeEntity {
  name: string;
  fields: ReadonlyMap<string, FieldRule>;
  key: { partition: FieldRule; sort?: FieldRule };
  operations: Partial<Record<Operation, { access: Access }>>;
  /** What list may read, in the order of preference. */
  lists: readonly ListPath[];
  /** List may read the whole table where it is asked for nothing in particular. */
  scans: boolean;
  /** `self`: each row is a tenant, and the field is its key. */
  tenant?: { rule: FieldRule; self: boolean };
  /** Who creates a row becomes the first member of a tenant. */
  createsTenant?: NonNullable<EntityModel['createsTenant']>;
  owner?: FieldRule;
  /** The numeric twin of a datetime after which DynamoDB removes the row. */
  expiry?: { rule: FieldRule; attribute: string };
  timestamps: boolean;
  softDelete: boolean;
  /** How unique values are claimed. */
  claiming: Claiming;
  /** The attribute with the epoch seconds after which a row counts as gone, and the field that says so. */
  ttl?: { rule: FieldRule; attribute: string };
  references: NonNullable<EntityModel['references']>;
  /** By entity, the references to its rows: to this one's, and to those of every entity that a cascade reaches. */
  referencesTo: ReadonlyMap<string, readonly ReferencedBy[]>;
}

export interface FieldRule extends Field {
  /** The name under which rows store it: the first one of a renamed field. */
  attribute: string;
  /** Part of the key of the table or of an index: DynamoDB limits its size and takes no empty text. */
  keyPart?: 'partition' | 'sort';
  /** The whole value must match. */
  matches?: RegExp;
}

/** Bytes of UTF-8 that a key may have. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const keyBytes = { partition: 2048, sort: 1024 } as const;

/** The names under which the automatic fields are kept. */
export const createdAt = 'created_at';
export const updatedAt = 'updated_at';
export const deletedAt = 'deleted_at';

/** Makes a model ready. Throws when it is not one: the zip was not made by Backdrift. */
export function prepareEntity(value: unknown): RuntimeEntity {
  if (!isModel(value)) throw new Misconfigured('model.json is not the model of an entity');
  const { entity } = value;
  const fields = new Map(entity.fields.map((field) => [field.name, ruleOf(field, entity)]));
  const partition = fields.get(entity.key.partition);
  const sort = entity.key.sort === undefined ? undefined : fields.get(entity.key.sort);
  if (!partition) throw new Misconfigured('model.json has no field for the partition key');
  if (entity.key.sort !== undefined && !sort) throw new Misconfigured('model.json has no field for the sort key');
  const tenant = value.tenancy && fields.get(value.tenancy.field);
  if (value.tenancy && !tenant) throw new Misconfigured('model.json has no field for the tenant');
  const owner = entity.owner_field === undefined ? undefined : fields.get(entity.owner_field);
  const expiring = value.ttl && fields.get(value.ttl.field);
  return {
    name: entity.name,
    fields,
    key: { partition, ...(sort ? { sort } : {}) },
    operations: value.operations,
    lists: value.lists ?? [],
    scans: value.scan === true,
    ...(tenant ? { tenant: { rule: tenant, self: value.tenancy?.self === true } } : {}),
    ...(value.createsTenant ? { createsTenant: value.createsTenant } : {}),
    ...(owner ? { owner } : {}),
    ...(value.ttl && expiring && value.ttl.attribute !== expiring.attribute
      ? { expiry: { rule: expiring, attribute: value.ttl.attribute } }
      : {}),
    timestamps: entity.timestamps,
    softDelete: entity.soft_delete,
    claiming: claimingOf([...fields.values()], partition, sort, value, tenant),
    ...(value.ttl && expiring ? { ttl: { rule: expiring, attribute: value.ttl.attribute } } : {}),
    references: value.references ?? [],
    referencesTo: new Map([...Object.entries(value.below ?? {}), [entity.name, value.referencedBy]]),
  };
}

/** The key alone is unique without a claim; a tenant is unique among all tenants. */
function claimingOf(
  fields: readonly FieldRule[],
  partition: FieldRule,
  sort: FieldRule | undefined,
  { tenancy, ttl }: EntityModel,
  tenant: FieldRule | undefined,
): Claiming {
  const unique = fields.filter((rule) => rule.unique && (rule !== partition || sort !== undefined));
  return {
    key: { partition: partition.attribute, ...(sort ? { sort: sort.attribute } : {}) },
    unique: unique.map(({ attribute }) => attribute),
    ...(tenant && tenancy?.self !== true ? { tenantField: tenant.attribute } : {}),
    ...(ttl ? { ttl: ttl.attribute } : {}),
  };
}

function ruleOf(field: Field, entity: Entity): FieldRule {
  const keyPart = keyPartOf(field, entity);
  return {
    ...field,
    attribute: field.renamed_from ?? field.name,
    ...(keyPart === undefined ? {} : { keyPart }),
    ...(field.pattern === undefined ? {} : { matches: new RegExp(`^(?:${field.pattern})$`, 'u') }),
  };
}

/** The stricter limit where a field is a sort key in one place and a partition key in another. */
function keyPartOf({ name, references }: Field, entity: Entity): FieldRule['keyPart'] {
  const keys = [entity.key, ...entity.indexes];
  if (keys.some((key) => key.sort === name)) return 'sort';
  // Half of a partition key, as the tenant's id may stand before the value.
  if (entity.tenancy === 'tenant' && entity.indexes.some((index) => index.partition === name)) return 'sort';
  if (keys.some((key) => key.partition === name) || references !== undefined) return 'partition';
  return undefined;
}

/** The build writes the model from checked types; this tells a file of ours from any other, not more. */
function isModel(value: unknown): value is EntityModel {
  const entity = own(value, 'entity');
  const fields = own(entity, 'fields');
  const known = new Set(['string', 'number', 'integer', 'boolean', 'datetime', 'date', 'enum', 'json']);
  return (
    ownText(entity, 'name') !== undefined &&
    ownText(own(entity, 'key'), 'partition') !== undefined &&
    Array.isArray(fields) &&
    fields.every((field) => ownText(field, 'name') !== undefined && known.has(ownText(field, 'type') ?? '')) &&
    Array.isArray(own(entity, 'indexes')) &&
    isObject(own(value, 'operations')) &&
    Array.isArray(own(value, 'referencedBy'))
  );
}

/** Whether the values of a field are stored as text. */
export function isText({ type }: FieldRule): boolean {
  return type !== 'number' && type !== 'integer';
}
