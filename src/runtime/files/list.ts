import { badRequest } from '../answer.ts';
import { hasLoneSurrogate } from '../json.ts';
import { listsOwn } from './access.ts';
import { idOf, placeOfKey, prefixOf } from './file-place.ts';
import type { RunFiles } from './operations.ts';

const defaultLimit = 25;
const largestLimit = 100;

/**
 * A page of files, of one user in the order of upload: the caller's own, or all of the tenant's user by user. A cursor
 * is where in the caller's own list a page begins, so none leads elsewhere, whatever is in it.
 */
export const list: RunFiles = async ({ model, call, scope }, world) => {
  if (scope.kind === 'anyone') throw new Error('a list belongs to somebody');
  for (const name of call.query.keys()) {
    if (name !== 'limit' && name !== 'cursor')
      return badRequest(
        `There is no query parameter ${JSON.stringify(name.slice(0, 100))}: list takes limit and cursor.`,
      );
  }
  const text = call.query.get('limit') ?? String(defaultLimit);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > largestLimit) return badRequest(`limit must be a whole number from 1 to ${largestLimit}.`);
  const cursor = call.query.get('cursor');
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && after === undefined)
    return badRequest('The cursor is not one of this list. Leave it out to start from the beginning.');

  const prefix = prefixOf(scope.tenant, listsOwn(model) ? scope.owner : undefined);
  const page = await world.objects.list(prefix, after === undefined ? undefined : prefix + after, limit);
  const last = page.objects.at(-1);
  return {
    kind: 'page',
    items: page.objects.flatMap(({ key, size, created }) => {
      const place = placeOfKey(key);
      if (place === undefined) return [];
      return [{ id: idOf(place), filename: place.filename, size, created_at: created.toISOString() }];
    }),
    nextCursor:
      page.more && last !== undefined ? Buffer.from(last.key.slice(prefix.length)).toString('base64url') : null,
  };
};

/** The end of a key, which has at most 1,024 bytes. */
function readCursor(cursor: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,1366}$/.test(cursor)) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const canonical = Buffer.from(text).toString('base64url') === cursor;
  return canonical && !hasLoneSurrogate(text) && !text.includes('\0') ? text : undefined;
}
