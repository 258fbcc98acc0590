import type { Blueprint } from '../../blueprint/blueprint.ts';
import { type FileOperation, fileOperationsOf, filesPathOf } from '../../blueprint/storage.ts';
import type { Storage } from '../file-model.ts';
import { fileMethods } from '../file-routes.ts';
import { filePageSchema, fileSchema, uploadAnswerSchema, uploadRequestSchema } from '../file-schemas.ts';
import { pascal } from '../names.ts';
import type { JsonSchema } from '../request-schema.ts';
import type { ApiOperation } from './operation.ts';
import { schemaRef } from './operation.ts';

/** The operations on the files of every storage. */
export function fileApiOperations({ storage, auth }: Blueprint): ApiOperation[] {
  return storage.flatMap((one) =>
    fileOperationsOf(one, auth !== undefined).map(({ operation, access }) => ({
      method: fileMethods[operation],
      path: operation === 'upload' || operation === 'list' ? filesPathOf(one) : `${filesPathOf(one)}/{id}`,
      id: `${operation}${pascal(one.name)}File${operation === 'list' ? 's' : ''}`,
      tag: one.name,
      access,
      ...described(operation, one),
    })),
  );
}

/** By name, for `components.schemas`; only where there are files. No entity is called like this: names have no dot. */
export function fileApiSchemas({ storage }: Blueprint): Record<string, JsonSchema> {
  if (storage.length === 0) return {};
  return { 'Files.File': fileSchema, 'Files.Page': filePageSchema, 'Files.Upload': uploadAnswerSchema };
}

type Described = Pick<ApiOperation, 'summary' | 'description' | 'parameters' | 'request' | 'success' | 'problems'>;

function described(operation: FileOperation, storage: Storage): Described {
  const { name } = storage;
  switch (operation) {
    case 'upload':
      return {
        summary: `Upload a file to ${name}`,
        description:
          'Answers with a form, good for ten minutes, to send the file to S3 with; S3 checks its size and type.',
        request: uploadRequestSchema(storage),
        success: { status: 201, description: 'The form.', schema: schemaRef('Files.Upload') },
        problems: [400, 415],
      };
    case 'list':
      return {
        summary: `List the files of ${name}`,
        description:
          storage.access === 'owner' || storage.access === 'public'
            ? 'One page of the caller’s own. Give next_cursor as cursor to read on.'
            : 'One page. Give next_cursor as cursor to read on.',
        parameters: [
          {
            name: 'limit',
            in: 'query',
            description: 'Files on a page.',
            schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
          },
          { name: 'cursor', in: 'query', description: 'next_cursor of the page before.', schema: { type: 'string' } },
        ],
        success: { status: 200, description: 'A page of files.', schema: schemaRef('Files.Page') },
        problems: [400],
      };
    case 'get':
      return {
        summary: `Read a file of ${name}`,
        description:
          'The facts of the file, and an address to download it from within five minutes. With redirect=true the answer is 302 to that address.',
        parameters: [
          { name: 'redirect', in: 'query', description: 'true: go to the file at once.', schema: { type: 'boolean' } },
        ],
        success: { status: 200, description: 'The file.', schema: schemaRef('Files.File') },
        problems: [400, 404],
      };
    case 'delete':
      return {
        summary: `Delete a file of ${name}`,
        description: 'By who uploaded it; where others read it, also by the first role of the Blueprint.',
        success: { status: 204, description: 'It is deleted.' },
        problems: [404],
      };
  }
}
