import type { EntityDraft } from '../entity-draft.ts';
import { basePathOf, type RouteSegment } from '../route-path.ts';
import type { ResourceDocument } from '../schema.ts';
import type { CheckContext } from './check.ts';

/** The key of a row in a path: `/{id}`, or the fields of the entity's own key. */
export function keySegments(entity: EntityDraft | undefined): RouteSegment[] {
  const keys = entity?.fields.filter(({ value }) => value.primary === true) ?? [];
  const partition = keys.find(({ value }) => value.sort !== true)?.value.name ?? 'id';
  const sort = keys.find(({ value }) => value.sort === true)?.value.name;
  return [partition, ...(sort === undefined ? [] : [sort])].map((name) => ({ kind: 'parameter', name }));
}

/** The resource to one of whose rows a path leads: `/tasks/{id}/complete` begins like the route of one task. */
export function resourceOfRow(route: string, { draft, entities }: CheckContext): ResourceDocument | undefined {
  return (draft.api?.resources ?? []).find(({ value }) => {
    const key = keySegments(entities.get(value.entity)).map((segment) =>
      segment.kind === 'parameter' ? `/{${segment.name}}` : '',
    );
    const row = `${basePathOf(value)}${key.join('')}`;
    return route === row || route.startsWith(`${row}/`);
  })?.value;
}
