import type { RuntimeEntity } from './entity.ts';
import { expression, guardTerms } from './expression.ts';
import { type Guard, passes } from './guard.ts';
import { isBetween, isEmptyRange, keyCondition } from './key-condition.ts';
import type { Plan } from './list-plan.ts';
import type { KeyValue } from './list-question.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** Reads behind one page. Rows that are hidden cost reads too; a page that finds too many of them ends early. */
const mostReads = 5;
/** Items behind one read, as far as DynamoDB gives them: it stops after 1 MB. */
const mostItems = 1000;

export interface PageOfRows {
  /** At most the limit. */
  rows: Row[];
  /** The place of the last row that was looked at; absent when it is known that no row follows. */
  last?: KeyValue[];
}

/**
 * Reads until the page is full. One row more than the limit is looked for, so that the last page is known to be the last.
 */
export async function readRows(
  entity: RuntimeEntity,
  plan: Plan,
  guards: readonly Guard[],
  { limit, after, world }: { limit: number; after: readonly KeyValue[] | undefined; world: World },
): Promise<PageOfRows> {
  if (isEmptyRange(plan)) return { rows: [] };
  const rows: Row[] = [];
  let from: Row | undefined = after && {
    ...Object.fromEntries(plan.partition),
    ...Object.fromEntries(zip(plan.place, after)),
  };
  let scanned = 0;
  for (let reads = 0; reads < mostReads; reads++) {
    const size = itemsToRead(limit + 1 - rows.length, { reads, scanned, found: rows.length });
    const page = await read(entity, plan, guards, { size, from, world });
    scanned += page.scanned;
    for (const row of page.items) if (passes(row, guards) && isBetween(plan, row)) rows.push(row);
    from = page.last;
    if (from === undefined || rows.length > limit) break;
  }
  if (rows.length > limit) {
    const shown = rows.slice(0, limit);
    return { rows: shown, last: placeOf(plan, shown.at(-1) ?? {}) };
  }
  return { rows, ...(from === undefined ? {} : { last: placeOf(plan, from) }) };
}

/**
 * As many items as it takes when rows go on being hidden as often as they were so far, and soon many where that was often.
 */
function itemsToRead(
  missing: number,
  { reads, scanned, found }: { reads: number; scanned: number; found: number },
): number {
  const expected = reads === 0 ? missing : Math.ceil((missing * scanned) / Math.max(found, 1));
  return Math.min(mostItems, Math.max(expected, reads === 0 ? 0 : 10 ** reads));
}

/** The key values of a row that tell its place in the list. */
export function placeOf({ place }: Plan, row: Row): KeyValue[] {
  return place.map((attribute) => {
    const value = row[attribute];
    return typeof value === 'number' || typeof value === 'bigint' ? value : String(value);
  });
}

function zip(attributes: readonly string[], values: readonly KeyValue[]): [string, KeyValue | undefined][] {
  return attributes.map((attribute, position) => [attribute, values[position]]);
}

async function read(
  entity: RuntimeEntity,
  plan: Plan,
  guards: readonly Guard[],
  { size, from, world }: { size: number; from: Row | undefined; world: World },
): Promise<{ items: Row[]; scanned: number; last?: Row }> {
  const names = expression();
  const isQuery = plan.partition.length > 0;
  const key = isQuery ? { KeyConditionExpression: keyCondition(plan, names) } : {};
  const terms = guardTerms(isQuery ? outsideKeys(entity, plan, guards) : guards, names);
  const request = {
    TableName: world.table(entity.name),
    ...(plan.index === undefined ? {} : { IndexName: plan.index }),
    ...key,
    ...(terms.length > 0 ? { FilterExpression: terms.join(' AND ') } : {}),
    ...names.tables(),
    ...(from ? { ExclusiveStartKey: from } : {}),
    ...(plan.descending ? { ScanIndexForward: false } : {}),
    Limit: size,
  };
  const page = isQuery ? await world.documents.query(request) : await world.documents.scan(request);
  const items = page.Items ?? [];
  return {
    items,
    scanned: page.ScannedCount ?? items.length,
    ...(page.LastEvaluatedKey ? { last: page.LastEvaluatedKey } : {}),
  };
}

/** The filter of a query must not name the keys; those guards are looked at when the rows have come. */
function outsideKeys(entity: RuntimeEntity, plan: Plan, guards: readonly Guard[]): Guard[] {
  const { partition, sort } = entity.key;
  const keys = new Set([partition.attribute, sort?.attribute, plan.sort?.attribute]);
  for (const [attribute] of plan.partition) keys.add(attribute);
  return guards.filter(({ attribute }) => !keys.has(attribute));
}
