import type { FieldError } from './answer.ts';
import type { Caller } from './caller.ts';
import { type FieldRule, keyBytes, type RuntimeEntity } from './entity.ts';
import { passes } from './guard.ts';
import { hiding } from './hidden.ts';
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
  const checks = entity.references.map(async (reference): Promise<FieldError[]> => {
    const rule = entity.fields.get(reference.field);
    if (rule === undefined || !values.has(rule)) return [];
    const exists = await mayBeNamed(reference, values.get(rule), caller, world);
    return exists ? [] : [{ field: rule.name, message: `names a ${reference.entity} that does not exist` }];
  });
  return (await Promise.all(checks)).flat();
}

async function mayBeNamed(
  { entity, key, tenantField, soft_delete, ttl }: RuntimeEntity['references'][number],
  id: unknown,
  caller: Caller,
  world: World,
): Promise<boolean> {
  if (!isKeyValue(id)) return false;
  const found = await world.documents.get({ TableName: world.table(entity), Key: { [key]: id }, ConsistentRead: true });
  const facts = {
    softDelete: soft_delete === true,
    ...(ttl === undefined ? {} : { ttl }),
    ...(typeof id === 'string' ? { textKey: key } : {}),
  };
  if (found.Item === undefined || !passes(found.Item, hiding(facts, world.now()))) return false;
  return tenantField === undefined || found.Item[tenantField] === caller.tenant;
}

/** No row has an empty or overlong key, and DynamoDB refuses to look for one. */
function isKeyValue(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && fits(value));
}

function fits(value: string): boolean {
  return Buffer.byteLength(value) <= keyBytes.partition;
}
