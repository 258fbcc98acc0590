import { accessOf } from '../blueprint/access.ts';
import type { Access, Blueprint } from '../blueprint/blueprint.ts';
import { maxBytes } from '../blueprint/storage.ts';
import type { Scope } from './scope.ts';

export type Storage = Blueprint['storage'][number];

/** What the functions of a storage are told about it: `model.json` in their zip. Its bucket is in the environment. */
export interface FileModel {
  /** The name in `storage:`. */
  storage: string;
  /** Who may read a file. */
  access: Access;
  /** Files belong to the caller's tenant, and no other tenant sees them. */
  tenancy: boolean;
  /** The role that may delete files of others where it may read them: the first of `auth.roles`. */
  moderator?: string;
  /** Bytes. */
  max_size: number;
  /** `image/png`, `image/*`, lower case. Absent: all. */
  types?: string[];
}

/** The environment variable with the bucket of a storage's own functions. */
export const filesBucketVariable = 'FILES_BUCKET';

/**
 * Where in the bucket the API keeps its files: `files/<tenant or _>/<user>/<id>/<file name>`. What a function of the
 * user's puts elsewhere in the bucket is out of the API's reach.
 */
export const filesPrefix = 'files/';

export function fileModelOf(scope: Scope, storage: Storage): FileModel {
  const moderator = scope.blueprint.auth?.roles[0];
  return {
    storage: storage.name,
    access: accessOf(storage.access),
    tenancy: scope.blueprint.tenancy.mode === 'multi_tenant',
    ...(moderator === undefined ? {} : { moderator }),
    max_size: maxBytes(storage),
    ...(storage.types === undefined ? {} : { types: storage.types }),
  };
}
