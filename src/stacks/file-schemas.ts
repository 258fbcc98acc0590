import { maxBytes } from '../blueprint/storage.ts';
import type { Storage } from './file-model.ts';

type Schema = { [keyword: string]: unknown };

/** The longest file name, in characters as a caller writes it. What is kept of it has at most 200 bytes. */
export const longestFilename = 255;

/** The request of an upload, with all its limits, for a description of the API. JSON Schema 2020-12. */
export function uploadRequestSchema(storage: Pick<Storage, 'max_size' | 'types'>): Schema {
  const types = storage.types?.join(', ');
  return {
    type: 'object',
    properties: {
      filename: {
        type: 'string',
        minLength: 1,
        maxLength: longestFilename,
        description: 'The name that a download has.',
      },
      content_type: {
        type: 'string',
        description: types === undefined ? 'The media type of the file.' : `The media type of the file: ${types}.`,
      },
      size: { type: 'integer', minimum: 1, maximum: maxBytes(storage), description: 'Bytes.' },
    },
    required: ['filename', 'content_type', 'size'],
    additionalProperties: false,
  };
}

const text: Schema = { type: 'string' };
const moment: Schema = { type: 'string', format: 'date-time' };

/** What an upload is answered with: where the file goes, as a form, and the id that it will have. */
export const uploadAnswerSchema: Schema = {
  type: 'object',
  properties: {
    id: { ...text, description: 'The id of the file, once it is uploaded.' },
    filename: text,
    content_type: text,
    upload: {
      type: 'object',
      description: 'A form to POST as multipart/form-data: all fields, then the file as the last one, called file.',
      properties: {
        url: { ...text, format: 'uri' },
        fields: { type: 'object', additionalProperties: text },
        expires_at: moment,
      },
      required: ['url', 'fields', 'expires_at'],
    },
  },
  required: ['id', 'filename', 'content_type', 'upload'],
};

const facts: Schema = { id: text, filename: text, size: { type: 'integer' }, created_at: moment };

/** A file, with an address to download it from. */
export const fileSchema: Schema = {
  type: 'object',
  properties: {
    ...facts,
    content_type: text,
    download: {
      type: 'object',
      properties: { url: { ...text, format: 'uri' }, expires_at: moment },
      required: ['url', 'expires_at'],
    },
  },
  required: ['id', 'filename', 'size', 'created_at', 'content_type', 'download'],
};

/** A page of files. S3 lists no media types, so they are told file by file. */
export const filePageSchema: Schema = {
  type: 'object',
  properties: {
    items: { type: 'array', items: { type: 'object', properties: facts, required: Object.keys(facts) } },
    next_cursor: { type: ['string', 'null'] },
  },
  required: ['items', 'next_cursor'],
};
