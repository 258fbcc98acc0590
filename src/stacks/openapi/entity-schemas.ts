import type { Entity, Field } from '../../blueprint/blueprint.ts';
import { pascal } from '../names.ts';
import { fieldSchema, type JsonSchema, requestSchema } from '../request-schema.ts';
import { schemaRef } from './operation.ts';

/** What the schemas of an entity are called: `LineItem`, `NewLineItem`, `LineItemChanges`, `LineItemPage`. */
export function schemaNames(entity: Entity): Record<'row' | 'create' | 'update' | 'page', string> {
  const name = pascal(entity.name);
  return { row: name, create: `New${name}`, update: `${name}Changes`, page: `${name}Page` };
}

/** The schemas of an entity that its operations name: what create and update accept is what the functions check. */
export function entitySchemas(entity: Entity): Record<string, JsonSchema> {
  const names = schemaNames(entity);
  return {
    [names.row]: rowSchema(entity),
    [names.create]: requestSchema(entity, 'create'),
    [names.update]: { ...requestSchema(entity, 'update'), minProperties: 1 },
    [names.page]: {
      type: 'object',
      required: ['items', 'next_cursor'],
      properties: {
        items: { type: 'array', items: schemaRef(names.row) },
        next_cursor: {
          type: ['string', 'null'],
          description: 'Give it as cursor to read on; null where the list ends.',
        },
      },
    },
  };
}

/** A row as it is answered: every field is there, null where nothing is stored. */
function rowSchema(entity: Entity): JsonSchema {
  const fields = entity.fields.filter((field) => !isHidden(entity, field));
  return {
    type: 'object',
    ...(entity.description === undefined ? {} : { description: entity.description }),
    required: fields.map((field) => field.name),
    properties: Object.fromEntries(fields.map((field) => [field.name, shownField(entity, field)])),
  };
}

/** Only what is always stored is never null: rows may be older than a field that is required today. */
function shownField(entity: Entity, field: Field): JsonSchema {
  const always = field.name === entity.key.partition || field.name === entity.key.sort;
  const { type, format, enum: values } = fieldSchema(field, always);
  return {
    ...(type === undefined ? {} : { type: always ? type : nullable(type) }),
    ...(format === undefined ? {} : { format }),
    ...(Array.isArray(values) ? { enum: always || values.includes(null) ? values : [...values, null] } : {}),
    ...(field.managed ? { readOnly: true } : {}),
    ...(field.references === undefined ? {} : { description: `The id of one ${field.references}.` }),
  };
}

function nullable(type: unknown): unknown {
  return Array.isArray(type) ? type : [type, 'null'];
}

/** Kept by the backend and never shown. */
function isHidden(entity: Entity, field: Field): boolean {
  return field.managed && entity.soft_delete && field.name === 'deleted_at';
}
