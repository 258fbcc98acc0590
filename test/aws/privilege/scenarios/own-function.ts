import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDB } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { account, anybody, failing } from '../project.ts';
import type { Scenario, Stage, Step } from '../scenario.ts';

/**
 * A function or workflow of the user's: what its `uses:` promise, called one by one with the function's own credentials,
 * because what the code of an example does may change; and what the platform does for it.
 */
export function ownScenario(name: string): Scenario {
  return (stage) => {
    const { blueprint } = stage.project;
    const declared = [...blueprint.functions, ...blueprint.workflows].find((one) => one.name === name);
    assert.ok(declared, `There is no function ${name}.`);
    return [
      ...declared.uses.flatMap((use) => usesSteps(stage, use.replace(/:read$/, ''), use.endsWith(':read'))),
      ...endpointSteps(stage, name),
      ...queueSteps(stage, name),
      ...(blueprint.workflows.some((workflow) => workflow.name === name) ? durableSteps(stage) : []),
    ];
  };
}

function variable(prefix: string, name: string): string {
  return `${prefix}_${name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

function usesSteps(stage: Stage, name: string, readOnly: boolean): Step[] {
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

/** A request at each endpoint: the row that the path names is looked up by the code around the function. */
function endpointSteps({ project, rows, ask }: Stage, name: string): Step[] {
  const endpoints = project.blueprint.api?.endpoints.filter((endpoint) => endpoint.function === name) ?? [];
  return endpoints.map(({ method, path, request, response }) => ({
    title: `${method} ${path}`,
    run: async () => {
      const resource = project.blueprint.api?.resources.find(({ base_path }) => path.startsWith(`${base_path}/{`));
      const row = resource && (await rows.make(resource.entity));
      const answer = await ask({
        ...(row && resource ? { path: rows.path(resource.entity, row) } : {}),
        route: { method, path },
        body: fittingBody(request),
        query: { answer: JSON.stringify(fittingBody(response)) },
        claims: { ...rows.somebody },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    },
  }));
}

/** The required members of a contract, as plainly as can be. */
function fittingBody(schema: unknown): Record<string, unknown> {
  const properties = member(schema, 'properties');
  const required = member(schema, 'required');
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(
    names.map((name) => {
      const of = member(properties, name);
      const values = member(of, 'enum');
      if (Array.isArray(values)) return [name, values[0]];
      const constant = member(of, 'const');
      if (constant !== undefined) return [name, constant];
      return [name, member(of, 'type') === 'string' ? 'text' : 1];
    }),
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

/** Messages reach the function from every queue that feeds it: one is done and gone, one fails and is hidden for a while. */
function queueSteps({ project }: Stage, name: string): Step[] {
  const { queues, jobs } = project.blueprint;
  const feeding = [
    ...queues
      .filter((queue) => queue.function === name)
      .map((queue) => ({ id: `${pascal(queue.name)}Queue`, fifo: queue.fifo })),
    ...jobs
      .filter((job) => job.function === name)
      .map((job) => ({ id: `${pascal(job.name)}Job`, fifo: job.sequential })),
  ];
  const deliver = (id: string, fifo: boolean, run: string, expected: string[]) =>
    using(new SQS(settings(project, anybody)), async (sqs) => {
      const QueueUrl = project.outputs.get('sqs')?.[`${id}Url`];
      assert.ok(QueueUrl, `there is no queue ${id}`);
      const body = { job: id, id: run, time: new Date().toISOString() };
      const group = fifo ? { MessageGroupId: randomUUID(), MessageDeduplicationId: randomUUID() } : {};
      await sqs.sendMessage({ QueueUrl, MessageBody: JSON.stringify(body), ...group });
      const answer = await fetch(`${project.endpoint}/_local/clock/advance`, { method: 'POST', body: '{"seconds":0}' });
      assert.equal(answer.status, 200, await answer.text());
      const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
      // What one run leaves behind would be found by the next one.
      await sqs.purgeQueue({ QueueUrl });
      const left = [Attributes?.ApproximateNumberOfMessages, Attributes?.ApproximateNumberOfMessagesNotVisible];
      assert.deepEqual(left, expected, `messages in ${id}: visible, hidden`);
    });
  return feeding.flatMap(({ id, fifo }) => [
    { title: `a message in ${id}`, run: () => deliver(id, fifo, randomUUID(), ['0', '0']) },
    { title: `a message in ${id} that fails`, run: () => deliver(id, fifo, `${failing}-${randomUUID()}`, ['0', '1']) },
  ]);
}

function pascal(name: string): string {
  return name.replace(/(?:^|[_-])([a-z0-9])/g, (_, first: string) => first.toUpperCase());
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

/** What a workflow asks about its own execution; there is none here. */
function durableSteps({ project, fn, credentials }: Stage): Step[] {
  const DurableExecutionArn = `arn:aws:lambda:${project.region}:${account}:function:${fn.name}:1/durable-execution/a/b`;
  const call = (title: string, run: (lambda: Lambda) => Promise<unknown>): Step => ({
    title,
    run: () =>
      using(new Lambda({ ...settings(project, credentials), maxAttempts: 1 }), (lambda) => unlessDenied(run(lambda))),
  });
  return [
    call('CheckpointDurableExecution', (lambda) =>
      lambda.checkpointDurableExecution({ DurableExecutionArn, CheckpointToken: 'x', Updates: [] }),
    ),
    call('GetDurableExecutionState', (lambda) =>
      lambda.getDurableExecutionState({ DurableExecutionArn, CheckpointToken: 'x' }),
    ),
  ];
}

async function unlessDenied(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error) || /AccessDenied/.test(error.name)) throw error;
  }
}

function settings({ endpoint, region }: Stage['project'], credentials: object) {
  return { endpoint, region, credentials: { ...anybody, ...credentials } };
}

async function using<Client extends { destroy(): void }, Result>(
  client: Client,
  work: (client: Client) => Promise<Result>,
): Promise<void> {
  try {
    await work(client);
  } finally {
    client.destroy();
  }
}
