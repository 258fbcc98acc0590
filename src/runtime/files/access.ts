import type { FileOperation } from '../../blueprint/storage.ts';
import type { FileModel } from '../../stacks/file-model.ts';
import { forbidden, notFound, type Problem, unauthenticated } from '../answer.ts';
import type { Caller } from '../caller.ts';
import { type FilePlace, noTenant, placeOfId, segmentOf } from './file-place.ts';

/** Who asks, as parts of keys. Without `owner`: anybody, for a file that is public. */
export type FileScope = { kind: 'scope'; tenant: string; owner: string } | { kind: 'anyone' } | Problem;

/** Whether the caller may use the operation at all, and whose files are theirs. */
export function fileScopeOf(model: FileModel, operation: FileOperation, caller: Caller): FileScope {
  if (operation === 'get' && model.access.level === 'public') return { kind: 'anyone' };
  if (caller.sub === undefined) return unauthenticated();
  if (model.access.level === 'role' && !caller.roles.includes(model.access.role))
    return forbidden(`This needs the role ${model.access.role}.`);
  if (!model.tenancy) return { kind: 'scope', tenant: noTenant, owner: segmentOf(caller.sub) };
  if (caller.tenant === undefined) return forbidden('Your account belongs to no tenant yet.');
  return { kind: 'scope', tenant: segmentOf(caller.tenant), owner: segmentOf(caller.sub) };
}

/** Whether a list shows the caller's own files only; else all of the tenant's. */
export function listsOwn({ access }: FileModel): boolean {
  return access.level === 'owner' || access.level === 'public';
}

/**
 * The file that an id names, where the caller may know of it. A file of another tenant, and one that only its owner
 * may read, are as if they were not there.
 */
export function findPlace(
  model: FileModel,
  scope: Exclude<FileScope, Problem>,
  id: string | undefined,
): { kind: 'place'; place: FilePlace } | Problem {
  const place = placeOfId(id ?? '');
  if (place === undefined) return notFound('file');
  if (scope.kind === 'scope') {
    if (place.tenant !== scope.tenant) return notFound('file');
    if (model.access.level === 'owner' && place.owner !== scope.owner) return notFound('file');
  }
  return { kind: 'place', place };
}

/** Files are deleted by who uploaded them, and by the first role where it may read them. */
export function mayDelete(model: FileModel, caller: Caller, own: boolean): boolean {
  return own || (model.moderator !== undefined && caller.roles.includes(model.moderator));
}
