import pLimit from 'p-limit';
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
/** Requests at the same time: half of what the SDK keeps open. */
const atOnce = 25;

/**
 * Looks for a row that forbids the delete of another: one that refers, with `on_delete: restrict`, to the row itself or
 * to a row that a cascade would take along, and that does not go with it. Nothing is changed. Looking takes half of the
 * time that is left at most, so that a call can always do a part of the work.
 * @param identity of the row that is to be deleted
 * @param remaining milliseconds that are left
 */
export async function lookBelow(
  row: Referred,
  identity: string,
  references: ReferencesTo,
  remaining: () => number,
  world: World,
): Promise<Look> {
  const restricts = [...references.values()].flat().some(({ on_delete }) => on_delete === 'restrict');
  if (!restricts) return { complete: true };
  const end = remaining() / 2;
  const search: Search = { references, doomed: new Set([identity]), goesOn: () => remaining() >= end, world };
  const parents = [row];
  for (let level = parents; level.length > 0; ) {
    level = await nextLevel(level, search);
    parents.push(...level);
  }
  const limit = pLimit(atOnce);
  let restricting: string | undefined;
  const looks = parents.map((parent) =>
    limit(async () => {
      if (restricting !== undefined || !search.goesOn()) return;
      const found = await restrictedBy(parent, references, search.doomed, world);
      if (found !== undefined) restricting = found;
    }),
  );
  await Promise.all(looks);
  return {
    ...(restricting === undefined ? {} : { restricting }),
    complete: search.goesOn() && search.doomed.size <= mostRows,
  };
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

interface Search {
  references: ReferencesTo;
  /** Rows that cascades would delete. */
  doomed: Set<string>;
  goesOn(): boolean;
  world: World;
}

/** Finds the rows that go with these, and gives those of them that others may depend on. */
async function nextLevel(
  level: readonly Referred[],
  { references, doomed, goesOn, world }: Search,
): Promise<Referred[]> {
  const next: Referred[] = [];
  const limit = pLimit(atOnce);
  const look = async (parent: Referred, reference: ReferencedBy) => {
    if (!goesOn() || doomed.size > mostRows) return;
    for await (const rows of rowsReferring(reference, parent, world)) {
      for (const row of rows) {
        const identity = identityOf(reference, row);
        if (doomed.has(identity)) continue;
        doomed.add(identity);
        if (references.has(reference.entity)) next.push(asReferred(reference, row));
      }
      if (!goesOn() || doomed.size > mostRows) return;
    }
  };
  await Promise.all(
    level.flatMap((parent) =>
      (references.get(parent.entity) ?? []).flatMap((reference) =>
        reference.on_delete === 'cascade' ? [limit(() => look(parent, reference))] : [],
      ),
    ),
  );
  return next;
}
