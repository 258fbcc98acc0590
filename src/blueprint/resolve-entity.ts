import type { Entity, Field } from './blueprint.ts';
import { entityPlural } from './naming.ts';
import type { EntityDocument, FieldDocument } from './schema.ts';

const known = new WeakMap<EntityDocument, { tenantField: string | undefined; entity: Entity }>();

/**
 * An entity with everything written out: its key, the tenant field, the fields that Backdrift keeps. Remembered, so
 * that an entity that did not change is the same object in the next Blueprint.
 *
 * @param tenantField the field that names the tenant, where the Blueprint has several.
 * @param implied the document is ours, not a part of the text
 */
export function resolveEntity(document: EntityDocument, tenantField: string | undefined, implied = false): Entity {
  const before = known.get(document);
  if (before !== undefined && before.tenantField === tenantField) return before.entity;
  const entity = { ...write(document, tenantField), ...(implied && { implied: true as const }) };
  known.set(document, { tenantField, entity });
  return entity;
}

function write(document: EntityDocument, tenantField: string | undefined): Entity {
  const { name, description, owner_field, ttl, timestamps, soft_delete, renamed_from } = document;
  const tenancy = document.tenancy ?? 'global';
  const partition = document.fields.find(({ primary, sort }) => primary === true && sort !== true)?.name ?? 'id';
  const sort = document.fields.find(({ primary, sort }) => primary === true && sort === true)?.name;
  return {
    name,
    plural: entityPlural(name),
    ...(description !== undefined && { description }),
    tenancy,
    fields: fieldsOf(document, partition, sort, tenancy === 'tenant' ? tenantField : undefined),
    key: { partition, ...(sort !== undefined && { sort }) },
    indexes: document.indexes.map((index) => ({
      name: index.name,
      partition: index.partition,
      ...(index.sort !== undefined && { sort: index.sort }),
    })),
    ...(owner_field !== undefined && { owner_field }),
    ...(ttl !== undefined && { ttl }),
    timestamps,
    soft_delete,
    ...(renamed_from !== undefined && { renamed_from }),
  };
}

/** The key first, then the other fields as written, then what Backdrift keeps and the Blueprint does not list. */
function fieldsOf(
  document: EntityDocument,
  partition: string,
  sort: string | undefined,
  tenantField: string | undefined,
): Field[] {
  const kept = new Map<string, Field>();
  const keep = (name: string, type: Field['type'], required: boolean) =>
    kept.set(name, { name, type, required, unique: false, managed: true });
  if (partition === 'id') keep('id', 'string', true);
  if (tenantField !== undefined) keep(tenantField, 'string', true);
  if (document.timestamps) {
    keep('created_at', 'datetime', true);
    keep('updated_at', 'datetime', true);
  }
  if (document.soft_delete) keep('deleted_at', 'datetime', false);

  const fields = new Map<string, Field>();
  for (const field of document.fields) {
    const automatic = kept.get(field.name);
    const managed = automatic !== undefined || field.name === document.owner_field;
    const required =
      automatic?.required ?? (field.required === true || field.name === partition || field.name === sort);
    fields.set(field.name, asWritten(field, required, managed));
  }
  const isKey = (name: string) => name === partition || name === sort;
  const rank = ({ name }: Field) => (name === partition ? 0 : name === sort ? 1 : 2);
  const listed = [...fields.values()];
  const added = [...kept.values()].filter(({ name }) => !fields.has(name));
  const keys = [...listed, ...added].filter(({ name }) => isKey(name)).sort((a, b) => rank(a) - rank(b));
  return [...keys, ...[...listed, ...added].filter(({ name }) => !isKey(name))];
}

function asWritten(field: FieldDocument, required: boolean, managed: boolean): Field {
  return {
    name: field.name,
    type: field.type,
    required,
    unique: field.unique ?? false,
    ...(field.default !== undefined && { default: field.default }),
    ...(field.enum && { enum: field.enum }),
    ...(field.min !== undefined && { min: field.min }),
    ...(field.max !== undefined && { max: field.max }),
    ...(field.min_length !== undefined && { min_length: field.min_length }),
    ...(field.max_length !== undefined && { max_length: field.max_length }),
    ...(field.pattern !== undefined && { pattern: field.pattern }),
    ...(field.references !== undefined && { references: field.references }),
    ...(field.references !== undefined && { on_delete: field.on_delete ?? 'restrict' }),
    ...(field.renamed_from !== undefined && { renamed_from: field.renamed_from }),
    managed,
  };
}
