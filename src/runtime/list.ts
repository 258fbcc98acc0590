import { type Answer, badRequest, type FieldError, type Problem } from './answer.ts';
import { type CursorScope, openCursor, sealCursor } from './cursor.ts';
import type { RuntimeEntity } from './entity.ts';
import type { Guard } from './guard.ts';
import { placeOf, readRows } from './list-page.ts';
import { type Plan, planFor } from './list-plan.ts';
import { readQuestion } from './list-question.ts';
import { waysToAsk } from './list-ways.ts';
import type { Request } from './operations.ts';
import { type Row, shownRow } from './row.ts';
import type { World } from './world.ts';

/**
 * Bytes of the rows on a page, as they travel: Lambda hands on at most 6 MB, in which the body is a text within JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const pageBytes = 5 * 1024 * 1024;

/**
 * One page of rows, and the cursor of the next one: by a query on the table or on an index that answers the whole
 * question; by a scan only where the Blueprint allows it and nothing is asked.
 */
export async function list(entity: RuntimeEntity, { call, guards }: Request, world: World): Promise<Answer> {
  const question = readQuestion(entity, call);
  if ('errors' in question) return refused(entity, question.errors);
  const plan = planFor(entity, question, call.caller, guards);
  if (plan === undefined) return badRequest(`No index answers this together. ${waysToAsk(entity)}`);
  const scope = { table: world.table(entity.name), list: nameOf(entity, plan, guards) };
  const after = question.cursor === undefined ? undefined : openCursor(scope, question.cursor);
  if (question.cursor !== undefined && after?.length !== plan.place.length)
    return badRequest('The cursor is not one of this list. Leave it out to start from the beginning.');

  const { rows, last } = await readRows(entity, plan, guards, { limit: question.limit, after, world });
  const items = rows.map((row) => shownRow(entity, row));
  const count = fitting(items);
  if (count < items.length) return page(items.slice(0, count), scope, placeOf(plan, rows[count - 1] ?? {}));
  return page(items, scope, last);
}

function page(items: Row[], scope: CursorScope, last: ReturnType<typeof placeOf> | undefined): Answer {
  return { kind: 'page', items, nextCursor: last === undefined ? null : sealCursor(scope, last) };
}

function refused(entity: RuntimeEntity, errors: FieldError[]): Problem {
  return { ...badRequest(`Correct the parameters that are listed in errors. ${waysToAsk(entity)}`), errors };
}

/** What tells this list from every other: a cursor belongs to one of them. Not when it was asked, nor how many rows. */
function nameOf(entity: RuntimeEntity, { index, partition, sort, descending }: Plan, guards: readonly Guard[]): string {
  const whose = guards.flatMap((guard) => ('equals' in guard ? [[guard.attribute, guard.equals]] : []));
  return JSON.stringify([entity.name, index ?? null, partition, sort ?? null, descending, whose]);
}

/** How many rows travel together; one at least. */
function fitting(items: readonly Row[]): number {
  let bytes = 0;
  for (const [position, item] of items.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(item)));
    if (bytes > pageBytes) return Math.max(position, 1);
  }
  return items.length;
}
