import { kebabCase } from '../blueprint/naming.ts';
import { type FileOperation, fileOperationsOf, filesPathOf } from '../blueprint/storage.ts';
import type { Storage } from './file-model.ts';
import { pascal, physicalName } from './names.ts';
import type { HttpMethod, Route } from './routes.ts';
import type { Scope } from './scope.ts';

export const fileMethods: Record<FileOperation, HttpMethod> = {
  upload: 'POST',
  list: 'GET',
  get: 'GET',
  delete: 'DELETE',
};

/** The routes of a storage: `/files/attachments` for upload and list, `/files/attachments/{id}` for get and delete. */
export function fileRoutes(scope: Scope, storage: Storage, position: number): Route[] {
  return fileOperationsOf(storage, scope.blueprint.auth !== undefined).map(({ operation, access }) => {
    const label = fileHandlerLabel(operation, storage);
    const base = filesPathOf(storage);
    return {
      method: fileMethods[operation],
      path: operation === 'upload' || operation === 'list' ? base : `${base}/{id}`,
      access,
      functionName: physicalName(scope, label),
      stem: fileHandlerStem(operation, storage),
      label,
      source: `storage.${storage.name}`,
      ...(operation === 'upload' ? { body: 'object' as const } : {}),
      at: ['storage', position],
    };
  });
}

/** `storage-upload-attachments-handler`: what the function is called in a preview. */
export function fileHandlerLabel(operation: FileOperation, { name }: Pick<Storage, 'name'>): string {
  return `storage-${operation}-${kebabCase(name)}-handler`;
}

/** The stem of its logical ids. Entities' begin with their operation, so the two never meet. */
export function fileHandlerStem(operation: FileOperation, { name }: Pick<Storage, 'name'>): string {
  return `Storage${pascal(operation)}${pascal(name)}`;
}
