import type { FileModel } from '../../stacks/file-model.ts';
import { badRequest, type FieldError, invalid } from '../answer.ts';
import { readBody } from '../body.ts';
import { type JsonObject, own } from '../json.ts';
import { safeFilename } from './file-name.ts';
import { idOf, keyOf } from './file-place.ts';
import { isAllowed, readMediaType } from './media-type.ts';
import type { RunFiles } from './operations.ts';

const fields: readonly string[] = ['filename', 'content_type', 'size'];
/** Characters, as a caller writes them. */
export const longestFilename = 255;
/** A request holds a name and two figures. Bytes. */
const largestRequest = 16 * 1024;

/**
 * Answers with a form to send the file to S3 with. What the caller says of the file is checked here to refuse early;
 * that the file is so, S3 checks.
 */
export const upload: RunFiles = async ({ model, call, scope }, world) => {
  if (scope.kind === 'anyone') throw new Error('an upload has an owner');
  if (Buffer.byteLength(call.body ?? '') > largestRequest)
    return badRequest('Send the facts of the file here, not the file.');
  const read = readBody(call);
  if (read.kind === 'problem') return read;
  const wanted = readWanted(model, read.body);
  if ('errors' in wanted) return invalid(wanted.errors);

  const now = world.now();
  const { tenant, owner } = scope;
  const place = { tenant, owner, random: world.newId(), filename: wanted.filename };
  const {
    url,
    fields: form,
    expires,
  } = world.signer.upload({ key: keyOf(place), type: wanted.type, maxBytes: model.max_size }, now);
  return {
    kind: 'row',
    status: 201,
    body: {
      id: idOf(place),
      filename: wanted.filename,
      content_type: wanted.type,
      upload: { url, fields: form, expires_at: expires.toISOString() },
    },
  };
};

function readWanted(model: FileModel, body: JsonObject): { filename: string; type: string } | { errors: FieldError[] } {
  const errors: FieldError[] = Object.keys(body)
    .filter((name) => !fields.includes(name))
    .map((name) => ({ field: name.slice(0, 100), message: 'is not a field of an upload' }));
  const refuse = (field: string, message: string) => void errors.push({ field, message });

  const [filename, type, size] = fields.map((name) => own(body, name));
  if (filename === undefined) refuse('filename', 'is required');
  else if (typeof filename !== 'string' || filename === '') refuse('filename', 'must be a text, such as report.pdf');
  else if (filename.length > longestFilename) refuse('filename', `must have at most ${longestFilename} characters`);

  const media = typeof type === 'string' ? readMediaType(type) : undefined;
  if (type === undefined) refuse('content_type', 'is required');
  else if (media === undefined) refuse('content_type', 'must be a media type, such as image/png');
  else if (model.types !== undefined && !isAllowed(media, model.types))
    refuse('content_type', `must be one of: ${model.types.join(', ')}`);

  if (size === undefined) refuse('size', 'is required');
  else if (typeof size !== 'number' || !Number.isInteger(size)) refuse('size', 'must be a whole number of bytes');
  else if (size < 1) refuse('size', 'must be at least 1: an empty file cannot be uploaded');
  else if (size > model.max_size) refuse('size', `must be at most ${model.max_size} bytes`);

  if (errors.length > 0 || typeof filename !== 'string' || media === undefined) return { errors };
  return { filename: safeFilename(filename), type: media.text };
}
