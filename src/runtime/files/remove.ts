import { forbidden, notFound } from '../answer.ts';
import { findPlace, mayDelete } from './access.ts';
import { keyOf } from './file-place.ts';
import type { RunFiles } from './operations.ts';

/** Deletes a file. S3 deletes what is not there without a word, so it is looked for first. */
export const remove: RunFiles = async ({ model, call, scope }, world) => {
  const found = findPlace(model, scope, call.path.get('id'));
  if (found.kind === 'problem') return found;
  const key = keyOf(found.place);
  if ((await world.objects.look(key)) === undefined) return notFound('file');
  const own = scope.kind === 'scope' && scope.owner === found.place.owner;
  if (!mayDelete(model, call.caller, own)) return forbidden('Only who uploaded a file may delete it.');
  await world.objects.remove(key);
  return { kind: 'done' };
};
