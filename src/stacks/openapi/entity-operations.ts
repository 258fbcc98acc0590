import type { ApiResource, Entity } from '../../blueprint/blueprint.ts';
import type { Operation } from '../../blueprint/schema.ts';
import { listParameters } from '../list-parameters.ts';
import { pascal } from '../names.ts';
import { methods, operationPath } from '../routes.ts';
import type { EntityScope } from '../scope.ts';
import { schemaNames } from './entity-schemas.ts';
import { type ApiAnswer, type ApiOperation, type ApiParameter, type ProblemStatus, schemaRef } from './operation.ts';

/** The generated operations of an entity. */
export function entityOperations(scope: EntityScope, entity: Entity, resource: ApiResource): ApiOperation[] {
  const list = listParameters(scope, entity);
  return resource.operations.map(({ operation, access }) => {
    const names = schemaNames(entity);
    const title = entity.name.replaceAll('_', ' ');
    return {
      method: methods[operation],
      path: operationPath(resource, entity, operation),
      id: `${operation}${pascal(operation === 'list' ? entity.plural : entity.name)}`,
      tag: entity.name,
      access,
      ...words(operation, title, entity.plural.replaceAll('-', ' '), list?.ways ?? []),
      ...parametersOf(operation, list?.parameters ?? []),
      ...(operation === 'create' ? { request: schemaRef(names.create) } : {}),
      ...(operation === 'update' ? { request: schemaRef(names.update) } : {}),
      success: successOf(operation, entity),
      problems: problems[operation],
    };
  });
}

function words(
  operation: Operation,
  one: string,
  many: string,
  ways: readonly string[],
): { summary: string; description?: string } {
  switch (operation) {
    case 'list':
      return {
        summary: `List ${many}`,
        description: ['One page. Give next_cursor as cursor to read on.', 'What may be asked:', ...ways].join(' '),
      };
    case 'create':
      return { summary: `Create one ${one}` };
    case 'get':
      return { summary: `Read one ${one}` };
    case 'update':
      return {
        summary: `Change one ${one}`,
        description:
          'Changes the fields that the body names and leaves the others as they are; null takes a value away.',
      };
    case 'delete':
      return { summary: `Delete one ${one}` };
  }
}

const ifMatch: ApiParameter = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of the revision that you know, or *: the answer is 412 when the row has changed since.',
  schema: { type: 'string' },
};
const ifNoneMatch: ApiParameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of the revision that you have: the answer is 304 when it is still the newest.',
  schema: { type: 'string' },
};
export const paging: readonly ApiParameter[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Rows on a page.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
  },
  { name: 'cursor', in: 'query', description: 'next_cursor of the page before.', schema: { type: 'string' } },
];

function parametersOf(operation: Operation, list: readonly ApiParameter[]): { parameters?: readonly ApiParameter[] } {
  switch (operation) {
    case 'list':
      return { parameters: list };
    case 'create':
      return {};
    case 'get':
      return { parameters: [ifNoneMatch] };
    case 'update':
    case 'delete':
      return { parameters: [ifMatch] };
  }
}

function successOf(operation: Operation, entity: Entity): ApiAnswer {
  const names = schemaNames(entity);
  switch (operation) {
    case 'list':
      return { status: 200, description: 'A page of rows.', schema: schemaRef(names.page) };
    case 'create':
      return { status: 201, description: 'The row as it is stored.', schema: schemaRef(names.row), headers: ['ETag'] };
    case 'get':
      return { status: 200, description: 'The row.', schema: schemaRef(names.row), headers: ['ETag'] };
    case 'update':
      return {
        status: 200,
        description: 'The row as it is stored now.',
        schema: schemaRef(names.row),
        headers: ['ETag'],
      };
    case 'delete':
      return { status: 204, description: 'It is deleted.' };
  }
}

const problems: Record<Operation, readonly ProblemStatus[]> = {
  list: [400],
  create: [400, 409, 413, 415],
  get: [304, 404],
  update: [400, 404, 409, 412, 413, 415],
  delete: [400, 404, 409, 412],
};
