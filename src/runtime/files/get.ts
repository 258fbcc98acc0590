import { badRequest, notFound } from '../answer.ts';
import { findPlace } from './access.ts';
import { idOf, keyOf } from './file-place.ts';
import type { RunFiles } from './operations.ts';

/** The facts of a file and an address to download it from; with `?redirect=true` the way there at once. */
export const get: RunFiles = async ({ model, call, scope }, world) => {
  for (const [name, value] of call.query) {
    if (name !== 'redirect' || (value !== 'true' && value !== 'false'))
      return badRequest('get takes one query parameter: redirect=true.');
  }
  const found = findPlace(model, scope, call.path.get('id'));
  if (found.kind === 'problem') return found;
  const { place } = found;
  const key = keyOf(place);
  const facts = await world.objects.look(key);
  if (facts === undefined) return notFound('file');
  const { filename } = place;
  const { url, expires } = await world.signer.download({ key, type: facts.type, filename }, world.now());
  if (call.query.get('redirect') === 'true') return { kind: 'redirect', location: url };
  return {
    kind: 'row',
    status: 200,
    body: {
      id: idOf(place),
      filename,
      content_type: facts.type,
      size: facts.size,
      created_at: facts.created.toISOString(),
      download: { url, expires_at: expires.toISOString() },
    },
  };
};
