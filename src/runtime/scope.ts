import type { Access } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';
import { forbidden, type Problem, unauthenticated } from './answer.ts';
import type { Caller } from './caller.ts';
import { isText, type RuntimeEntity } from './entity.ts';
import type { Guard } from './guard.ts';
import { Misconfigured } from './misconfigured.ts';
import { visible } from './visible.ts';

export type Scope =
  | { kind: 'allowed'; guards: Guard[] /** Set on a new row from the token. */; owned: Record<string, string> }
  | Problem;

/** Whether the caller may use the operation at all, and on which rows: the caller's own, and those that are there now. */
export function scopeOf(entity: RuntimeEntity, operation: Operation, caller: Caller, now: Date): Scope {
  const access = entity.operations[operation]?.access;
  if (!access) return forbidden(`This API does not offer ${operation} for ${entity.name}.`);
  const refusal = refusalOf(access, caller);
  if (refusal) return refusal;
  const guards: Guard[] = [];
  const owned: Record<string, string> = {};
  const { tenant, owner } = entity;
  const createsTenant = tenant?.self === true && operation === 'create';
  if (tenant !== undefined && !createsTenant) {
    if (caller.tenant === undefined)
      return caller.sub === undefined ? unauthenticated() : forbidden('Your account belongs to no tenant yet.');
    guards.push({ attribute: tenant.rule.attribute, equals: caller.tenant });
    if (!tenant.self) owned[tenant.rule.attribute] = caller.tenant;
  }
  if (owner !== undefined && caller.sub !== undefined) owned[owner.attribute] = caller.sub;
  if (access.level === 'owner' && caller.sub !== undefined) {
    if (owner === undefined) throw new Misconfigured('the model gives owner access without an owner field');
    const seen = operation !== 'get' && operation !== 'list' && maySee(entity, caller);
    guards.push({ attribute: owner.attribute, equals: caller.sub, ...(seen ? { seen } : {}) });
  }
  guards.push(...present(entity, now));
  return { kind: 'allowed', guards, owned };
}

/** Whether the caller may read rows that are not their own. */
function maySee({ operations }: RuntimeEntity, caller: Caller): boolean {
  const access = operations.get?.access;
  return access !== undefined && access.level !== 'owner' && refusalOf(access, caller) === undefined;
}

/** What must hold for an item of the entity's table to be a row that is there now, whoever asks. */
export function present({ key, softDelete, ttl }: RuntimeEntity, now: Date): Guard[] {
  const textKey = isText(key.partition) ? key.partition.attribute : undefined;
  return visible({ soft_delete: softDelete, ttl: ttl?.attribute, textKey }, now);
}

/** Why a caller may not use something at all; undefined where they may, or where it depends on the row (`owner`). */
export function refusalOf(access: Access, caller: Caller): Problem | undefined {
  if (access.level === 'public') return undefined;
  if (caller.sub === undefined) return unauthenticated();
  if (access.level !== 'role' || caller.roles.includes(access.role)) return undefined;
  return forbidden(`This needs the role ${access.role}.`);
}
