import { type Answer, badRequest, invalid, notFound, tooLarge } from './answer.ts';
import { readBody } from './body.ts';
import { type Change, changed, changeExpression, changeOf, touches } from './change.ts';
import { type Claimed, lookAtClaims, noObstacles, release, take } from './claim-steps.ts';
import { claimsOf } from './claims.ts';
import { patiently, writeOne } from './contention.ts';
import type { RuntimeEntity } from './entity.ts';
import { type Expression, expression, guardTerms } from './expression.ts';
import type { Guard } from './guard.ts';
import { readKey } from './key.ts';
import type { Request } from './operations.ts';
import { missing, type Referred, referenceChecks } from './references.ts';
import {
  etagOf,
  type Precondition,
  preconditionTerms,
  readPrecondition,
  revisionAttribute,
  unchangedTerm,
} from './revision.ts';
import { type Row, readChanges, shownRow } from './row.ts';
import { taken } from './taken.ts';
import { type Step, transact } from './transaction.ts';
import { isTold, readRow, unmatched } from './unmatched.ts';
import { visible } from './visible.ts';
import type { World } from './world.ts';

/** An update that is ready to be written. */
interface Task {
  entity: RuntimeEntity;
  key: Row;
  change: Change;
  guards: readonly Guard[];
  ifMatch: Precondition | undefined;
  checks: readonly Step<Referred>[];
}

type Meaning = { kind: 'row' } | Referred | Claimed;

/**
 * Changes the fields that the body names and leaves the others as they are (PATCH); with `If-Match`, only a row that
 * nobody has changed since. One conditional write; a transaction where it touches references or unique values.
 */
export async function update(entity: RuntimeEntity, { call, guards }: Request, world: World): Promise<Answer> {
  const read = readKey(entity, call);
  if (read.kind === 'problem') return read;
  const ifMatch = readPrecondition('If-Match', call.ifMatch);
  if (ifMatch.kind === 'problem') return ifMatch;
  const body = readBody(call);
  if (body.kind === 'problem') return body;
  if (Object.keys(body.body).length === 0) return badRequest('Name at least one field to change.');
  const fields = readChanges(entity, body.body);
  if (fields.kind === 'errors') return invalid(fields.errors);
  const checks = referenceChecks(entity, fields.set, read.key, call.caller, world);
  if (checks.kind === 'errors') return invalid(checks.errors);

  const change = changeOf(entity, fields, world);
  const task = { entity, key: read.key, change, guards, ifMatch: ifMatch.precondition, checks: checks.steps };
  if (touchesClaims(entity, change)) return writeWithClaims(task, world);
  if (task.checks.length > 0) return patiently(world, () => writeWithChecks(task, world));
  return patiently(world, () => writeAlone(task, world));
}

/** A unique value changes, or the time at which the row and its claims expire. */
function touchesClaims({ claiming: { unique, ttl } }: RuntimeEntity, change: Change): boolean {
  return unique.length > 0 && [...unique, ...(ttl === undefined ? [] : [ttl])].some((one) => touches(change, one));
}

/** Undefined, here and below, means that the row was changed between two steps: the next attempt looks again. */
async function writeAlone(task: Task, world: World): Promise<Answer | undefined> {
  const { documents } = world;
  const written = await writeOne(world, () =>
    documents.update({ ...updateRequest(task, world), ReturnValues: 'ALL_NEW' }),
  );
  if (written.kind === 'done') return rowAnswer(task.entity, written.output.Attributes ?? {});
  return whyNot(task, world);
}

/** The row is read afterwards: a transaction gives none back. */
async function writeWithChecks(task: Task, world: World): Promise<Answer | undefined> {
  const { entity, checks } = task;
  const written = await transact<Meaning>(world, [
    { item: { Update: updateRequest(task, world) }, meaning: { kind: 'row' } },
    ...checks,
  ]);
  if (written.kind === 'too-large') return tooLarge();
  if (written.kind === 'refused') {
    if (written.meanings.some(({ kind }) => kind === 'row')) return whyNot(task, world);
    return invalid(written.meanings.flatMap((meaning) => (meaning.kind === 'reference' ? missing(meaning) : [])));
  }
  const row = await readRow(entity, task.key, world);
  return row === undefined ? notFound(entity.name) : rowAnswer(entity, row);
}

/** The row is read before, because what it holds tells which claims it gives up; nothing may change it in between. */
function writeWithClaims(task: Task, world: World): Promise<Answer> {
  const { entity, change, checks } = task;
  const { claiming } = entity;
  const table = world.table(entity.name);
  const hiding = visible({ soft_delete: entity.softDelete, ttl: claiming.ttl }, world.now());
  const obstacles = noObstacles();
  return patiently<Answer>(world, async () => {
    const row = await readRow(entity, task.key, world);
    const refusal = unmatched(entity, row, task.guards, task.ifMatch);
    if (refusal || row === undefined) return refusal;
    const after = changed(row, change);
    const before = claimsOf(claiming, row);
    const kept = claimsOf(claiming, after);
    const wanted = kept.filter(({ attribute }) => touches(change, attribute) || touches(change, claiming.ttl));
    const lost = before.filter((claim) => !kept.some(({ id }) => id === claim.id));
    const written = await transact<Meaning>(world, [
      { item: { Update: updateRequest(task, world, row) }, meaning: { kind: 'row' } },
      ...checks,
      ...wanted.map((claim) => take(claiming, claim, after, table, obstacles)),
      ...lost.flatMap((claim) => release(claiming, claim, row, table, obstacles)),
    ]);
    if (written.kind === 'done') return rowAnswer(entity, after);
    if (written.kind === 'too-large') return tooLarge();
    const { meanings } = written;
    if (meanings.some(({ kind }) => kind === 'row')) return undefined;
    const errors = meanings.flatMap((meaning) => (meaning.kind === 'reference' ? missing(meaning) : []));
    if (errors.length > 0) return invalid(errors);
    const claims = meanings.flatMap((meaning) =>
      meaning.kind === 'take' || meaning.kind === 'release' ? [meaning] : [],
    );
    const attribute = await lookAtClaims(claiming, claims, hiding, table, obstacles, world);
    return attribute === undefined ? undefined : taken(entity, attribute);
  });
}

async function whyNot({ entity, key, guards, ifMatch }: Task, world: World): Promise<Answer | undefined> {
  if (ifMatch === undefined && !isTold(guards)) return notFound(entity.name);
  return unmatched(entity, await readRow(entity, key, world), guards, ifMatch);
}

/** @param read the row that must not have changed since it was read */
function updateRequest({ entity, key, change, guards, ifMatch }: Task, world: World, read?: Row) {
  const names = expression();
  const written = change.set[revisionAttribute];
  const terms = [
    `attribute_exists(${names.name(entity.key.partition.attribute)})`,
    ...guardTerms(guards, names),
    ...(read === undefined ? ifMatchTerms(ifMatch, names, written) : [unchangedTerm(read, names)]),
  ];
  return {
    TableName: world.table(entity.name),
    Key: key,
    ConditionExpression: terms.join(' AND '),
    UpdateExpression: changeExpression(change, names),
    ...names.tables(),
  };
}

function ifMatchTerms(ifMatch: Precondition | undefined, names: Expression, written: unknown): string[] {
  return preconditionTerms(ifMatch, names, typeof written === 'string' ? written : undefined);
}

function rowAnswer(entity: RuntimeEntity, row: Row): Answer {
  return { kind: 'row', status: 200, body: shownRow(entity, row), etag: etagOf(row) };
}
