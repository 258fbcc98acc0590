import type { ReferencedBy } from '../stacks/model.ts';
import { asReferred, identityOf, type Referred, rowsReferring } from './dependents.ts';
import type { World } from './world.ts';

/** By entity, the references to its rows. */
export type ReferencesTo = ReadonlyMap<string, readonly ReferencedBy[]>;

/** What a delete would run into. */
export interface Look {
  /** The name of an entity with a row that forbids the delete. */
  restricting?: string;
  /** All rows that would go were looked at. Otherwise a row further down may still forbid it. */
  complete: boolean;
}

/** Enough for any delete that ends within a call; a larger one is looked at while it is carried out. */
const mostRows = 10_000;

/**
 * Looks for a row that forbids the delete of another: one that refers, with `on_delete: restrict`, to the row itself or
 * to a row that a cascade would take along, and that does not go with it. Nothing is changed.
 * @param identity of the row that is to be deleted
 */
export async function lookBelow(
  row: Referred,
  identity: string,
  references: ReferencesTo,
  world: World,
): Promise<Look> {
  const restricts = [...references.values()].flat().some(({ on_delete }) => on_delete === 'restrict');
  if (!restricts) return { complete: true };
  const doomed = new Set([identity]);
  const parents = [row];
  const complete = await collect(parents, doomed, references, world);
  for (const parent of parents) {
    const restricting = await restrictedBy(parent, references, doomed, world);
    if (restricting !== undefined) return { restricting, complete };
  }
  return { complete };
}

/** The name of an entity with a row that refers to this one, forbids its deletion and stays. */
export async function restrictedBy(
  row: Referred,
  references: ReferencesTo,
  doomed: ReadonlySet<string>,
  world: World,
): Promise<string | undefined> {
  for (const reference of references.get(row.entity) ?? []) {
    if (reference.on_delete !== 'restrict') continue;
    for await (const rows of rowsReferring(reference, row, world, 10)) {
      if (rows.some((one) => !doomed.has(identityOf(reference, one)))) return reference.entity;
    }
  }
  return undefined;
}

/** Adds the rows that cascades would delete, and of those the ones that others may depend on. */
async function collect(
  parents: Referred[],
  doomed: Set<string>,
  references: ReferencesTo,
  world: World,
): Promise<boolean> {
  // The list grows while it is gone through.
  for (const parent of parents) {
    for (const reference of references.get(parent.entity) ?? []) {
      if (reference.on_delete !== 'cascade') continue;
      for await (const rows of rowsReferring(reference, parent, world)) {
        for (const row of rows) {
          const identity = identityOf(reference, row);
          if (doomed.has(identity)) continue;
          doomed.add(identity);
          if (references.has(reference.entity)) parents.push(asReferred(reference, row));
        }
        if (doomed.size > mostRows) return false;
      }
    }
  }
  return true;
}
