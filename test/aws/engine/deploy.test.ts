import assert from 'node:assert/strict';
import { systemClock } from '../../../src/aws/clock.ts';
import { connect } from '../../../src/aws/connect.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { type DeployOutcome, deploy } from '../../../src/deployment/engine.ts';
import { listHistory } from '../../../src/deployment/history.ts';
import type { ArtifactSource, Connection, FrontendSource } from '../../../src/deployment/ports.ts';
import { type DeploymentProgress, noProgress, reduceProgress } from '../../../src/deployment/progress.ts';
import { readLive } from '../../../src/deployment/status.ts';
import { compile } from '../../../src/stacks/compile.ts';
import type { Stack } from '../../../src/stacks/stack.ts';
import { deterministicZip } from '../../../src/workspace/zip.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';

const blueprint = `project: { name: Shop }
region: us-east-2
auth: { roles: [admin] }
entities:
  - name: task
    fields: [{ name: id, type: string, primary: true }, { name: title, type: string }]
api: { resources: [{ entity: task }] }
frontend: { directory: web }
`;

function stacksOf(text: string, runtime = 'a'.repeat(64)): Stack[] {
  const { blueprint: sound, problems } = parseBlueprint(text);
  if (sound === undefined) throw new Error(JSON.stringify(problems));
  const compiled = compile(sound, { environment: 'local', code: { runtime, functions: {} } });
  return compiled.stacks;
}

const zip = (files: Record<string, string>) => ({
  status: 'built' as const,
  bytes: deterministicZip(new Map(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]))),
});

const artifacts: ArtifactSource = {
  build: async () => zip({ 'index.mjs': 'export const handler = async () => ({ statusCode: 200 });' }),
};

const frontend: FrontendSource = {
  zip: async (config) => zip({ 'index.html': '<h1>Shop</h1>', 'backdrift.json': JSON.stringify(config) }),
};

