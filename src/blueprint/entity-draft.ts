import * as z from 'zod';
import { type Finding, under } from './finding.ts';
import type { BlueprintPath } from './problem.ts';
import {
  type EntityDocument,
  entitySchema,
  type FieldDocument,
  fieldSchema,
  type IndexDocument,
  indexSchema,
} from './schema.ts';
import { shapeOf } from './shape.ts';
import { childOf, itemsOf, type SourceNode, textOf } from './source.ts';

export type EntityOwn = Omit<EntityDocument, 'fields' | 'indexes'>;

/** What is sound of an entity that may be broken. Paths count from the entity. */
export interface EntityDraft {
  /** As written, also where the rest is broken. */
  name?: string;
  /** The names of all fields, also of broken ones: a field that is being typed is not unknown. */
  fieldNames: ReadonlySet<string>;
  /** Everything but fields and indexes. */
  own?: EntityOwn;
  fields: readonly { path: BlueprintPath; value: FieldDocument }[];
  indexes: readonly { path: BlueprintPath; value: IndexDocument }[];
  /** Absent when any part is not as the schema wants it. */
  document?: EntityDocument;
  findings: readonly Finding[];
}

const ownSchema = entitySchema.omit({ fields: true, indexes: true });
const listSchema = z.array(z.unknown());
const known = new WeakMap<SourceNode, EntityDraft>();

/** Remembered for as long as the entity's node lives: an entity whose text did not change is the same object. */
export function entityDraft(node: SourceNode): EntityDraft {
  let draft = known.get(node);
  if (draft === undefined) {
    draft = readEntity(node);
    known.set(node, draft);
  }
  return draft;
}

function readEntity(node: SourceNode): EntityDraft {
  const findings: Finding[] = [];
  const home = ['entities', 0];
  const own = shapeOf(ownSchema, node, home, ['fields', 'indexes']);
  findings.push(...own.findings);

  function list<T>(schema: z.ZodType<T>, key: string): { path: BlueprintPath; value: T }[] {
    const child = childOf(node, key);
    if (child === undefined) return [];
    if (child.kind !== 'list') {
      findings.push(...under([key], shapeOf(listSchema, child, [...home, key]).findings));
      return [];
    }
    return child.items.flatMap((item, index) => {
      const shaped = shapeOf(schema, item.node, [...home, key, index]);
      findings.push(...under([key, index], shaped.findings));
      return shaped.sound && shaped.value !== undefined ? [{ path: [key, index], value: shaped.value }] : [];
    });
  }

  const fields = list<FieldDocument>(fieldSchema, 'fields');
  const indexes = list<IndexDocument>(indexSchema, 'indexes');
  const name = textOf(childOf(node, 'name'));
  const written = itemsOf(childOf(node, 'fields')).map((item) => textOf(childOf(item.node, 'name')));
  const draft: EntityDraft = {
    ...(name !== undefined && { name }),
    fieldNames: new Set(written.filter((field) => field !== undefined)),
    ...(own.value && { own: own.value }),
    fields,
    indexes,
    findings,
  };
  if (findings.length === 0 && own.value !== undefined) {
    draft.document = {
      ...own.value,
      fields: fields.map(({ value }) => value),
      indexes: indexes.map(({ value }) => value),
    };
  }
  return draft;
}
