import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GetDurableExecutionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { root } from '../../../scripts/build-options.mjs';
import { type CommandLine, commandLine } from '../../builders/command-line.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';

const blueprint = `project: { name: Onboard }
region: us-east-2
entities:
  - name: member
    fields: [{ name: state }]
api:
  resources: [{ entity: member, auth: public }]
  endpoints:
    - { method: POST, path: /v1/begin, function: begin }
    - { method: POST, path: /v1/approve, function: approve }
functions:
  - { name: begin, handler: begin.mjs, uses: [onboarding] }
  - { name: approve, handler: approve.mjs, uses: [onboarding] }
workflows:
  - { name: onboarding, handler: onboarding.mjs, timeout: 30d, uses: [member] }
`;

/** The handler of a workflow: what the durable SDK gives, exported as \`handler\`. */
const onboarding = `import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
const table = DynamoDBDocument.from(new DynamoDBClient({}));
const note = (id, state) => table.put({ TableName: process.env.TABLE_MEMBER, Item: { id, state } });

export const handler = withDurableExecution(async ({ id }, context) => {
  await context.step('welcome', () => note(id, 'welcomed'));
  await context.wait('a week', { days: 7 });
  const verdict = await context.waitForCallback('approval', (callback) => note(id, callback), { timeout: { days: 14 } });
  await context.step('done', () => note(id, verdict));
  return { id, verdict };
});
`;

const begin = `import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
const lambda = new LambdaClient({});
export async function handler(event) {
  const started = await lambda.send(new InvokeCommand({
    FunctionName: process.env.WORKFLOW_ONBOARDING, InvocationType: 'Event', Payload: event.body,
  }));
  return { statusCode: 202, body: JSON.stringify({ execution: started.DurableExecutionArn }) };
}
`;

const approve = `import { LambdaClient, SendDurableExecutionCallbackSuccessCommand } from '@aws-sdk/client-lambda';
const lambda = new LambdaClient({});
export async function handler(event) {
  const { callback } = JSON.parse(event.body);
  await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callback, Result: Buffer.from('approved') }));
  return { statusCode: 204 };
}
`;

describe('a workflow that was deployed', function () {
  this.timeout(240_000);
  let aws: SuiteAws;
  let cli: CommandLine;
  let lambda: LambdaClient;
  let api: string;

  before(async function () {
    aws = await startSuiteAws(this);
    cli = await commandLine();
    await cli.write(blueprint);
    for (const [file, text] of Object.entries({
      'onboarding.mjs': onboarding,
      'begin.mjs': begin,
      'approve.mjs': approve,
    }))
      await writeFile(path.join(cli.directory, file), text);
    // The workspace's own esbuild and SDK.
    symlinkSync(path.join(root, 'node_modules'), path.join(cli.directory, 'node_modules'));
    lambda = new LambdaClient({
      endpoint: aws.endpoint,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const { exit, out, err } = await cli.run(['deploy', '--environment', 'local'], { AWS_ENDPOINT_URL: aws.endpoint });
    assert.equal(exit, 0, err);
    api = /^API: (.+)$/m.exec(out)?.[1] ?? '';
  });
  after(async () => {
    lambda?.destroy();
    await cli?.remove();
    await aws?.stop();
  });

  const post = (route: string, body: object) => fetch(`${api}${route}`, { method: 'POST', body: JSON.stringify(body) });
  const advance = (seconds: number) =>
    fetch(`${aws.endpoint}/_local/clock/advance`, { method: 'POST', body: JSON.stringify({ seconds }) });
  const Row = z.looseObject({ state: z.string() });
  const state = async () => Row.parse(await (await fetch(`${api}/members/ada`)).json()).state;

  it('is begun by a function, sleeps, waits for an answer through the API, and ends', async () => {
    const begun = await post('/v1/begin', { id: 'ada' });
    assert.equal(begun.status, 202, await begun.clone().text());
    const { execution } = z.object({ execution: z.string() }).parse(await begun.json());
    await advance(1);
    assert.equal(await state(), 'welcomed');
    await advance(6 * 86_400);
    assert.equal(await state(), 'welcomed');
    await advance(2 * 86_400);
    const callback = await state();
    const approved = await post('/v1/approve', { callback });
    assert.equal(approved.status, 204, await approved.text());
    await advance(1);
    assert.equal(await state(), 'approved');
    const end = await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: execution }));
    assert.equal(end.Status, 'SUCCEEDED');
    assert.deepEqual(JSON.parse(end.Result ?? ''), { id: 'ada', verdict: 'approved' });
  });
});
