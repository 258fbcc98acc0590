import type { Entity, Field } from '../blueprint/blueprint.ts';

/** A JSON Schema, as far as it is made here. */
export type JsonSchema = { [key: string]: unknown };

/**
 * The body of create or update, as JSON Schema. Create takes every field that callers may write; update takes any part
 * of them except the key, which stands in the path. A field that is not required may be null: stored as absent.
 */
export function requestSchema(entity: Entity, operation: 'create' | 'update'): JsonSchema {
  const key = new Set([entity.key.partition, entity.key.sort]);
  const fields = entity.fields.filter((field) => !field.managed && (operation === 'create' || !key.has(field.name)));
  const required = fields
    .filter((field) => operation === 'create' && isMandatory(field, key))
    .map((field) => field.name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, isMandatory(field, key))])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** A caller must give it: it is required, or part of the key, and nothing fills it in. */
function isMandatory(field: Field, key: ReadonlySet<string | undefined>): boolean {
  return (field.required || key.has(field.name)) && field.default === undefined;
}

/** What a value of the field may be; a field that is not mandatory and not required may be null. */
export function fieldSchema(field: Field, mandatory: boolean): JsonSchema {
  const nullable = !mandatory && !field.required;
  const type = (name: string) => (nullable ? [name, 'null'] : name);
  switch (field.type) {
    case 'integer':
    case 'number':
      return {
        type: type(field.type),
        // What lies beyond is not kept exactly by JSON's readers, so the functions do not take it.
        minimum: field.min ?? Number.MIN_SAFE_INTEGER,
        maximum: field.max ?? Number.MAX_SAFE_INTEGER,
      };
    case 'boolean':
      return { type: type('boolean') };
    case 'json':
      // Numbers deeper inside are held to the same bounds, which a schema of any value cannot say.
      return { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case 'enum':
      return { type: type('string'), enum: [...(field.enum ?? []), ...(nullable ? [null] : [])] };
    case 'datetime':
      return { type: type('string'), format: 'date-time' };
    case 'date':
      return { type: type('string'), format: 'date' };
    case 'string':
      return {
        type: type('string'),
        ...(field.min_length === undefined ? {} : { minLength: field.min_length }),
        ...(field.max_length === undefined ? {} : { maxLength: field.max_length }),
        ...(field.pattern === undefined ? {} : { pattern: `^(?:${field.pattern})$` }),
      };
  }
}