describe('deploying to the local AWS', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let connection: Connection;

  before(async function () {
    aws = await startSuiteAws(this);
    const opened = await connect({ kind: 'local', environment: 'local', region: 'us-east-2', endpoint: aws.endpoint });
    assert.equal(opened.status, 'connected', JSON.stringify(opened));
    if (opened.status === 'connected') connection = opened.connection;
  });

  after(async () => {
    connection?.close();
    await aws?.stop();
  });

  async function run(
    stacks: Stack[],
  ): Promise<{ outcome: DeployOutcome & { status: 'finished' }; progress: DeploymentProgress }> {
    let progress = noProgress;
    const outcome = await deploy(
      { project: 'shop', blueprint, stacks, host: 'test' },
      { connection, clock: systemClock, artifacts, frontend },
      (event) => {
        progress = reduceProgress(progress, event);
      },
      new AbortController().signal,
    );
    assert.equal(outcome.status, 'finished', JSON.stringify(outcome));
    if (outcome.status !== 'finished') throw new Error('unreachable');
    return { outcome, progress };
  }

  const summary = (progress: DeploymentProgress) =>
    Object.fromEntries(progress.stacks.map(({ layer, status, reason }) => [layer, reason ?? status]));

  async function numbers(): Promise<number[]> {
    const store = connection.bucket('backdrift-123456789012-us-east-2');
    const read = await listHistory(store, systemClock, 'shop', 'local');
    assert.equal(read.status, 'found');
    return read.status === 'found' ? read.entries.map(({ number }) => number) : [];
  }

  it('creates everything with few calls, and reads it back', async () => {
    await aws?.takeCalls();
    const { outcome, progress } = await run(stacksOf(blueprint));
    assert.equal(outcome.result, 'succeeded', JSON.stringify(summary(progress)));
    for (const { layer, done, planned } of progress.stacks) assert.equal(done, planned, layer);
    const calls = (await aws?.takeCalls()) ?? {};
    const polls = new Set(['cloudformation.DescribeStackEvents', 'cloudformation.DescribeStacks']);
    const others = Object.entries(calls).filter(([name]) => !polls.has(name));
    const sum = others.reduce((total, [, times]) => total + times, 0);
    // One create a stack and the bucket's, one write a template and artifact, three for the history, four for the frontend.
    assert.ok(sum <= 25, JSON.stringify(calls));
    const live = await readLive(connection.cloudFormation, systemClock, 'shop', 'local');
    assert.deepEqual(
      live.status === 'found' && live.stacks.map(({ layer, status }) => [layer, status]),
      ['cognito', 'dynamodb', 'lambda', 'api', 'amplify'].map((layer) => [layer, 'CREATE_COMPLETE']),
    );
    const api = live.status === 'found' ? live.stacks.find(({ layer }) => layer === 'api')?.outputs : undefined;
    assert.equal(outcome.apiUrl, `${aws?.endpoint}/_api/${api?.RestApiId}/${api?.StageName}`);
  });

  it('deploys the same again without touching a stack', async () => {
    await aws?.takeCalls();
    const { outcome, progress } = await run(stacksOf(blueprint));
    assert.equal(outcome.result, 'succeeded');
    assert.deepEqual(new Set(Object.values(summary(progress))), new Set(['unchanged']));
    const calls = (await aws?.takeCalls()) ?? {};
    assert.equal(calls['cloudformation.UpdateStack'], undefined);
    assert.ok(Object.values(calls).reduce((total, times) => total + times, 0) <= 14, JSON.stringify(calls));
  });

  it('updates only the stack whose code changed', async () => {
    const { outcome, progress } = await run(stacksOf(blueprint, 'b'.repeat(64)));
    assert.equal(outcome.result, 'succeeded', JSON.stringify(summary(progress)));
    assert.equal(summary(progress).lambda, 'complete');
    assert.equal(summary(progress).dynamodb, 'unchanged');
    const lambda = progress.stacks.find(({ layer }) => layer === 'lambda');
    const functions = Object.values(lambda?.resources ?? {});
    assert.deepEqual([lambda?.done, lambda?.planned], [functions.length, functions.length]);
    assert.deepEqual(new Set(functions.map(({ type }) => type)), new Set(['AWS::Lambda::Function']));
  });

  it('lets the others finish when one fails, and completes it the next time', async () => {
    const broken = stacksOf(`${blueprint}storage: [{ name: attachments }]\n`).map((stack): Stack => {
      if (stack.layer !== 's3') return stack;
      const template = structuredClone(stack.template);
      const bucket = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::S3::Bucket');
      // The bucket of templates has this name already.
      if (bucket !== undefined) bucket.Properties.BucketName = 'backdrift-123456789012-us-east-2';
      return { ...stack, template, body: JSON.stringify(template) };
    });
    const { outcome, progress } = await run(broken);
    assert.equal(outcome.result, 'partial', JSON.stringify(summary(progress)));
    assert.match(summary(progress).s3 ?? '', /AWS::S3::Bucket/);
    assert.equal(summary(progress).dynamodb, 'unchanged');
    const sound = await run(stacksOf(`${blueprint}storage: [{ name: attachments }]\n`));
    assert.equal(sound.outcome.result, 'succeeded', JSON.stringify(summary(sound.progress)));
  });

  it('deletes the stack of a layer that is gone', async () => {
    const { outcome, progress } = await run(stacksOf(blueprint));
    assert.equal(outcome.result, 'succeeded', JSON.stringify(summary(progress)));
    assert.equal(outcome.entry.removed?.s3?.result, 'complete');
    assert.deepEqual(await connection.cloudFormation.describeStack('backdrift-shop-local-s3'), { status: 'absent' });
  });

  it('two at once both get a number and both end', async () => {
    const before = await numbers();
    const [one, two] = await Promise.all([
      run(stacksOf(blueprint, 'c'.repeat(64))),
      run(stacksOf(blueprint, 'c'.repeat(64))),
    ]);
    assert.deepEqual(
      [one.outcome.result, two.outcome.result],
      ['succeeded', 'succeeded'],
      JSON.stringify([summary(one.progress), summary(two.progress)]),
    );
    const [latest = 0] = before;
    assert.deepEqual(await numbers(), [latest + 2, latest + 1, ...before]);
  });

  it('two first deployments at once make one bucket', async () => {
    await aws?.reset();
    const [one, two] = await Promise.all([run(stacksOf(blueprint)), run(stacksOf(blueprint))]);
    assert.deepEqual(
      [one.outcome.result, two.outcome.result],
      ['succeeded', 'succeeded'],
      JSON.stringify([summary(one.progress), summary(two.progress)]),
    );
    assert.deepEqual(await numbers(), [2, 1]);
  });
});
