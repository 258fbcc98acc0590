import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';

describe('requests to the local DynamoDB', () => {
  let local: LocalAws | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  const TableName = 'rows';
  before(async function () {
    local = await localAwsFor(this);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new DynamoDBClient({ endpoint: local.url, region: 'us-east-2', credentials, maxAttempts: 1 });
    documents = DynamoDBDocument.from(client);
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await documents.put({ TableName, Item: { id: 'taken' } });
    // moto copies the whole table for each transaction: the longer that takes, the more comes in between.
    const batches = Array.from({ length: 16 }, (_, batch) =>
      Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { id: `before-${batch}-${n}`, list: [1, 2, 3] } } })),
    );
    for (const rows of batches) await documents.batchWrite({ RequestItems: { [TableName]: rows } });
  });
  after(async () => {
    client?.destroy();
    await local?.stop();
  });

  it('are atomic: a transaction that is taken back takes nothing else with it, and nobody sees it', async function () {
    this.timeout(60_000);
    const ConditionExpression = 'attribute_not_exists(id)';
    const seen: unknown[] = [];
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const [put, taken, read] = await Promise.all([
          documents.put({ TableName, Item: { id: `put-${n}`, text: 'x'.repeat(1000) } }),
          documents
            .transactWrite({
              TransactItems: [
                { Put: { TableName, Item: { id: `taken-back-${n}` } } },
                { Put: { TableName, Item: { id: 'taken' }, ConditionExpression } },
              ],
            })
            .catch((error: unknown) => (error instanceof Error ? error.name : 'no error')),
          documents.get({ TableName, Key: { id: `taken-back-${n}` }, ConsistentRead: true }),
        ]);
        seen.push(read.Item);
        return [put.$metadata.httpStatusCode, taken];
      }),
    );
    for (const outcome of outcomes) assert.deepEqual(outcome, [200, 'TransactionCanceledException']);
    assert.deepEqual([...new Set(seen)], [undefined]);
    const { Items = [] } = await documents.scan({ TableName });
    assert.equal(Items.length, 431);
  });

  it('do not wait for a client that stops in the middle of one, nor for those who leave', async function () {
    this.timeout(60_000);
    const { hostname, port } = new URL(local?.url ?? '');
    const body = JSON.stringify({ TableName, Item: { id: { S: 'left' } } });
    const head = `POST / HTTP/1.1\r\nHost: ${hostname}\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n`;
    const length = `Content-Type: application/x-amz-json-1.0\r\nContent-Length: ${body.length}\r\n\r\n`;
    const sockets = Array.from({ length: 20 }, (_, n) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(`${head}${length}${n % 2 === 0 ? body.slice(0, 5) : body}`);
      if (n % 2 === 1) socket.destroySoon();
      return socket;
    });
    const { $metadata } = await documents.put({ TableName, Item: { id: 'after' } });
    assert.equal($metadata.httpStatusCode, 200);
    for (const socket of sockets) socket.destroy();
    assert.ok((await documents.get({ TableName, Key: { id: 'after' } })).Item);
  });
});
