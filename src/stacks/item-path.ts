import type { ApiResource, Entity } from '../blueprint/blueprint.ts';

/** Where one row of an entity is found: the fields of its key below the base path, `/v1/tasks/{id}`. */
export function itemPath({ base_path }: ApiResource, { key }: Entity): string {
  return `${base_path === '/' ? '' : base_path}/{${key.partition}}${key.sort === undefined ? '' : `/{${key.sort}}`}`;
}
