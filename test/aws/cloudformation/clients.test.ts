import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { skipFor } from '../support/moto.ts';
import { environmentOf, onPath, run, startForTest } from './local-aws.ts';

const yaml = (seconds: number) => `
AWSTemplateFormatVersion: '2010-09-09'
Description: Two queues and a bucket
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Letters:
    Type: AWS::SQS::Queue
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub '\${AWS::StackName}-\${Stage}'
      VisibilityTimeout: ${seconds}
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Letters.Arn, maxReceiveCount: 5}
  Files:
    Type: AWS::S3::Bucket
  Extra:
    Type: AWS::SQS::Queue
    Condition: IsProd
Outputs:
  Url: {Value: !Ref Queue}
  Name: {Value: !Select [5, !Split [':', !GetAtt Queue.Arn]]}
`;

describe('Local AWS with clients of others', function () {
  this.timeout(180_000);
  let local: LocalAws;
  let directory: string;

  before(async function () {
    local = await startForTest(this);
    directory = await mkdtemp(join(tmpdir(), 'local-aws-'));
  });
  after(async () => {
    await local?.stop();
    if (directory) await rm(directory, { recursive: true });
  });

  const settled = async (stack: string): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      const { Stacks } = await describe_(stack);
      if (!/_IN_PROGRESS$/.test(Stacks[0]?.StackStatus ?? '')) return;
    }
    throw new Error(`${stack} does not come to rest.`);
  };
  const stacks = z.object({
    Stacks: z.array(
      z.object({
        StackStatus: z.string(),
        Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).optional(),
      }),
    ),
  });
  const aws = (...args: string[]) => run('aws', [...args, '--output', 'json'], { env: environmentOf(local.url) });
  const describe_ = async (stack: string) =>
    stacks.parse(JSON.parse(await aws('cloudformation', 'describe-stacks', '--stack-name', stack)));
  const outputsOf = async (stack: string) => {
    const { Stacks } = await describe_(stack);
    return Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  };

  it('the aws CLI deploys, waits, updates, waits and deletes', async function () {
    if (!onPath('aws')) skipFor(this, 'no aws CLI');
    const file = join(directory, 'app.yaml');
    await writeFile(file, yaml(30));
    const body = `file://${file}`;
    await aws('cloudformation', 'create-stack', '--stack-name', 'cli', '--template-body', body);
    await settled('cli');
    await aws('cloudformation', 'wait', 'stack-create-complete', '--stack-name', 'cli');
    const outputs = await outputsOf('cli');
    assert.equal(outputs.Name, 'cli-dev');
    const queue = ['sqs', 'get-queue-attributes', '--endpoint-url', local.url, '--queue-url', outputs.Url ?? ''];
    const timeout = async () =>
      JSON.parse(await aws(...queue, '--attribute-names', 'VisibilityTimeout')).Attributes.VisibilityTimeout;
    assert.equal(await timeout(), '30');
    await writeFile(file, yaml(45));
    await aws('cloudformation', 'update-stack', '--stack-name', 'cli', '--template-body', body);
    await settled('cli');
    await aws('cloudformation', 'wait', 'stack-update-complete', '--stack-name', 'cli');
    assert.equal(await timeout(), '45');
    await aws('cloudformation', 'delete-stack', '--stack-name', 'cli');
    await aws('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', 'cli');
    await assert.rejects(describe_('cli'), /Stack with id cli does not exist/);
    await assert.rejects(aws(...queue), /does not exist/);
  });

  it('`aws cloudformation deploy` goes through change sets, and stops where nothing changes', async function () {
    if (!onPath('aws')) skipFor(this, 'no aws CLI');
    const file = join(directory, 'deploy.yaml');
    await writeFile(file, yaml(30));
    const deploy = (...more: string[]) =>
      run('aws', ['cloudformation', 'deploy', '--stack-name', 'deployed', '--template-file', file, ...more], {
        env: environmentOf(local.url),
      });
    // Executed apart: the CLI's own wait looks every 30 seconds.
    const name = /--change-set-name (\S+)/.exec(await deploy('--no-execute-changeset'))?.[1] ?? '';
    const set = JSON.parse(await aws('cloudformation', 'describe-change-set', '--change-set-name', name));
    assert.deepEqual(
      set.Changes.map((change: { ResourceChange: { Action: string } }) => change.ResourceChange.Action),
      ['Add', 'Add', 'Add'],
    );
    await aws('cloudformation', 'execute-change-set', '--change-set-name', name);
    await settled('deployed');
    assert.equal((await outputsOf('deployed')).Name, 'deployed-dev');
    assert.match(await deploy('--no-fail-on-empty-changeset'), /No changes to deploy/);
  });

  it('boto3 reads events, resources and errors', async function () {
    if (!onPath('python3')) skipFor(this, 'no python3');
    const script = `
import boto3, json, time, botocore
cf = boto3.client('cloudformation')
cf.create_stack(StackName='py', TemplateBody=open('${join(directory, 'py.yaml')}').read(), ClientRequestToken='py-1')
waiter = cf.get_waiter('stack_create_complete')
waiter.wait(StackName='py', WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
events = [e for p in cf.get_paginator('describe_stack_events').paginate(StackName='py') for e in p['StackEvents']]
ops = cf.describe_events(StackName='py')['OperationEvents'] if hasattr(cf, 'describe_events') else None
try:
    cf.describe_stacks(StackName='nope')
except botocore.exceptions.ClientError as error:
    refused = error.response['Error']
print(json.dumps({
    'events': [[e['LogicalResourceId'], e['ResourceStatus'], e['ClientRequestToken']] for e in reversed(events)],
    'times': all(a['Timestamp'] >= b['Timestamp'] for a, b in zip(events, events[1:])),
    'resources': [r['LogicalResourceId'] for r in cf.list_stack_resources(StackName='py')['StackResourceSummaries']],
    'template': cf.get_template(StackName='py')['TemplateBody'][:40],
    'operation': ops is None or all(o['OperationType'] == 'CREATE_STACK' for o in ops),
    'refused': [refused['Code'], refused['Message'], refused['Type']],
}))
`;
    await writeFile(join(directory, 'py.yaml'), yaml(30));
    const output = await run('python3', ['-c', script], { env: environmentOf(local.url) });
    const read = z
      .object({
        events: z.array(z.tuple([z.string(), z.string(), z.string()])),
        times: z.boolean(),
        resources: z.array(z.string()),
        template: z.string(),
        operation: z.boolean(),
        refused: z.array(z.string()),
      })
      .parse(JSON.parse(output));
    assert.deepEqual(read.events[0], ['py', 'CREATE_IN_PROGRESS', 'py-1']);
    assert.deepEqual(read.events.at(-1), ['py', 'CREATE_COMPLETE', 'py-1']);
    assert.equal(read.events.filter(([id]) => id === 'Queue').length, 3);
    assert.ok(read.times && read.operation);
    assert.deepEqual(read.resources.sort(), ['Files', 'Letters', 'Queue']);
    assert.match(read.template, /AWSTemplateFormatVersion/);
    assert.deepEqual(read.refused, ['ValidationError', 'Stack with id nope does not exist', 'Sender']);
  });
});
