import type { ReferenceTarget } from '../stacks/model.ts';
import type { FieldError } from './answer.ts';
import type { Caller } from './caller.ts';
import { deletedAt, type FieldRule, type RuntimeEntity } from './entity.ts';
import { expression } from './expression.ts';
import { type Guard, passes } from './scope.ts';
import type { World } from './world.ts';

/**
 * Fields whose value names a row that does not exist, or one of another tenant. The look and the write that follows
 * are two steps: a row that is deleted between them leaves a reference to nothing.
 */
export async function missingReferences(
  entity: RuntimeEntity,
  values: ReadonlyMap<FieldRule, unknown>,
  caller: Caller,
  world: World,
): Promise<FieldError[]> {
  const checks = [...values].map(async ([rule, value]): Promise<FieldError[]> => {
    if (rule.references === undefined) return [];
    const target = entity.references[rule.references] ?? { key: { partition: 'id' } };
    const exists = isKeyText(value) && (await rowExists(rule.references, target, value, caller, world));
    return exists ? [] : [{ field: rule.name, message: `names a ${rule.references} that does not exist` }];
  });
  return (await Promise.all(checks)).flat();
}

async function rowExists(
  name: string,
  target: ReferenceTarget,
  id: unknown,
  caller: Caller,
  world: World,
): Promise<boolean> {
  const row = await readRow(world.table(name), target, id, world);
  return row !== undefined && passes(row, guardsOf(target, caller));
}

/** The row with this id; with a sort key, any row that has it. */
async function readRow(
  table: string,
  target: ReferenceTarget,
  id: unknown,
  world: World,
): Promise<{ [attribute: string]: unknown } | undefined> {
  const { partition, sort } = target.key;
  if (sort === undefined) {
    const found = await world.documents.get({ TableName: table, Key: { [partition]: id }, ConsistentRead: true });
    return found.Item;
  }
  const names = expression();
  const found = await world.documents.query({
    TableName: table,
    KeyConditionExpression: `${names.name(partition)} = ${names.value(id)}`,
    ...names.tables(),
    ConsistentRead: true,
    Limit: 1,
  });
  return found.Items?.[0];
}

function guardsOf(target: ReferenceTarget, caller: Caller): Guard[] {
  const guards: Guard[] = [];
  if (target.tenancy) guards.push({ attribute: target.tenancy.field, equals: caller.tenant ?? '' });
  if (target.soft_delete) guards.push({ attribute: deletedAt, absent: true });
  return guards;
}

/** No row has an empty or overlong key, and DynamoDB refuses to look for one. */
function isKeyText(value: unknown): boolean {
  return typeof value !== 'string' || (value !== '' && Buffer.byteLength(value) <= 2048);
}
