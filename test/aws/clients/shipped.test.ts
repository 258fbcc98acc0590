import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { environmentOf, onPath, run } from '../cloudformation/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { skipFor } from '../support/moto.ts';
import { type CompiledExample, compiledExample } from './compiled-example.ts';

const Described = z.object({
  Stacks: z.tuple([
    z.looseObject({
      StackStatus: z.string(),
      Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
    }),
  ]),
});
const Table = z.object({
  Table: z.looseObject({
    DeletionProtectionEnabled: z.boolean(),
    GlobalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string() })),
  }),
});

/** In order: what boto3 saw of the two stacks, and what the deployed function and API answered. */
const Seen = z.object({
  events: z.array(z.tuple([z.string(), z.string(), z.string()])),
  outputs: z.record(z.string(), z.string()),
  types: z.record(z.string(), z.number()),
  invoked: z.object({ StatusCode: z.number(), FunctionError: z.string().nullable(), Payload: z.string() }),
  created: z.string(),
  items: z.number(),
});

describe('Our templates, deployed by clients of others', function () {
  this.timeout(180_000);
  let local: LocalAws;
  let directory: string;
  let example: CompiledExample;

  before(async function () {
    local = await localAwsFor(this);
    directory = await mkdtemp(join(tmpdir(), 'clients-'));
    example = await compiledExample(directory);
  });
  after(async () => {
    await local?.stop();
    if (directory) await rm(directory, { recursive: true });
  });

  const aws = (...args: string[]) => run('aws', [...args, '--output', 'json'], { env: environmentOf(local.url) });
  const cloudFormation = (command: string, stack: string, ...args: string[]) =>
    aws('cloudformation', command, '--stack-name', stack, ...args);
  const describeStack = async (stack: string) =>
    Described.parse(JSON.parse(await cloudFormation('describe-stacks', stack))).Stacks[0];
  /** The CLI's own waiters look every 30 seconds: they are asked when there is nothing left to wait for. */
  const waitFor = async (stack: string, what: string): Promise<void> => {
    for (let tries = 0; /_IN_PROGRESS$/.test((await describeStack(stack)).StackStatus); tries++)
      if (tries === 60) throw new Error(`${stack} does not come to rest.`);
    await aws('cloudformation', 'wait', `stack-${what}-complete`, '--stack-name', stack);
  };
  const outputsOf = async (stack: string) =>
    Object.fromEntries((await describeStack(stack)).Outputs.map((output) => [output.OutputKey, output.OutputValue]));

  it('`aws cloudformation deploy` makes the user pool', async function () {
    if (!onPath('aws')) skipFor(this, 'no aws CLI');
    const { name, template } = example.stack('cognito');
    const args = ['cloudformation', 'deploy', '--stack-name', name, '--template-file', example.file('cognito')];
    const env = environmentOf(local.url);
    const prepared = await run('aws', [...args, '--no-execute-changeset'], { env });
    const changeSet = /--change-set-name (\S+)/.exec(prepared)?.[1] ?? '';
    const set: unknown = JSON.parse(await aws('cloudformation', 'describe-change-set', '--change-set-name', changeSet));
    const { Changes } = z
      .object({
        Changes: z.array(
          z.object({ ResourceChange: z.looseObject({ Action: z.string(), LogicalResourceId: z.string() }) }),
        ),
      })
      .parse(set);
    assert.deepEqual(
      Changes.map(({ ResourceChange }) => `${ResourceChange.Action} ${ResourceChange.LogicalResourceId}`).sort(),
      Object.keys(template.Resources)
        .map((id) => `Add ${id}`)
        .sort(),
    );
    await aws('cloudformation', 'execute-change-set', '--change-set-name', changeSet);
    await waitFor(name, 'create');
    const outputs = await outputsOf(name);
    assert.deepEqual(Object.keys(outputs).sort(), Object.keys(template.Outputs ?? {}).sort());
    const pool = await aws('cognito-idp', 'describe-user-pool', '--user-pool-id', outputs.UserPoolId ?? '');
    assert.match(pool, /"MfaConfiguration": "OPTIONAL"/);
    assert.match(await run('aws', [...args, '--no-fail-on-empty-changeset'], { env }), /No changes to deploy/);
  });

  it('`create-stack` makes the tables, `update-stack` changes one property, `delete-stack` leaves what is retained', async function () {
    if (!onPath('aws')) skipFor(this, 'no aws CLI');
    const { name, template } = example.stack('dynamodb');
    const body = `file://${example.file('dynamodb')}`;
    await cloudFormation('create-stack', name, '--template-body', body);
    await waitFor(name, 'create');
    const table = (await outputsOf(name)).TasksTableName ?? '';
    const read = async () =>
      Table.parse(JSON.parse(await aws('dynamodb', 'describe-table', '--table-name', table))).Table;
    const made = await read();
    assert.equal(made.DeletionProtectionEnabled, true);
    assert.deepEqual(made.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName).sort(), [
      'backdrift-list',
      'by_owner',
      'by_project',
      'by_status',
    ]);

    const changed = structuredClone(template);
    const { Properties } = changed.Resources.TasksTable ?? {};
    assert.ok(Properties);
    Properties.DeletionProtectionEnabled = false;
    const changedFile = join(directory, 'dynamodb-changed.json');
    await writeFile(changedFile, JSON.stringify(changed));
    await cloudFormation('update-stack', name, '--template-body', `file://${changedFile}`);
    await waitFor(name, 'update');
    assert.equal((await read()).DeletionProtectionEnabled, false);
    assert.equal((await outputsOf(name)).TasksTableName, table, 'the same table');

    await cloudFormation('delete-stack', name);
    await aws('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', name);
    await assert.rejects(describeStack(name), /does not exist/);
    assert.equal((await read()).DeletionProtectionEnabled, false, 'a table with data outlives its stack');
  });

  it('boto3 deploys functions and API, reads the events in order, and the API answers', async function () {
    if (!onPath('aws') || !onPath('python3')) skipFor(this, 'no aws CLI, or no python3');
    await aws('s3', 'mb', 's3://artifacts-of-boto');
    await run('aws', ['s3', 'cp', '--recursive', '--quiet', example.code, 's3://artifacts-of-boto/'], {
      env: environmentOf(local.url),
    });
    await writeFile(join(directory, 'deploy.py'), deployScript);
    const output = await run('python3', [join(directory, 'deploy.py'), directory, local.url], {
      env: environmentOf(local.url),
    });
    const seen = Seen.parse(JSON.parse(output));
    const lambda = example.stack('lambda');
    const counts: Record<string, number> = {};
    for (const { Type } of Object.values(lambda.template.Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
    assert.deepEqual(seen.types, counts);

    const position = (id: string, status: string) =>
      seen.events.findIndex(([logicalId, , is]) => logicalId === id && is === status);
    assert.deepEqual(seen.events[0]?.slice(1), ['AWS::CloudFormation::Stack', 'CREATE_IN_PROGRESS']);
    assert.deepEqual(seen.events.at(-1)?.slice(1), ['AWS::CloudFormation::Stack', 'CREATE_COMPLETE']);
    for (const id of Object.keys(lambda.template.Resources)) {
      const began = position(id, 'CREATE_IN_PROGRESS');
      assert.ok(began > 0 && began < position(id, 'CREATE_COMPLETE'), id);
    }
    for (const of of ['ListTasks', 'Health'])
      assert.ok(
        position(`${of}Role`, 'CREATE_COMPLETE') < position(`${of}Function`, 'CREATE_IN_PROGRESS'),
        `${of}: the role is there before the function that runs as it`,
      );

    assert.equal(seen.invoked.FunctionError, null, seen.invoked.Payload);
    assert.equal(z.object({ statusCode: z.number() }).parse(JSON.parse(seen.invoked.Payload)).statusCode, 200);
    assert.match(seen.outputs.ApiUrl ?? '', /^https:\/\/\w+\.execute-api\.us-east-2\.amazonaws\.com\/api/);
    assert.match(seen.created, /401/, 'to create, a token is asked for');
    assert.equal(seen.items, 0);
  });
});

/** Deploys tables, functions and API under names of its own; arguments: the directory of the templates, the address. */
const deployScript = `
import boto3, collections, json, sys, urllib.request, urllib.error
directory, address = sys.argv[1:]
cf = boto3.client('cloudformation')

def deploy(layer, **parameters):
    template = open(f'{directory}/{layer}.json').read()
    known = json.loads(template).get('Parameters', {})
    # Above 51,200 bytes a template travels through a bucket.
    boto3.client('s3').put_object(Bucket='artifacts-of-boto', Key=f'templates/{layer}.json', Body=template)
    address = f'https://artifacts-of-boto.s3.us-east-2.amazonaws.com/templates/{layer}.json'
    cf.create_stack(StackName=f'boto-{layer}', TemplateURL=address, Capabilities=['CAPABILITY_NAMED_IAM'],
        Parameters=[{'ParameterKey': k, 'ParameterValue': v} for k, v in parameters.items() if k in known])
    cf.get_waiter('stack_create_complete').wait(StackName=f'boto-{layer}', WaiterConfig={'Delay': 1, 'MaxAttempts': 90})
    stack = cf.describe_stacks(StackName=f'boto-{layer}')['Stacks'][0]
    return {o['OutputKey']: o['OutputValue'] for o in stack.get('Outputs', [])}

values = {'ArtifactBucket': 'artifacts-of-boto', 'AccessLogs': 'false'}
for layer in ('cognito', 'dynamodb', 'lambda', 'api'):
    values |= deploy(layer, **values)
pages = cf.get_paginator('describe_stack_events').paginate(StackName='boto-lambda')
events = [e for page in pages for e in page['StackEvents']]
resources = [r for p in cf.get_paginator('list_stack_resources').paginate(StackName='boto-lambda') for r in p['StackResourceSummaries']]
health = next(r['PhysicalResourceId'] for r in resources if r['LogicalResourceId'] == 'HealthFunction')
event = {'httpMethod': 'GET', 'resource': '/health', 'path': '/health', 'headers': {}, 'requestContext': {'requestId': 'r'}}
invoked = boto3.client('lambda').invoke(FunctionName=health, Payload=json.dumps(event))
api = f"{address}/_api/{values['RestApiId']}/{values['StageName']}"
items = json.load(urllib.request.urlopen(f'{api}/v1/announcements'))['items']
try:
    created = urllib.request.urlopen(urllib.request.Request(f'{api}/v1/announcements', data=b'{}', method='POST')).status
except urllib.error.HTTPError as error:
    created = error.code
print(json.dumps({
    'events': [[e['LogicalResourceId'], e['ResourceType'], e['ResourceStatus']] for e in reversed(events)],
    'outputs': values,
    'types': collections.Counter(r['ResourceType'] for r in resources),
    'invoked': {'StatusCode': invoked['StatusCode'], 'FunctionError': invoked.get('FunctionError'), 'Payload': invoked['Payload'].read().decode()},
    'created': str(created),
    'items': len(items),
}))
`;
