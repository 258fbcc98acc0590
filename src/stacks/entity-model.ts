import type { Entity, Field } from '../blueprint/blueprint.ts';
import { indexesOf, indexFor } from './indexes.ts';
import { listPathsOf } from './list-paths.ts';
import { teamOf } from './members/team.ts';
import { type EntityModel, type ReferencedBy, tenantClaim, ttlAttribute } from './model.ts';
import { attributeNamed, attributeOf, cascadesFrom, type Reference } from './relations.ts';
import { type Scope, tenancyOf } from './scope.ts';

/** The model of an entity's handlers. Keys stand in one order, whatever the order in the Blueprint's text. */
export function modelOf(scope: Scope, entity: Entity): EntityModel {
  const { outgoing } = scope.relations.get(entity) ?? { outgoing: [] };
  const resource = scope.resources.get(entity);
  const tenancy = tenancyOf(scope, entity);
  const ttl = ttlOf(entity);
  const references = outgoing
    .filter(({ to }) => to.key.sort === undefined)
    .map(({ field, to }) => {
      const target = tenancyOf(scope, to);
      return {
        field: field.name,
        entity: to.name,
        key: keyAttributes(to).partition,
        ...(target === undefined ? {} : { tenantField: attributeNamed(to, target.field) }),
        ...hidden(to),
      };
    });
  const below = cascadesFrom(scope.relations, entity).flatMap((reached): [string, ReferencedBy[]][] => {
    const references = referencedBy(scope, reached);
    return references.length === 0 ? [] : [[reached.name, references]];
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
    ...(tenancy?.kind === 'self' ? createsTenant(scope) : {}),
    ...(references.length === 0 ? {} : { references }),
    referencedBy: referencedBy(scope, entity),
    ...(below.length === 0 ? {} : { below: Object.fromEntries(below) }),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

function referencedBy(scope: Scope, entity: Entity): ReferencedBy[] {
  return (scope.relations.get(entity)?.incoming ?? []).map(({ from, field }) => {
    const index = indexFor(from, indexesOf(scope, from), field.name);
    const tenancy = tenancyOf(scope, from);
    const unique = claimsLost({ from, field });
    return {
      entity: from.name,
      field: attributeOf(field),
      ...(index === undefined ? {} : { index: index.name }),
      on_delete: field.on_delete ?? 'restrict',
      key: keyAttributes(from),
      ...hidden(from),
      ...(tenancy?.kind === 'row' ? { tenantField: attributeNamed(from, tenancy.field) } : {}),
      ...(unique.length === 0 ? {} : { unique }),
    };
  });
}

/** The unique values that a row no longer holds once the row that it refers to is deleted. */
function claimsLost({ from, field }: Pick<Reference, 'from' | 'field'>): string[] {
  const claimed = claimedFields(from);
  if (field.on_delete === 'cascade') return claimed.map(attributeOf);
  return field.on_delete === 'set_null' && claimed.includes(field) ? [attributeOf(field)] : [];
}

/** Fields whose values are claimed by rows of their own. The key alone is unique without it. */
export function claimedFields({ fields, key }: Entity): Field[] {
  return fields.filter(({ unique, name }) => unique && !(name === key.partition && key.sort === undefined));
}

/** How rows of an entity tell that they count as gone. */
function hidden(entity: Entity): { soft_delete?: true; ttl?: string } {
  const ttl = ttlOf(entity);
  return {
    ...(entity.soft_delete ? { soft_delete: true as const } : {}),
    ...(ttl === undefined ? {} : { ttl: ttl.attribute }),
  };
}

/** DynamoDB expires rows by a number of epoch seconds; a datetime is stored as text, so it has a numeric twin. */
export function ttlOf(entity: Entity): { field: string; attribute: string } | undefined {
  const field = entity.fields.find(({ name }) => name === entity.ttl);
  if (field === undefined) return undefined;
  const numeric = field.type === 'integer' || field.type === 'number';
  return { field: field.name, attribute: numeric ? attributeOf(field) : ttlAttribute };
}

/** Who creates a tenant becomes its admin. */
function createsTenant(scope: Scope): Pick<EntityModel, 'createsTenant'> {
  const team = teamOf(scope.blueprint);
  if (team === undefined) return {};
  const { partition, sort } = keyAttributes(team.members);
  const members = { entity: team.members.name, tenant: partition, user: sort ?? 'user_id' };
  return { createsTenant: { attribute: tenantClaim, group: team.leader, members } };
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
export function sorted(value: unknown): unknown {
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
