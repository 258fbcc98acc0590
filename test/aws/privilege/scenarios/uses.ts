import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDB } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { anybody } from '../project.ts';
import type { Stage, Step } from '../scenario.ts';
import { settings, unlessDenied, using } from './client.ts';

function variable(prefix: string, name: string): string {
  return `${prefix}_${name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

/** What one entry of `uses:` promises, call by call, with the function's own credentials. */
export function usesSteps(stage: Stage, name: string, readOnly: boolean): Step[] {
  const { blueprint } = stage.project;
  const step = (title: string, run: () => Promise<unknown>): Step => ({
    title: `${title} of ${name}`,
    run: async () => void (await run()),
  });
  if (blueprint.entities.some((entity) => entity.name === name)) return entitySteps(stage, name, readOnly, step);
  if (blueprint.storage.some((storage) => storage.name === name)) return storageSteps(stage, name, readOnly, step);
  const { fn, project, credentials } = stage;
  if (blueprint.queues.some((queue) => queue.name === name)) {
    if (readOnly) return [];
    const fifo = blueprint.queues.some((queue) => queue.name === name && queue.fifo);
    const message = {
      QueueUrl: fn.environment[variable('QUEUE', name)],
      MessageBody: '{}',
      ...(fifo ? { MessageGroupId: 'a', MessageDeduplicationId: randomUUID() } : {}),
    };
    return [
      step('SendMessage', () => using(new SQS(settings(project, credentials)), (sqs) => sqs.sendMessage(message))),
    ];
  }
  return workflowSteps(stage, fn.environment[variable('WORKFLOW', name)] ?? '', step);
}

type MakeStep = (title: string, run: () => Promise<unknown>) => Step;

function entitySteps(
  { fn, project, rows, credentials }: Stage,
  name: string,
  readOnly: boolean,
  step: MakeStep,
): Step[] {
  const { entity } = rows.model(name);
  const TableName = fn.environment[variable('TABLE', name)] ?? '';
  const number = (attribute: string) => ['number', 'integer'].includes(typeOf(attribute) ?? '');
  const typeOf = (attribute: string) => entity.fields.find(({ name: field }) => field === attribute)?.type;
  const value = (attribute: string): AttributeValue => (number(attribute) ? { N: '7' } : { S: randomUUID() });
  const parts = [entity.key.partition, ...(entity.key.sort === undefined ? [] : [entity.key.sort])];
  const key = () => Object.fromEntries(parts.map((attribute) => [attribute, value(attribute)]));
  const call = (title: string, run: (dynamodb: DynamoDB) => Promise<unknown>) =>
    step(title, () => using(new DynamoDB(settings(project, credentials)), run));
  const query = (IndexName: string | undefined, attributes: readonly string[]) => (dynamodb: DynamoDB) =>
    dynamodb.query({
      TableName,
      IndexName,
      KeyConditionExpression: attributes.map((_, at) => `#key${at} = :key${at}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(attributes.map((attribute, at) => [`#key${at}`, attribute])),
      ExpressionAttributeValues: Object.fromEntries(attributes.map((attribute, at) => [`:key${at}`, value(attribute)])),
    });
  const reads = [
    call('GetItem', (dynamodb) => dynamodb.getItem({ TableName, Key: key() })),
    call('BatchGetItem', (dynamodb) => dynamodb.batchGetItem({ RequestItems: { [TableName]: { Keys: [key()] } } })),
    call('Query', query(undefined, [entity.key.partition])),
    ...(project.indexes.get(name) ?? []).map(({ name: index, partition }) =>
      call(`Query on ${index}`, query(index, partition)),
    ),
  ];
  if (readOnly) return reads;
  return [
    ...reads,
    call('PutItem', (dynamodb) => dynamodb.putItem({ TableName, Item: key() })),
    call('UpdateItem', (dynamodb) =>
      dynamodb.updateItem({
        TableName,
        Key: key(),
        UpdateExpression: 'SET #seen = :seen',
        ExpressionAttributeNames: { '#seen': '_seen' },
        ExpressionAttributeValues: { ':seen': { BOOL: true } },
      }),
    ),
    call('DeleteItem', (dynamodb) => dynamodb.deleteItem({ TableName, Key: key() })),
    call('BatchWriteItem', (dynamodb) =>
      dynamodb.batchWriteItem({ RequestItems: { [TableName]: [{ PutRequest: { Item: key() } }] } }),
    ),
    call('ConditionCheckItem', (dynamodb) => {
      const ConditionExpression = `attribute_not_exists(#key)`;
      const ExpressionAttributeNames = { '#key': entity.key.partition };
      const ConditionCheck = { TableName, Key: key(), ConditionExpression, ExpressionAttributeNames };
      return dynamodb.transactWriteItems({ TransactItems: [{ ConditionCheck }] });
    }),
  ];
}

function storageSteps({ fn, project, credentials }: Stage, name: string, readOnly: boolean, step: MakeStep): Step[] {
  const object = { Bucket: fn.environment[variable('BUCKET', name)], Key: `made/${randomUUID()}` };
  const call = (title: string, run: (s3: S3) => Promise<unknown>) =>
    step(title, () => using(new S3({ ...settings(project, credentials), forcePathStyle: true }), run));
  const before = () =>
    using(new S3({ ...settings(project, anybody), forcePathStyle: true }), (s3) =>
      s3.putObject({ ...object, Body: 'x' }),
    );
  return [
    call('GetObject', async (s3) => {
      await before();
      await s3.getObject(object);
    }),
    call('ListBucket', (s3) => s3.listObjectsV2({ Bucket: object.Bucket })),
    ...(readOnly
      ? []
      : [
          call('PutObject', (s3) => s3.putObject({ ...object, Body: 'x' })),
          call('DeleteObject', (s3) => s3.deleteObject(object)),
        ]),
  ];
}

/** Starts a workflow, and answers what it waits for. There is no such execution: that is an answer to who may ask. */
function workflowSteps({ project, credentials }: Stage, alias: string, step: MakeStep): Step[] {
  const execution = `${alias.replace(/:live$/, ':1')}/durable-execution/a/b`;
  const CallbackId = Buffer.from(`${execution} operation`).toString('base64');
  const call = (title: string, run: (lambda: Lambda) => Promise<unknown>) =>
    step(title, () => using(new Lambda({ ...settings(project, credentials), maxAttempts: 1 }), run));
  return [
    call('InvokeFunction', (lambda) => lambda.invoke({ FunctionName: alias, InvocationType: 'DryRun' })),
    call('SendDurableExecutionCallbackSuccess', (lambda) =>
      unlessDenied(lambda.sendDurableExecutionCallbackSuccess({ CallbackId })),
    ),
    call('SendDurableExecutionCallbackFailure', (lambda) =>
      unlessDenied(lambda.sendDurableExecutionCallbackFailure({ CallbackId })),
    ),
  ];
}
