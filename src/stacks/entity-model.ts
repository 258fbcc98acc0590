import type { Entity, Field } from '../blueprint/blueprint.ts';
import { indexesOf, indexFor } from './indexes.ts';
import { listPathsOf } from './list-paths.ts';
import { type EntityModel, tenantClaim, ttlAttribute } from './model.ts';
import { attributeNamed, attributeOf } from './relations.ts';
import { type Scope, tenancyOf } from './scope.ts';

/** The model of an entity's handlers. Keys stand in one order, whatever the order in the Blueprint's text. */
export function modelOf(scope: Scope, entity: Entity): EntityModel {
  const { outgoing, incoming } = scope.relations.get(entity) ?? { outgoing: [], incoming: [] };
  const resource = scope.resources.get(entity);
  const tenancy = tenancyOf(scope, entity);
  const ttl = ttlOf(entity);
  const references = outgoing
    .filter(({ to }) => to.key.sort === undefined)
    .map(({ field, to }) => {
      const target = tenancyOf(scope, to);
      const expiry = ttlOf(to);
      return {
        field: field.name,
        entity: to.name,
        key: keyAttributes(to).partition,
        ...(target === undefined ? {} : { tenantField: attributeNamed(to, target.field) }),
        ...(to.soft_delete ? { soft_delete: true as const } : {}),
        ...(expiry === undefined ? {} : { ttl: expiry.attribute }),
      };
    });
  return {
    entity: plainEntity(entity),
    operations: Object.fromEntries(
      (resource?.operations ?? []).map(({ operation, access }) => [
        operation,
        { access: access.level === 'role' ? { level: access.level, role: access.role } : { level: access.level } },
      ]),
    ),
    ...listPathsOf(scope, entity),
    ...(tenancy === undefined
      ? {}
      : { tenancy: { field: tenancy.field, ...(tenancy.kind === 'self' ? { self: true as const } : {}) } }),
    ...(tenancy?.kind === 'self' ? { createsTenant: { attribute: tenantClaim, ...firstGroup(scope) } } : {}),
    ...(references.length === 0 ? {} : { references }),
    referencedBy: incoming.map(({ from, field }) => {
      const index = indexFor(from, indexesOf(scope, from), field.name);
      return {
        entity: from.name,
        field: attributeOf(field),
        ...(index === undefined ? {} : { index: index.name }),
        on_delete: field.on_delete ?? 'restrict',
        key: keyAttributes(from),
        ...(from.soft_delete ? { soft_delete: true as const } : {}),
      };
    }),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

/** DynamoDB expires rows by a number of epoch seconds; a datetime is stored as text, so it has a numeric twin. */
export function ttlOf(entity: Entity): { field: string; attribute: string } | undefined {
  const field = entity.fields.find(({ name }) => name === entity.ttl);
  if (field === undefined) return undefined;
  const numeric = field.type === 'integer' || field.type === 'number';
  return { field: field.name, attribute: numeric ? attributeOf(field) : ttlAttribute };
}

/** Who creates a tenant becomes its admin: the role of that name, else the first one. */
function firstGroup(scope: Scope): { group?: string } {
  const roles = scope.blueprint.auth?.roles ?? [];
  const group = roles.includes('admin') ? 'admin' : roles[0];
  return group === undefined ? {} : { group };
}

function keyOf({ key }: Entity): { partition: string; sort?: string } {
  return { partition: key.partition, ...(key.sort === undefined ? {} : { sort: key.sort }) };
}

function plainEntity(entity: Entity): Entity {
  return {
    name: entity.name,
    plural: entity.plural,
    tenancy: entity.tenancy,
    fields: entity.fields.map(plainField),
    key: keyOf(entity),
    indexes: entity.indexes.map(({ name, partition, sort }) => ({
      name,
      partition,
      ...(sort === undefined ? {} : { sort }),
    })),
    ...(entity.owner_field === undefined ? {} : { owner_field: entity.owner_field }),
    ...(entity.ttl === undefined ? {} : { ttl: entity.ttl }),
    timestamps: entity.timestamps,
    soft_delete: entity.soft_delete,
  };
}

function plainField(field: Field): Field {
  return {
    name: field.name,
    type: field.type,
    required: field.required,
    unique: field.unique,
    ...(field.default === undefined ? {} : { default: sorted(field.default) }),
    ...(field.enum === undefined ? {} : { enum: [...field.enum] }),
    ...(field.min === undefined ? {} : { min: field.min }),
    ...(field.max === undefined ? {} : { max: field.max }),
    ...(field.min_length === undefined ? {} : { min_length: field.min_length }),
    ...(field.max_length === undefined ? {} : { max_length: field.max_length }),
    ...(field.pattern === undefined ? {} : { pattern: field.pattern }),
    ...(field.references === undefined ? {} : { references: field.references }),
    ...(field.on_delete === undefined ? {} : { on_delete: field.on_delete }),
    ...(field.renamed_from === undefined ? {} : { renamed_from: field.renamed_from }),
    managed: field.managed,
  };
}

/** JSON with the keys of every object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** The type of an attribute that is part of a key: number or string. Undefined for what cannot be part of one. */
export function keyType(entity: Entity, attribute: string): 'S' | 'N' | undefined {
  const field = entity.fields.find((candidate) => attributeOf(candidate) === attribute);
  switch (field?.type) {
    case 'number':
    case 'integer':
      return 'N';
    case 'boolean':
    case 'json':
      return undefined;
    default:
      return 'S';
  }
}

/** The attributes of an entity's primary key. */
export function keyAttributes(entity: Entity): { partition: string; sort?: string } {
  return {
    partition: attributeNamed(entity, entity.key.partition),
    ...(entity.key.sort === undefined ? {} : { sort: attributeNamed(entity, entity.key.sort) }),
  };
}
