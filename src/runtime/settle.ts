import pLimit from 'p-limit';
import type { ReferencedBy } from '../stacks/model.ts';
import { asReferred, identityOf, placeOf, type Referred, rowsReferring } from './dependents.ts';
import { type ReferencesTo, restrictedBy } from './look-below.ts';
import { end } from './removal.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

export type Settled =
  | { kind: 'settled' }
  /** The time is up. What is done stays done; the same call goes on from there. */
  | { kind: 'unfinished' }
  /** A row was found on the way that forbids the delete. */
  | { kind: 'restricted'; by: string };

/** Requests at the same time: half of what the SDK keeps open. */
const atOnce = 25;
/** Rows that are worked on side by side, on each level: a few are finished before many are begun. */
const inHand = 10;
/** Milliseconds that are kept for the answer. */
const reserve = 3000;

/** One delete and everything that it drags along. */
interface Errand {
  references: ReferencesTo;
  /** Rows that go, or are being gone through already: cascades in a circle end here. */
  doomed: Set<string>;
  /** Rows further down were not all looked at before. */
  watchful: boolean;
  limit: <Result>(work: () => Promise<Result>) => Promise<Result>;
  remaining(): number;
  world: World;
  outcome: Settled;
}

/**
 * Does to the rows that refer to a row what `on_delete` says: delete them, and before that what refers to them
 * (`cascade`), or take the reference away (`set_null`). A row goes after everything below it, so that a call that breaks
 * off can be made again.
 * @param identity of the row
 * @param watchful look for rows that forbid it on the way
 * @param remaining milliseconds that are left
 */
export async function settleDependents(
  row: Referred,
  identity: string,
  references: ReferencesTo,
  watchful: boolean,
  remaining: () => number,
  world: World,
): Promise<Settled> {
  const errand: Errand = {
    references,
    doomed: new Set([identity]),
    watchful,
    limit: pLimit(atOnce),
    remaining,
    world,
    outcome: { kind: 'settled' },
  };
  await settleBelow(row, errand);
  return errand.outcome;
}

async function settleBelow(row: Referred, errand: Errand): Promise<void> {
  const { references, doomed, world } = errand;
  if (errand.watchful) {
    const by = await errand.limit(() => restrictedBy(row, references, doomed, world));
    if (by !== undefined) errand.outcome = { kind: 'restricted', by };
  }
  for (const reference of references.get(row.entity) ?? []) {
    if (reference.on_delete === 'restrict') continue;
    for await (const rows of rowsReferring(reference, row, world)) {
      if (errand.outcome.kind !== 'settled') return;
      const few = pLimit(inHand);
      await Promise.all(rows.map((one) => few(() => settleOne(reference, one, row.id, errand))));
    }
  }
}

async function settleOne(reference: ReferencedBy, row: Row, id: unknown, errand: Errand): Promise<void> {
  if (errand.outcome.kind !== 'settled') return;
  if (reference.on_delete === 'cascade') {
    const identity = identityOf(reference, row);
    if (errand.doomed.has(identity)) return;
    errand.doomed.add(identity);
    if (errand.references.has(reference.entity)) await settleBelow(asReferred(reference, row), errand);
  }
  await errand.limit(async () => {
    if (errand.outcome.kind === 'settled' && errand.remaining() < reserve) errand.outcome = { kind: 'unfinished' };
    if (errand.outcome.kind !== 'settled') return;
    // Another call may have been faster: the row must still refer to the one that goes.
    await end(
      placeOf(reference, errand.world),
      row,
      endingOf(reference),
      (names) => [`${names.name(reference.field)} = ${names.value(id)}`],
      errand.world,
    );
  });
}

function endingOf({ on_delete, soft_delete, field }: ReferencedBy): Parameters<typeof end>[2] {
  if (on_delete === 'set_null') return { kind: 'unset', attribute: field };
  return { kind: soft_delete ? 'mark' : 'delete' };
}
