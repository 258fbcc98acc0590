import type { Access } from './blueprint.ts';
import type { Operation, ResourceDocument } from './schema.ts';

/** `owner` → the level; anything that is no level is a role. */
export function accessOf(written: string): Access {
  if (written === 'public' || written === 'authenticated' || written === 'owner') return { level: written };
  return { level: 'role', role: written };
}

/** Who may call when a Blueprint does not say: signed-in users where there is sign-in, else everyone. */
export function defaultAccess(hasAuth: boolean): string {
  return hasAuth ? 'authenticated' : 'public';
}

/** Who may call an operation of a resource, as written or by default. */
export function operationAccess(resource: ResourceDocument, operation: Operation, hasAuth: boolean): string {
  const { auth } = resource;
  if (typeof auth === 'string') return auth;
  return auth?.[operation] ?? defaultAccess(hasAuth);
}
