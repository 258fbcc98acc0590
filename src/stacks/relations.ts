import type { Entity, Field } from '../blueprint/blueprint.ts';

/** The attribute under which rows store a field: the first name of a renamed one. */
export function attributeOf(field: Field): string {
  return field.renamed_from ?? field.name;
}

/** The attribute that stores a field of an entity, by the field's name. */
export function attributeNamed(entity: Entity, name: string): string {
  const field = entity.fields.find((candidate) => candidate.name === name);
  return field === undefined ? name : attributeOf(field);
}

/** A field of one entity that holds the id of another. */
export interface Reference {
  from: Entity;
  field: Field;
  to: Entity;
}

/** What an entity has to do with others. */
export interface Relations {
  /** References that its own rows hold. */
  outgoing: Reference[];
  /** References that rows of other entities (or its own) hold to it. */
  incoming: Reference[];
}

/** The relations of every entity; a reference to an entity that does not exist is left out. */
export function relationsOf(entities: readonly Entity[]): Map<Entity, Relations> {
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  const relations = new Map<Entity, Relations>();
  for (const entity of entities) relations.set(entity, { outgoing: [], incoming: [] });
  for (const from of entities) {
    for (const field of referencesIn(from)) {
      const to = byName.get(field.references ?? '');
      if (to === undefined) continue;
      const reference = { from, field, to };
      relations.get(from)?.outgoing.push(reference);
      relations.get(to)?.incoming.push(reference);
    }
  }
  return relations;
}

/**
 * Entities whose rows a delete takes along, over any number of cascades, without the entity itself; each once, so that
 * cascades in a circle have an end.
 */
export function cascadesFrom(relations: ReadonlyMap<Entity, Relations>, entity: Entity): Entity[] {
  const found = new Set([entity]);
  for (const reached of found) {
    for (const { from, field } of relations.get(reached)?.incoming ?? []) {
      if (field.on_delete === 'cascade') found.add(from);
    }
  }
  found.delete(entity);
  return [...found];
}

const referenceFields = new WeakMap<Entity, Field[]>();

function referencesIn(entity: Entity): Field[] {
  const known = referenceFields.get(entity);
  if (known !== undefined) return known;
  const fields = entity.fields.filter((field) => field.references !== undefined);
  referenceFields.set(entity, fields);
  return fields;
}
