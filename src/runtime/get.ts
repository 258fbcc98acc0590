import { type Answer, notFound } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import { passes } from './guard.ts';
import { readKey } from './key.ts';
import type { Request } from './operations.ts';
import { etagOf, meets, readPrecondition } from './revision.ts';
import { shownRow } from './row.ts';
import type { World } from './world.ts';

/** Reads one row, as it stands after every write before; with `If-None-Match`, only if it has changed. */
export async function get(entity: RuntimeEntity, { call, guards }: Request, world: World): Promise<Answer> {
  const read = readKey(entity, call);
  if (read.kind === 'problem') return read;
  const known = readPrecondition('If-None-Match', call.ifNoneMatch);
  if (known.kind === 'problem') return known;
  const { Item: row } = await world.documents.get({
    TableName: world.table(entity.name),
    Key: read.key,
    ConsistentRead: true,
  });
  if (row === undefined || !passes(row, guards)) return notFound(entity.name);
  if (known.precondition && meets(row, known.precondition)) return { kind: 'not-modified', etag: etagOf(row) };
  return { kind: 'row', status: 200, body: shownRow(entity, row), etag: etagOf(row) };
}
