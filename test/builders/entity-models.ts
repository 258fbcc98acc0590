import type { Access, Entity, Field } from '../../src/blueprint/blueprint.ts';
import type { EntityModel, ListPath, ListSort } from '../../src/stacks/model.ts';

/** A field with the values that most have. */
export function field(name: string, type: Field['type'], more: Partial<Field> = {}): Field {
  return { name, type, required: false, unique: false, managed: false, ...more };
}

export function entity(name: string, fields: Field[], more: Partial<Entity> = {}): Entity {
  return {
    name,
    plural: `${name}s`,
    tenancy: 'global',
    fields: [
      field('id', 'string', { managed: true }),
      ...fields,
      field('created_at', 'datetime', { managed: true }),
      field('updated_at', 'datetime', { managed: true }),
    ],
    key: { partition: 'id' },
    indexes: [],
    timestamps: true,
    soft_delete: false,
    ...more,
  };
}

/** By time of creation. */
export const byCreation: ListSort = {
  attribute: 'created_at',
  field: 'created_at',
  conditions: ['eq', 'gt', 'gte', 'lt', 'lte', 'begins_with'],
};

/** All rows, through the constant partition. */
export const listOfAll: ListPath = {
  index: 'backdrift-list',
  partition: [{ attribute: '_list', from: 'constant', constant: 'all' }],
  sort: byCreation,
};

/** A model that everybody may use for everything, listed through the constant partition. */
export function model(of: Entity, more: Partial<EntityModel> = {}, access: Access = { level: 'public' }): EntityModel {
  return {
    entity: of,
    operations: { list: { access }, create: { access }, get: { access }, update: { access }, delete: { access } },
    lists: [listOfAll],
    referencedBy: [],
    ...more,
  };
}

/** One field of every type, with the limits that a field can have. */
export const task = entity('task', [
  field('title', 'string', { required: true, min_length: 1, max_length: 20 }),
  field('code', 'string', { pattern: '[A-Z]{2}-[0-9]+' }),
  field('priority', 'enum', { enum: ['low', 'medium', 'high'], default: 'medium' }),
  field('estimate', 'number', { min: -1000, max: 1000 }),
  field('position', 'integer'),
  field('done', 'boolean', { default: false }),
  field('due_on', 'date'),
  field('remind_at', 'datetime'),
  field('details', 'json'),
]);
