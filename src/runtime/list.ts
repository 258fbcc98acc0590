import { type Answer, badRequest, type Problem } from './answer.ts';
import type { Caller } from './caller.ts';
import { type CursorPart, decodeCursor, encodeCursor } from './cursor.ts';
import type { RuntimeEntity } from './entity.ts';
import type { Call } from './event.ts';
import { expression, guardTerms } from './expression.ts';
import { Misconfigured } from './misconfigured.ts';
import type { Request } from './operations.ts';
import { type Row, shownRow } from './row.ts';
import type { Guard } from './scope.ts';
import type { World } from './world.ts';

const defaultLimit = 25;
const largestLimit = 100;
/** Reads behind one page. Rows that are filtered out cost reads; a page may end early and still have a cursor. */
const mostReads = 5;

/**
 * One page of rows: `?limit=` 1 to 100 (default 25) and `?cursor=` from the page before. Oldest first where the index
 * is sorted by time. A query on the table or an index; a scan only where the Blueprint allows it.
 */
export async function list(entity: RuntimeEntity, { call, guards }: Request, world: World): Promise<Answer> {
  const page = readPage(call);
  if (page.kind === 'problem') return page;
  const source = sourceOf(entity, call.caller);
  const start = page.cursor === undefined ? undefined : decodeCursor(source.cursor, page.cursor);
  if (page.cursor !== undefined && start === undefined)
    return badRequest('The cursor is not one of this list. Leave it out to start from the beginning.');

  const filter = guards.filter((guard) => guard.attribute !== source.partition?.attribute);
  const rows: Row[] = [];
  let from = start && { ...start, ...source.partitionKey };
  for (let reads = 0; reads < mostReads; reads++) {
    const { items, last } = await read(entity, source, filter, page.limit - rows.length, from, world);
    rows.push(...items);
    from = last;
    if (from === undefined || rows.length >= page.limit) break;
  }
  return {
    kind: 'page',
    items: rows.map((row) => shownRow(entity, row)),
    nextCursor: from === undefined ? null : encodeCursor(source.cursor, from),
  };
}

/** What the rows are read from. */
interface Source {
  index?: string;
  partition?: { attribute: string; value: string };
  partitionKey: Record<string, string>;
  /** The key attributes that tell a row's place, the partition of the query left out. */
  cursor: CursorPart[];
}

function sourceOf(entity: RuntimeEntity, caller: Caller): Source {
  const { list: query, key } = entity;
  const tableKey = [key.partition.attribute, ...(key.sort ? [key.sort.attribute] : [])];
  if (!query) return { partitionKey: {}, cursor: tableKey.map((name) => cursorPart(entity, name)) };
  const { attribute, value } = query.partition;
  const partition = { attribute, value: partitionValue(value, caller) };
  const attributes = new Set([...tableKey, ...(query.sort === undefined ? [] : [query.sort])]);
  attributes.delete(attribute);
  return {
    ...(query.index === undefined ? {} : { index: query.index }),
    partition,
    partitionKey: { [attribute]: partition.value },
    cursor: [...attributes].map((name) => cursorPart(entity, name)),
  };
}

function partitionValue(value: NonNullable<RuntimeEntity['list']>['partition']['value'], caller: Caller): string {
  if (value.from === 'constant') return value.constant;
  const id = value.from === 'tenant' ? caller.tenant : caller.sub;
  if (id === undefined) throw new Misconfigured(`the model lists by ${value.from} where the caller may have none`);
  return id;
}

function cursorPart(entity: RuntimeEntity, attribute: string): CursorPart {
  const rule = [...entity.fields.values()].find((field) => field.attribute === attribute);
  return { attribute, ...(rule ? { rule } : {}) };
}

async function read(
  entity: RuntimeEntity,
  source: Source,
  filter: readonly Guard[],
  limit: number,
  from: Record<string, unknown> | undefined,
  world: World,
): Promise<{ items: Row[]; last?: Record<string, unknown> }> {
  const names = expression();
  const partition = source.partition;
  const condition = partition && `${names.name(partition.attribute)} = ${names.value(partition.value)}`;
  const terms = guardTerms(filter, names);
  const request = {
    TableName: world.table(entity.name),
    ...(source.index === undefined ? {} : { IndexName: source.index }),
    ...(terms.length > 0 ? { FilterExpression: terms.join(' AND ') } : {}),
    ...names.tables(),
    ...(from ? { ExclusiveStartKey: from } : {}),
    Limit: limit,
  };
  const page = condition
    ? await world.documents.query({ ...request, KeyConditionExpression: condition })
    : await world.documents.scan(request);
  return { items: page.Items ?? [], ...(page.LastEvaluatedKey ? { last: page.LastEvaluatedKey } : {}) };
}

type ReadPage = { kind: 'page'; limit: number; cursor?: string } | Problem;

/** A parameter that list does not know is refused: a filter that is silently ignored gives a wrong answer. */
function readPage({ query }: Call): ReadPage {
  for (const name of query.keys()) {
    if (name !== 'limit' && name !== 'cursor')
      return badRequest(
        `There is no query parameter ${JSON.stringify(name.slice(0, 100))}: list takes limit and cursor.`,
      );
  }
  const text = query.get('limit') ?? String(defaultLimit);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > largestLimit) return badRequest(`limit must be a whole number from 1 to ${largestLimit}.`);
  const cursor = query.get('cursor');
  return { kind: 'page', limit, ...(cursor === undefined ? {} : { cursor }) };
}
