import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Lambda } from '@aws-sdk/client-lambda';
import { SQS } from '@aws-sdk/client-sqs';
import { account, anybody, failing } from '../project.ts';
import type { Scenario, Stage, Step } from '../scenario.ts';
import { settings, unlessDenied, using } from './client.ts';
import { usesSteps } from './uses.ts';

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
