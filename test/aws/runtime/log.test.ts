import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { operations } from '../../../src/blueprint/schema.ts';
import { printed } from '../../../src/runtime/log/metrics.ts';
import { model, task } from '../../builders/entity-models.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { bench, connect, makeTable } from './bench.ts';

describe('the log of the generated operations', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  before(async function () {
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
    await makeTable(client, 'logged', { partition: 'id' }, [
      { name: 'backdrift-list', partition: '_list', sort: 'created_at' },
    ]);
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  for (const [what, table] of [
    ['when all is well', 'logged'],
    ['when the database refuses', 'no-such-table'],
  ] as const)
    it(`holds nothing of a request, ${what}`, async () => {
      const { ask, log } = bench(documents, model(task), { task: table });
      await fc.assert(
        fc.asyncProperty(fc.stringMatching(/^[a-z]{12}$/), async (secret) => {
          log.length = 0;
          for (const operation of operations)
            await ask(operation, {
              id: secret,
              body: operation === 'create' ? { title: secret, details: { [secret]: secret } } : { [secret]: secret },
              query: { [secret]: secret, cursor: secret },
              claims: { sub: secret, email: secret, 'custom:tenant_id': secret, 'cognito:groups': secret },
              headers: { [secret]: secret, authorization: secret, 'if-match': `"${secret}"`, 'user-agent': secret },
            });
          const requests = log.filter(({ event }) => event === 'request');
          assert.deepEqual(
            requests.map(({ operation, entity }) => [operation, entity]),
            operations.map((operation) => [operation, 'task']),
          );
          const text = log.map((line) => printed(line, { service: 's', time: 0, coldStart: false })).join('\n');
          assert.ok(!text.includes(secret), text);
          if (table !== 'logged') assert.ok(log.some(({ event, at }) => event === 'failure' && Array.isArray(at)));
        }),
        { numRuns: 15 },
      );
    });
});
