import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { keyAttributes, keyType, modelOf } from '../../../src/stacks/entity-model.ts';
import { indexesOf } from '../../../src/stacks/indexes.ts';
import type { EntityModel } from '../../../src/stacks/model.ts';
import { scopeOf } from '../../../src/stacks/scope.ts';
import { makeTable } from './bench.ts';

/** An entity as the compiler makes it: its model, and the attributes of every key of its table by index ('' for the table's). */
export interface CompiledEntity {
  model: EntityModel;
  keys: ReadonlyMap<string, readonly string[]>;
}

/** Makes the table that the compiler describes, and gives the model that goes with it. */
export async function compiledEntity(
  client: DynamoDBClient,
  blueprint: Blueprint,
  name: string,
  table: string,
): Promise<CompiledEntity> {
  const scope = scopeOf(blueprint, 'dev', { runtime: 'r', functions: {} });
  const entity = scope?.entities.get(name);
  assert.ok(scope && entity);
  const indexes = indexesOf(scope, entity);
  const key = keyAttributes(entity);
  const attributes = [key, ...indexes].flatMap(({ partition, sort }) => [partition, sort ?? []].flat());
  const numeric = attributes.filter((attribute) => keyType(entity, attribute) === 'N');
  await makeTable(client, table, key, indexes, numeric);
  const ofTable = [key.partition, key.sort ?? []].flat();
  return {
    model: modelOf(scope, entity),
    keys: new Map([
      ['', ofTable],
      ...indexes.map((index) => [index.name, [...index.partition, index.sort ?? [], ofTable].flat()] as const),
    ]),
  };
}
