import { type Answer, conflict, invalid, type Problem, tooLarge } from './answer.ts';
import { withArticle } from './article.ts';
import { readBody } from './body.ts';
import { type Claimed, lookAtClaims, noObstacles, take } from './claim-steps.ts';
import { claimsOf } from './claims.ts';
import { patiently, writeOne } from './contention.ts';
import { createdAt, type RuntimeEntity, updatedAt } from './entity.ts';
import { expiryTwin } from './expiry.ts';
import { expression } from './expression.ts';
import { listAttributes } from './list-attributes.ts';
import type { Request } from './operations.ts';
import { missing, type Referred, referenceChecks } from './references.ts';
import { etagOf, revisionAttribute } from './revision.ts';
import { type Row, readNewRow, shownRow } from './row.ts';
import { taken } from './taken.ts';
import { type Step, transact } from './transaction.ts';
import { visible } from './visible.ts';
import type { World } from './world.ts';

/** Something that is written together with a new row, or not at all; `refusal` is the answer when it cannot be. */
export interface Companion {
  kind: 'companion';
  refusal: Problem;
}

type Meaning = { kind: 'row' } | Referred | Claimed | Companion;

/**
 * Stores a new row: id, times, owner and tenant are ours, the rest is the caller's or a default. One conditional write;
 * a transaction where the row refers to others or holds a unique value.
 * @param companions what else is written in the same transaction
 */
export async function create(
  entity: RuntimeEntity,
  { call, owned }: Request,
  world: World,
  companions: (row: Row) => readonly Step<Companion>[] = () => [],
): Promise<Answer> {
  const read = readBody(call);
  if (read.kind === 'problem') return read;
  const fields = readNewRow(entity, read.body);
  if (fields.kind === 'errors') return invalid(fields.errors);
  const row: Row = Object.fromEntries([...fields.set].map(([rule, value]) => [rule.attribute, value]));
  Object.assign(row, expiryTwin(entity, fields.set), automaticAttributes(entity, world), owned);
  const { partition } = entity.key;
  if (partition.managed) row[partition.attribute] = world.newId();
  const checks = referenceChecks(entity, fields.set, row, call.caller, world);
  if (checks.kind === 'errors') return invalid(checks.errors);

  const more: Step<Meaning>[] = [...checks.steps, ...companions(row)];
  const refusal =
    more.length === 0 && claimsOf(entity.claiming, row).length === 0
      ? await putAlone(entity, row, world)
      : await putTogether(entity, row, more, world);
  return refusal ?? { kind: 'row', status: 201, body: shownRow(entity, row), etag: etagOf(row) };
}

async function putAlone(entity: RuntimeEntity, row: Row, world: World): Promise<Problem | undefined> {
  const written = await writeOne(world, () => world.documents.put(putRequest(entity, row, world)));
  return written.kind === 'done' ? undefined : keyTaken(entity);
}

async function putTogether(
  entity: RuntimeEntity,
  row: Row,
  more: readonly Step<Meaning>[],
  world: World,
): Promise<Problem | undefined> {
  const { claiming } = entity;
  const table = world.table(entity.name);
  const hiding = visible({ soft_delete: entity.softDelete, ttl: claiming.ttl }, world.now());
  const obstacles = noObstacles();
  const outcome = await patiently<{ refusal?: Problem }>(world, async () => {
    const written = await transact<Meaning>(world, [
      { item: { Put: putRequest(entity, row, world) }, meaning: { kind: 'row' } },
      ...more,
      ...claimsOf(claiming, row).map((claim) => take(claiming, claim, row, table, obstacles)),
    ]);
    if (written.kind === 'done') return {};
    if (written.kind === 'too-large') return { refusal: tooLarge() };
    const errors = written.meanings.flatMap((meaning) => (meaning.kind === 'reference' ? missing(meaning) : []));
    if (errors.length > 0) return { refusal: invalid(errors) };
    const claims: Claimed[] = [];
    for (const meaning of written.meanings) {
      if (meaning.kind === 'row') return { refusal: keyTaken(entity) };
      if (meaning.kind === 'companion') return { refusal: meaning.refusal };
      if (meaning.kind !== 'reference') claims.push(meaning);
    }
    const attribute = await lookAtClaims(claiming, claims, hiding, table, obstacles, world);
    return attribute === undefined ? undefined : { refusal: taken(entity, attribute) };
  });
  return outcome.refusal;
}

/** A request that the SDK repeats, because the first answer was lost, finds its own row. */
function putRequest(entity: RuntimeEntity, row: Row, world: World) {
  const names = expression();
  const absent = `attribute_not_exists(${names.name(entity.key.partition.attribute)})`;
  const mine = `${names.name(revisionAttribute)} = ${names.value(row[revisionAttribute])}`;
  return {
    TableName: world.table(entity.name),
    Item: row,
    ConditionExpression: `${absent} OR ${mine}`,
    ...names.tables(),
  };
}

function keyTaken(entity: RuntimeEntity): Problem {
  const { partition, sort } = entity.key;
  const key = sort === undefined ? partition.name : `${partition.name} and ${sort.name}`;
  return conflict(`There is ${withArticle(entity.name)} with this ${key} already.`);
}

/** Times, the revision, and the attribute that puts the row into the index behind list where no field does. */
function automaticAttributes(entity: RuntimeEntity, world: World): Row {
  const now = world.now().toISOString();
  return {
    ...(entity.timestamps ? { [createdAt]: now, [updatedAt]: now } : {}),
    ...listAttributes(entity),
    [revisionAttribute]: world.newId(),
  };
}
