import { type Answer, conflict, notFound, type Problem, unfinished } from './answer.ts';
import { withArticle } from './article.ts';
import { patiently } from './contention.ts';
import type { Referred } from './dependents.ts';
import type { RuntimeEntity } from './entity.ts';
import { type Expression, guardTerms } from './expression.ts';
import { readKey } from './key.ts';
import { lookBelow } from './look-below.ts';
import type { Request } from './operations.ts';
import { end } from './removal.ts';
import { type Precondition, preconditionTerms, readPrecondition, unchangedTerm } from './revision.ts';
import type { Row } from './row.ts';
import { settleDependents } from './settle.ts';
import { isTold, readRow, unmatched } from './unmatched.ts';
import type { World } from './world.ts';

/**
 * Deletes one row, or marks it as deleted where the entity says so; with `If-Match`, only one that nobody has changed
 * since. Rows that refer to it come first: they forbid it, go with it, or lose the reference.
 */
export async function remove(entity: RuntimeEntity, request: Request, world: World): Promise<Answer> {
  const read = readKey(entity, request.call);
  if (read.kind === 'problem') return read;
  const ifMatch = readPrecondition('If-Match', request.call.ifMatch);
  if (ifMatch.kind === 'problem') return ifMatch;
  const { precondition } = ifMatch;
  if (!hasDependents(entity)) return removeRow(entity, read.key, request, precondition, world);

  const row = await readRow(entity, read.key, world);
  const refusal = unmatched(entity, row, request.guards, precondition);
  if (refusal || row === undefined) return refusal ?? notFound(entity.name);
  const inTheWay = await makeWay(entity, row, request, world);
  if (inTheWay) return inTheWay;
  const answer = await removeRow(entity, read.key, request, precondition, world);
  // Rows that came to refer to it in the meantime. Now that it is gone, no more can.
  if (answer.kind === 'done') await settle(entity, row, false, request, world);
  return answer;
}

/** Sees to the rows that refer to this one. */
async function makeWay(entity: RuntimeEntity, row: Row, request: Request, world: World): Promise<Problem | undefined> {
  const { referencesTo } = entity;
  const { remaining } = request.call;
  const look = await lookBelow(asReferred(entity, row), identityOf(entity, row), referencesTo, remaining, world);
  if (look.restricting !== undefined) return restricted(entity, look.restricting);
  const settled = await settle(entity, row, !look.complete, request, world);
  if (settled.kind === 'restricted') return restricted(entity, settled.by);
  return settled.kind === 'unfinished' ? unfinished() : undefined;
}

function settle(entity: RuntimeEntity, row: Row, watchful: boolean, { call }: Request, world: World) {
  const { referencesTo } = entity;
  const identity = identityOf(entity, row);
  return settleDependents(asReferred(entity, row), identity, referencesTo, watchful, call.remaining, world);
}

/** Deletes or marks the row itself and gives up its claims. */
function removeRow(
  entity: RuntimeEntity,
  key: Row,
  { guards }: Request,
  ifMatch: Precondition | undefined,
  world: World,
): Promise<Answer> {
  const { claiming } = entity;
  const place = { table: world.table(entity.name), claiming };
  const holdsClaims = claiming.unique.length > 0;
  return patiently<Answer>(world, async () => {
    // What the row holds tells which claims go with it; nothing may change it in between.
    const row = holdsClaims ? await readRow(entity, key, world) : key;
    if (holdsClaims || row === undefined) {
      const refusal = unmatched(entity, row, guards, ifMatch);
      if (refusal || row === undefined) return refusal;
    }
    const condition = (names: Expression) => [
      `attribute_exists(${names.name(claiming.key.partition)})`,
      ...guardTerms(guards, names),
      ...(holdsClaims ? [unchangedTerm(row, names)] : preconditionTerms(ifMatch, names)),
    ];
    if (await end(place, row, { kind: entity.softDelete ? 'mark' : 'delete' }, condition, world))
      return { kind: 'done' };
    if (holdsClaims) return undefined;
    if (ifMatch === undefined && !isTold(guards)) return notFound(entity.name);
    return unmatched(entity, await readRow(entity, key, world), guards, ifMatch);
  });
}

function hasDependents(entity: RuntimeEntity): boolean {
  return (entity.referencesTo.get(entity.name) ?? []).length > 0;
}

function asReferred({ name, claiming, tenant }: RuntimeEntity, row: Row): Referred {
  const id = row[claiming.key.partition];
  const tenantId = tenant && row[tenant.rule.attribute];
  return { entity: name, id, ...(typeof tenantId === 'string' ? { tenant: tenantId } : {}) };
}

function identityOf({ name, claiming }: RuntimeEntity, row: Row): string {
  return JSON.stringify([name, row[claiming.key.partition]]);
}

function restricted(entity: RuntimeEntity, by: string): Problem {
  return conflict(`There is ${withArticle(by)} that refers to this ${entity.name}. Delete or change it first.`);
}
