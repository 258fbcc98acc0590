import { forbidden, notFound, type Problem, unauthenticated } from '../answer.ts';
import type { Caller } from '../caller.ts';
import type { RuntimeEntity } from '../entity.ts';
import type { Call } from '../event.ts';
import { passes } from '../guard.ts';
import { own } from '../json.ts';
import { readKey } from '../key.ts';
import { type Row, shownRow } from '../row.ts';
import { present, refusalOf } from '../scope.ts';
import type { World } from '../world.ts';
import type { NamedRow, Route } from './routes.ts';

/** What looking up a row needs of the world. */
export type Lookup = Pick<World, 'documents' | 'table' | 'now'>;

export type SeenRow = { kind: 'row'; row: { [field: string]: unknown } } | Problem;

/**
 * The row that a path names, for a caller who may see it. The generated API gives the same answers: a row of another
 * tenant, a deleted one, an expired one and one that never was cannot be told apart.
 */
export async function seeRow(
  { entity, seenBy }: NamedRow,
  { access }: Route,
  call: Call,
  lookup: () => Promise<Lookup>,
): Promise<SeenRow> {
  const { caller } = call;
  if (entity.tenant && caller.tenant === undefined)
    return caller.sub === undefined ? unauthenticated() : forbidden('Your account belongs to no tenant yet.');
  const read = readKey(entity, call);
  if (read.kind === 'problem') return read;
  const { documents, table, now } = await lookup();
  const { Item: row } = await documents.get({ TableName: table(entity.name), Key: read.key, ConsistentRead: true });
  if (row === undefined || isHidden(row, entity, caller, now())) return notFound(entity.name);
  if (access.level === 'owner' && (!entity.owner || own(row, entity.owner.attribute) !== caller.sub)) {
    const seen = seenBy !== undefined && seenBy.level !== 'owner' && refusalOf(seenBy, caller) === undefined;
    return seen ? forbidden(`Only the owner of this ${entity.name} may do this.`) : notFound(entity.name);
  }
  return { kind: 'row', row: shownRow(entity, row) };
}

function isHidden(row: Row, entity: RuntimeEntity, caller: Caller, now: Date): boolean {
  const { tenant } = entity;
  if (tenant && own(row, tenant.rule.attribute) !== caller.tenant) return true;
  return !passes(row, present(entity, now));
}
