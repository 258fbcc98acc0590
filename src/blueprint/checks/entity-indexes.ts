import type { EntityDraft } from '../entity-draft.ts';
import type { Finding } from '../finding.ts';
import { automaticFields } from '../outline.ts';
import { closest, oneOf } from '../suggest.ts';
import type { EntityCheck, EntitySurroundings } from './check.ts';

/** DynamoDB allows 20 global secondary indexes on a table; two are kept for the lists that Backdrift generates. */
const mostIndexes = 18;

/** Indexes: over fields that exist and that DynamoDB can hold in a key. */
export const checkEntityIndexes: EntityCheck = (entity, surroundings) => {
  const findings: Finding[] = [];
  for (const { path, value } of entity.indexes) {
    for (const key of ['partition', 'sort'] as const) {
      const name = value[key];
      if (name === undefined) continue;
      const missing = unknownField(entity, surroundings, name, [...path, key]);
      if (missing !== undefined) findings.push(missing);
      const type = entity.fields.find((field) => field.value.name === name)?.value.type;
      if (type === 'json' || type === 'boolean') {
        findings.push({
          code: 'index-type',
          message: `\`${name}\` cannot be indexed: it is ${type === 'json' ? 'json' : 'a boolean'}.`,
          hint: type === 'boolean' ? 'Make it an enum, such as `enum: [open, done]`.' : 'Index a field of its own.',
          path: [...path, key],
        });
      }
    }
    if (value.sort === value.partition) {
      findings.push({
        code: 'index-type',
        message: 'The sort key of an index is another field than its partition key.',
        hint: 'Remove `sort`, or name the field that orders the rows.',
        path: [...path, 'sort'],
      });
    }
  }
  const excess = entity.indexes[mostIndexes];
  if (excess !== undefined) {
    findings.push({
      code: 'too-many-indexes',
      message: `An entity may have ${mostIndexes} indexes; this one has ${entity.indexes.length}.`,
      hint: 'Remove indexes that no list needs.',
      path: excess.path,
      at: 'label',
    });
  }
  return findings;
};

/** `owner_field` and `ttl` name fields that exist and have a fitting type. */
export const checkEntityFieldRoles: EntityCheck = (entity, surroundings) => {
  const findings: Finding[] = [];
  const { own } = entity;
  if (own?.owner_field !== undefined) {
    const missing = unknownField(entity, surroundings, own.owner_field, ['owner_field']);
    if (missing !== undefined) {
      findings.push({
        ...missing,
        hint: missing.hint ?? `Add \`{ name: ${own.owner_field}, type: string }\` to the fields.`,
      });
    }
    const type = typeOf(entity, own.owner_field);
    if (type !== undefined && type !== 'string') {
      findings.push({
        code: 'owner-field-type',
        message: `\`${own.owner_field}\` holds the id of a user, so it must be a string, not ${type}.`,
        hint: 'Change the type of the field to string.',
        path: ['owner_field'],
      });
    }
  }
  if (own?.ttl !== undefined) {
    const missing = unknownField(entity, surroundings, own.ttl, ['ttl']);
    if (missing !== undefined) findings.push(missing);
    const type = typeOf(entity, own.ttl);
    if (type !== undefined && type !== 'datetime' && type !== 'integer') {
      findings.push({
        code: 'ttl-type',
        message: `\`${own.ttl}\` cannot say when a row expires: it is ${type}.`,
        hint: 'Use a datetime field, or an integer field with epoch seconds.',
        path: ['ttl'],
      });
    }
  }
  return findings;
};

function typeOf(entity: EntityDraft, name: string): string | undefined {
  return entity.fields.find(({ value }) => value.name === name)?.value.type;
}

function unknownField(
  entity: EntityDraft,
  { tenantField }: EntitySurroundings,
  name: string,
  path: Finding['path'],
): Finding | undefined {
  const automatic = automaticFields(entity.own);
  if (entity.fieldNames.has(name) || automatic.includes(name) || name === tenantField) return undefined;
  const known = [...entity.fieldNames, ...automatic, ...(tenantField === undefined ? [] : [tenantField])];
  const meant = closest(name, known);
  return {
    code: 'unknown-field',
    message: `\`${entity.name ?? 'The entity'}\` has no field \`${name}\`.`,
    hint: meant !== undefined ? `Did you mean \`${meant}\`?` : `It has ${oneOf(known)}.`,
    path,
    ...(meant !== undefined && { replacement: { text: meant } }),
  };
}
