import type { FileModel } from '../../stacks/file-model.ts';
import { own, ownText } from '../json.ts';
import { Misconfigured } from '../misconfigured.ts';

/** Throws when a value is not a model: the zip was not made by Backdrift. */
export function prepareFileModel(value: unknown): FileModel {
  if (!isModel(value)) throw new Misconfigured('model.json is not the model of a storage');
  return value;
}

/** The build writes the model from checked types; this tells a file of ours from any other, not more. */
function isModel(value: unknown): value is FileModel {
  const types = own(value, 'types');
  return (
    ownText(value, 'storage') !== undefined &&
    ownText(own(value, 'access'), 'level') !== undefined &&
    typeof own(value, 'tenancy') === 'boolean' &&
    typeof own(value, 'max_size') === 'number' &&
    (types === undefined || (Array.isArray(types) && types.every((type) => typeof type === 'string')))
  );
}
