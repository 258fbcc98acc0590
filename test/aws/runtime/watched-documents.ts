import assert from 'node:assert/strict';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { isObject } from '../../../src/runtime/json.ts';

/** A read that was made, as it was asked. */
export interface Read {
  kind: 'query' | 'scan';
  index: string;
  limit: unknown;
}

/**
 * A DynamoDB that writes down its reads and holds them to rules of the real one that moto does not know: a filter names no
 * attribute of the key that is queried, and a page begins at a whole key, neither more nor less.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html
 *
 * @param keys the attributes of each key by index, '' for the table's
 */
export function watched(
  documents: DynamoDBDocument,
  keys: ReadonlyMap<string, readonly string[]>,
): { documents: DynamoDBDocument; reads: Read[] } {
  const reads: Read[] = [];
  const look = (kind: Read['kind'], input: unknown) => {
    assert.ok(isObject(input));
    const index = typeof input.IndexName === 'string' ? input.IndexName : '';
    const key = new Set(keys.get(index));
    assert.ok(key.size > 0, `there is no index ${index}`);
    const names = isObject(input.ExpressionAttributeNames) ? input.ExpressionAttributeNames : {};
    if (kind === 'query') {
      const own = index === '' ? key : new Set([...key].slice(0, key.size - (keys.get('')?.length ?? 0)));
      for (const [alias] of String(input.FilterExpression ?? '').matchAll(/#n\d+/g))
        assert.ok(!own.has(String(names[alias])), `the filter names ${names[alias]}, a key of ${index || 'the table'}`);
    }
    if (isObject(input.ExclusiveStartKey)) assert.deepEqual(new Set(Object.keys(input.ExclusiveStartKey)), key);
    reads.push({ kind, index, limit: input.Limit });
  };
  const proxy = new Proxy(documents, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        if (name === 'query' || name === 'scan') look(name, given[0]);
        return Reflect.apply(member, target, given);
      };
    },
  });
  return { documents: proxy, reads };
}
