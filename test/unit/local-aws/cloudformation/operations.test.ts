import assert from 'node:assert/strict';
import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  RollbackStackCommand,
  type Stack,
  type StackResource,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { type LocalCloudFormation, localCloudFormation, thing } from '../../../builders/local-cloudformation.ts';

type Resources = Record<string, Record<string, unknown>>;

function body(resources: Resources, rest: Record<string, unknown> = {}): string {
  const full = Object.fromEntries(Object.entries(resources).map(([id, r]) => [id, { Type: thing, ...r }]));
  return JSON.stringify({ Resources: full, ...rest });
}

describe('Stack operations', () => {
  let local: LocalCloudFormation;
  beforeEach(() => {
    local = localCloudFormation();
  });

  const create = (resources: Resources, extra: object = {}, rest: Record<string, unknown> = {}) =>
    local.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body(resources, rest), ...extra }));
  const update = (resources: Resources, extra: object = {}, rest: Record<string, unknown> = {}) =>
    local.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body(resources, rest), ...extra }));
  const describeStack = async (name = 's'): Promise<Stack> => {
    const { Stacks } = await local.client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks ?? [];
    assert.ok(stack);
    return stack;
  };
  const history = async (name = 's') => {
    const { StackEvents } = await local.client.send(new DescribeStackEventsCommand({ StackName: name }));
    return (StackEvents ?? []).reverse().map((e) => `${e.LogicalResourceId} ${e.ResourceStatus}`);
  };
  const resources = async (name = 's'): Promise<Record<string, StackResource>> => {
    const { StackResources } = await local.client.send(new DescribeStackResourcesCommand({ StackName: name }));
    return Object.fromEntries((StackResources ?? []).map((r) => [r.LogicalResourceId ?? '', r]));
  };
  const fails = (command: Promise<unknown>, name: string, message: RegExp) =>
    assert.rejects(command, (error: Error) => {
      assert.equal(error.name, name);
      assert.match(error.message, message);
      return true;
    });

  it('creates in dependency order, each resource with its three events', async () => {
    const answer = await create(
      { B: { Properties: { From: { Ref: 'A' } } }, A: {} },
      { ClientRequestToken: 'token-1' },
      { Outputs: { Id: { Value: { Ref: 'B' } } } },
    );
    assert.equal((await describeStack()).StackStatus, 'CREATE_IN_PROGRESS');
    await local.clock.run();
    assert.deepEqual(await history(), [
      's CREATE_IN_PROGRESS',
      'A CREATE_IN_PROGRESS',
      'A CREATE_IN_PROGRESS',
      'A CREATE_COMPLETE',
      'B CREATE_IN_PROGRESS',
      'B CREATE_IN_PROGRESS',
      'B CREATE_COMPLETE',
      's CREATE_COMPLETE',
    ]);
    const { StackEvents = [] } = await local.client.send(new DescribeStackEventsCommand({ StackName: 's' }));
    assert.ok(StackEvents.every((event) => event.ClientRequestToken === 'token-1'));
    assert.ok(StackEvents.every((event) => event.OperationId === answer.OperationId));
    assert.equal(new Set(StackEvents.map((event) => event.EventId)).size, StackEvents.length);
    const initiated = StackEvents.find((event) => event.ResourceStatusReason === 'Resource creation Initiated');
    assert.match(initiated?.PhysicalResourceId ?? '', /^s-B-/);
    const stack = await describeStack();
    assert.equal(stack.Outputs?.[0]?.OutputValue, (await resources()).B?.PhysicalResourceId);
  });

  it('creates independent resources at the same time', async () => {
    await create({ A: {}, B: {}, C: { DependsOn: ['A', 'B'] } });
    await local.clock.run();
    const events = await history();
    assert.ok(events.indexOf('B CREATE_IN_PROGRESS') < events.indexOf('A CREATE_COMPLETE'));
    assert.ok(events.indexOf('C CREATE_IN_PROGRESS') > events.indexOf('B CREATE_COMPLETE'));
  });

  it('rolls a failed creation back, and names what failed and what was cancelled with it', async () => {
    local.cloud.fault = ({ operation, logicalId }) =>
      operation === 'create' && logicalId === 'B' ? 'no room' : undefined;
    await create({ A: {}, B: { DependsOn: 'A' }, Slow: { Type: 'AWS::SQS::Queue' } });
    await local.clock.run();
    const stack = await describeStack();
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    const { StackEvents = [] } = await local.client.send(new DescribeStackEventsCommand({ StackName: 's' }));
    const reason = (status: string, id: string) =>
      StackEvents.find((e) => e.ResourceStatus === status && e.LogicalResourceId === id)?.ResourceStatusReason;
    assert.match(
      reason('CREATE_FAILED', 'B') ?? '',
      /^Resource handler returned message: "no room" \(RequestToken: \S+, HandlerErrorCode: GeneralServiceException\)$/,
    );
    assert.equal(reason('CREATE_FAILED', 'Slow'), 'Resource creation cancelled');
    assert.match(
      reason('ROLLBACK_IN_PROGRESS', 's') ?? '',
      /failed to create: \[B, Slow\]\. Rollback requested by user\.$/,
    );
    assert.equal(local.cloud.service.size, 0);
    const operations = new Set(StackEvents.map((event) => event.OperationId));
    assert.equal(operations.size, 2, 'the rollback is an operation of its own');
    await fails(
      update({ A: { Properties: { Value: '2' } } }),
      'ValidationError',
      /is in ROLLBACK_COMPLETE state and can not be updated/,
    );
    const failed = await local.client.send(
      new DescribeEventsCommand({ StackName: 's', Filters: { FailedEvents: true } }),
    );
    assert.deepEqual(
      failed.OperationEvents?.map((e) => [e.LogicalResourceId, e.EventType]),
      [['B', 'PROVISIONING_ERROR']],
    );
  });

  it('keeps what succeeded with OnFailure DO_NOTHING, and goes on from there', async () => {
    local.cloud.fault = ({ logicalId }) => (logicalId === 'B' ? 'no room' : undefined);
    const all = { A: {}, B: {}, C: { DependsOn: 'B' }, D: { DependsOn: 'A' } };
    await create(all, { OnFailure: 'DO_NOTHING' });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'CREATE_FAILED');
    assert.deepEqual(local.cloud.calls.sort(), ['create A', 'create B', 'create D'], 'independent paths are finished');
    await fails(update(all), 'ValidationError', /non-terminal \[CREATE_FAILED\] state/);
    local.cloud.fault = () => undefined;
    local.cloud.calls.length = 0;
    await update(all, { DisableRollback: true });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_COMPLETE');
    assert.deepEqual(local.cloud.calls, ['create B', 'create C']);
  });

  it('deletes the stack with OnFailure DELETE', async () => {
    local.cloud.fault = ({ operation }) => (operation === 'create' ? 'no room' : undefined);
    const { StackId } = await create({ A: {} }, { OnFailure: 'DELETE' });
    await local.clock.run();
    await fails(describeStack(), 'ValidationError', /^Stack with id s does not exist$/);
    assert.equal((await describeStack(StackId)).StackStatus, 'DELETE_COMPLETE');
  });

  it('updates in place, replaces, adds and removes, and cleans up after the outputs are there', async () => {
    await create({ Place: { Properties: { Value: '1' } }, Fix: { Properties: { Fixed: '1' } }, Gone: {} });
    await local.clock.run();
    const before = await resources();
    await update(
      {
        Place: { Properties: { Value: '2' } },
        Fix: { Properties: { Fixed: '2' } },
        New: { Properties: { Of: { Ref: 'Fix' } } },
      },
      {},
      { Outputs: { Fix: { Value: { Ref: 'Fix' } } } },
    );
    let outputsInCleanUp: string | undefined;
    for (;;) {
      const stack = await describeStack();
      if (stack.StackStatus === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
        outputsInCleanUp = stack.Outputs?.[0]?.OutputValue;
      if (!(await local.clock.step())) break;
    }
    const after = await resources();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_COMPLETE');
    assert.equal(after.Place?.PhysicalResourceId, before.Place?.PhysicalResourceId);
    assert.notEqual(after.Fix?.PhysicalResourceId, before.Fix?.PhysicalResourceId);
    assert.equal(outputsInCleanUp, after.Fix?.PhysicalResourceId);
    assert.equal(after.Gone, undefined);
    assert.deepEqual(
      [...local.cloud.service.keys()].sort(),
      Object.values(after)
        .map((r) => r.PhysicalResourceId)
        .sort(),
    );
    const events = await history();
    assert.ok(events.indexOf('Fix DELETE_IN_PROGRESS') > events.indexOf('s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
  });

  it('refuses to replace what has a name of its own, and puts everything back', async () => {
    await create({ A: { Type: 'AWS::DynamoDB::Table', Properties: table('t', 'id') } });
    await local.clock.run();
    await create(
      {},
      { StackName: 'other', TemplateBody: body({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } } }) },
    );
    await local.clock.run();
    await local.client.send(
      new UpdateStackCommand({
        StackName: 'other',
        TemplateBody: body({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', FifoQueue: true } } }),
      }),
    );
    await local.clock.run();
    const stack = await describeStack('other');
    assert.equal(stack.StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    const { StackEvents = [] } = await local.client.send(new DescribeStackEventsCommand({ StackName: 'other' }));
    const failed = StackEvents.find((event) => event.ResourceStatus === 'UPDATE_FAILED');
    assert.match(failed?.ResourceStatusReason ?? '', /custom-named resource requires replacing\. Rename q and update/);
    assert.deepEqual(local.cloud.service.get('q')?.properties, { QueueName: 'q' });
  });

  it('rolls a failed update back to properties, physical ids, parameters and outputs as they were', async () => {
    const parameters = {
      Parameters: { P: { Type: 'String' } },
      Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Value'] } } },
    };
    const first = { A: { Properties: { Value: { Ref: 'P' } } }, Fix: { Properties: { Fixed: '1' } }, Gone: {} };
    await create(first, { Parameters: [{ ParameterKey: 'P', ParameterValue: 'one' }] }, parameters);
    await local.clock.run();
    const before = {
      service: new Map(local.cloud.service),
      resources: await resources(),
      stack: await describeStack(),
    };
    local.cloud.fault = ({ logicalId }) => (logicalId === 'Bad' ? 'no room' : undefined);
    await update(
      {
        A: { Properties: { Value: { Ref: 'P' } } },
        Fix: { Properties: { Fixed: '2' } },
        New: {},
        Bad: { DependsOn: ['A', 'Fix', 'New'] },
      },
      { Parameters: [{ ParameterKey: 'P', ParameterValue: 'two' }] },
      parameters,
    );
    await local.clock.run();
    const stack = await describeStack();
    assert.equal(stack.StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.deepEqual(new Map(local.cloud.service), before.service);
    assert.deepEqual(stack.Outputs, before.stack.Outputs);
    assert.deepEqual(stack.Parameters, before.stack.Parameters);
    const ids = (all: Awaited<ReturnType<typeof resources>>) =>
      Object.entries(all).map(([id, r]) => [id, r.PhysicalResourceId]);
    assert.deepEqual(ids(await resources()), ids(before.resources));
  });

  it('stays at UPDATE_ROLLBACK_FAILED until it is continued', async () => {
    await create({ A: { Properties: { Value: '1' } } });
    await local.clock.run();
    local.cloud.fault = ({ operation, properties, logicalId }) =>
      logicalId === 'Bad' || (operation === 'update' && properties.Value === '1') ? 'refused' : undefined;
    await update({ A: { Properties: { Value: '2' } }, Bad: { DependsOn: 'A' } });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_ROLLBACK_FAILED');
    assert.match((await describeStack()).StackStatusReason ?? '', /failed to update: \[A\]/);
    await fails(update({ A: {} }), 'ValidationError', /UPDATE_ROLLBACK_FAILED state and can not be updated/);
    local.cloud.fault = () => undefined;
    await local.client.send(new ContinueUpdateRollbackCommand({ StackName: 's' }));
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal([...local.cloud.service.values()][0]?.properties.Value, '1');
  });

  it('continues a rollback past a skipped resource', async () => {
    await create({ A: { Properties: { Value: '1' } } });
    await local.clock.run();
    local.cloud.fault = ({ operation, properties, logicalId }) =>
      logicalId === 'Bad' || (operation === 'update' && properties.Value === '1') ? 'refused' : undefined;
    await update({ A: { Properties: { Value: '2' } }, Bad: { DependsOn: 'A' } });
    await local.clock.run();
    await local.client.send(new ContinueUpdateRollbackCommand({ StackName: 's', ResourcesToSkip: ['A'] }));
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal((await resources()).A?.ResourceStatus, 'UPDATE_COMPLETE');
  });

  it('preserves a failed update with DisableRollback, resumes it, and rolls it back with RollbackStack', async () => {
    await create({ A: { Properties: { Value: '1' } }, B: { Properties: { Value: '1' } } });
    await local.clock.run();
    local.cloud.fault = ({ logicalId, operation, properties }) =>
      logicalId === 'B' && operation === 'update' && properties.Value === '2' ? 'refused' : undefined;
    const next = { A: { Properties: { Value: '2' } }, B: { Properties: { Value: '2' } } };
    await update(next, { DisableRollback: true });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_FAILED');
    assert.deepEqual([...local.cloud.service.values()].map((r) => r.properties.Value).sort(), ['1', '2']);
    await local.client.send(new RollbackStackCommand({ StackName: 's' }));
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.deepEqual(
      [...local.cloud.service.values()].map((r) => r.properties.Value),
      ['1', '1'],
    );
    await update(next, { DisableRollback: true });
    await local.clock.run();
    local.cloud.fault = () => undefined;
    await update(next, { DisableRollback: true });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_COMPLETE');
    assert.deepEqual(
      [...local.cloud.service.values()].map((r) => r.properties.Value),
      ['2', '2'],
    );
  });

  it('refuses a replacement while rollback is off', async () => {
    await create({ Fix: { Properties: { Fixed: '1' } } });
    await local.clock.run();
    await update({ Fix: { Properties: { Fixed: '2' } } }, { DisableRollback: true });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_FAILED');
    assert.match((await resources()).Fix?.ResourceStatusReason ?? '', /^Replacement type updates not supported/);
  });

  it('cancels an update', async () => {
    await create({ Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1 } } });
    await local.clock.run();
    await update({ Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 2 } }, Later: { DependsOn: 'Q' } });
    await local.clock.step();
    await local.client.send(new CancelUpdateStackCommand({ StackName: 's' }));
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal([...local.cloud.service.values()][0]?.properties.DelaySeconds, 1);
    assert.ok(!local.cloud.calls.includes('create Later'));
    await fails(
      local.client.send(new CancelUpdateStackCommand({ StackName: 's' })),
      'ValidationError',
      /cannot be called from current stack status/,
    );
  });

  it('deletes in reverse order; a failure holds only what the failed one needs', async () => {
    await create({ A: {}, B: { DependsOn: 'A' }, C: {} });
    await local.clock.run();
    local.cloud.fault = ({ operation, logicalId }) =>
      operation === 'delete' && logicalId === 'B' ? 'not empty' : undefined;
    const { StackId } = await describeStack();
    await local.client.send(new DeleteStackCommand({ StackName: 's' }));
    await local.clock.run();
    const stack = await describeStack();
    assert.equal(stack.StackStatus, 'DELETE_FAILED');
    assert.match(stack.StackStatusReason ?? '', /failed to delete: \[B\]/);
    const now = await resources();
    assert.deepEqual(
      [now.A?.ResourceStatus, now.B?.ResourceStatus, now.C?.ResourceStatus],
      ['CREATE_COMPLETE', 'DELETE_FAILED', 'DELETE_COMPLETE'],
    );
    await local.client.send(new DeleteStackCommand({ StackName: 's', RetainResources: ['B'] }));
    await local.clock.run();
    assert.equal((await describeStack(StackId)).StackStatus, 'DELETE_COMPLETE');
    assert.deepEqual(
      [...local.cloud.service.values()].map((r) => r.logicalId),
      ['B'],
    );
  });

  it('deletes a stack while it is being created', async () => {
    const { StackId } = await create({ Q: { Type: 'AWS::SQS::Queue' }, After: { DependsOn: 'Q' } });
    await local.clock.step();
    await local.client.send(new DeleteStackCommand({ StackName: 's' }));
    await local.clock.run();
    assert.equal((await describeStack(StackId)).StackStatus, 'DELETE_COMPLETE');
    assert.equal(local.cloud.service.size, 0);
    assert.deepEqual(local.log, []);
  });

  it('retains by policy: on deletion, on removal, on replacement, and on rollback unless it is told otherwise', async () => {
    const keep = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
    await create({ Removed: keep, Fix: { ...keep, Properties: { Fixed: '1' } } });
    await local.clock.run();
    await update({ Fix: { ...keep, Properties: { Fixed: '2' } } });
    await local.clock.run();
    assert.equal(local.cloud.service.size, 3);
    const { StackId } = await describeStack();
    await local.client.send(new DeleteStackCommand({ StackName: 's' }));
    await local.clock.run();
    assert.equal((await resources(StackId)).Fix?.ResourceStatus, 'DELETE_SKIPPED');
    assert.equal(local.cloud.service.size, 3);
    local.cloud.service.clear();
    local.cloud.fault = ({ logicalId }) => (logicalId === 'Bad' ? 'no room' : undefined);
    await create({ Kept: keep, Bad: { DependsOn: 'Kept' } });
    await local.clock.run();
    assert.equal(local.cloud.service.size, 1);
    await create({ Kept: keep, Bad: { DependsOn: 'Kept' } }, { StackName: 's2', RetainExceptOnCreate: true });
    await local.clock.run();
    assert.equal(local.cloud.service.size, 1);
  });

  it('answers a re-sent request with the first answer, and refuses the token for another', async () => {
    const request = { ClientRequestToken: 'once' };
    const [one, two] = await Promise.all([create({ A: {} }, request), create({ A: {} }, request)]);
    assert.equal(one.StackId, two.StackId);
    await local.clock.run();
    assert.equal((await create({ A: {} }, request)).StackId, one.StackId);
    await fails(create({ B: {} }, request), 'TokenAlreadyExistsException', /once/);
    assert.deepEqual(local.cloud.calls, ['create A']);
    const change = { A: { Properties: { Value: '2' } } };
    const first = await update(change, { ClientRequestToken: 'twice' });
    assert.equal((await update(change, { ClientRequestToken: 'twice' })).OperationId, first.OperationId);
    await local.clock.run();
    assert.equal(local.cloud.calls.filter((call) => call === 'update A').length, 1);
  });

  it('says in the service’s words what cannot be done', async () => {
    await fails(describeStack('none'), 'ValidationError', /^Stack with id none does not exist$/);
    await fails(update({ A: {} }), 'ValidationError', /^Stack \[s\] does not exist$/);
    await create({ A: {} }, { EnableTerminationProtection: true });
    await fails(create({ A: {} }), 'AlreadyExistsException', /^Stack \[s\] already exists$/);
    await fails(
      update({ A: {} }),
      'ValidationError',
      /^Stack:arn:\S+ is in CREATE_IN_PROGRESS state and can not be updated\.$/,
    );
    await local.clock.run();
    await fails(update({ A: {} }), 'ValidationError', /^No updates are to be performed\.$/);
    await fails(
      local.client.send(new DeleteStackCommand({ StackName: 's' })),
      'ValidationError',
      /cannot be deleted while TerminationProtection is enabled/,
    );
    await fails(
      update({ A: { Type: 'AWS::SQS::Queue' } }),
      'ValidationError',
      /Update of resource type is not permitted/,
    );
    await local.client.send(new DeleteStackCommand({ StackName: 'never-there' }));
  });

  it('counts a change of outputs or tags alone as an update', async () => {
    await create({ A: {} });
    await local.clock.run();
    await update({ A: {} }, {}, { Outputs: { New: { Value: 'x' } } });
    await local.clock.run();
    assert.equal((await describeStack()).Outputs?.[0]?.OutputValue, 'x');
    await update({ A: {} }, { Tags: [{ Key: 'k', Value: 'v' }] }, { Outputs: { New: { Value: 'x' } } });
    await local.clock.run();
    assert.deepEqual((await describeStack()).Tags, [{ Key: 'k', Value: 'v' }]);
    assert.deepEqual(local.cloud.calls, ['create A']);
  });

  it('protects an export that another stack imports', async () => {
    const exporting = (value: string) => ({ Outputs: { O: { Value: value, Export: { Name: 'shared' } } } });
    await create({ A: {} }, {}, exporting('one'));
    await local.clock.run();
    await create(
      {},
      { StackName: 'user', TemplateBody: body({ B: { Properties: { Value: { 'Fn::ImportValue': 'shared' } } } }) },
    );
    await local.clock.run();
    await local.client.send(new DeleteStackCommand({ StackName: 's' }));
    await local.clock.run();
    const kept = await describeStack();
    assert.equal(kept.StackStatus, 'CREATE_COMPLETE');
    assert.match(kept.StackStatusReason ?? '', /Cannot delete export shared as it is in use by user/);
    await update({ A: {} }, {}, exporting('two'));
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal((await describeStack()).Outputs?.[0]?.OutputValue, 'one');
  });

  it('forgets everything on a reset, also what is under way', async () => {
    await create({ Q: { Type: 'AWS::SQS::Queue' }, After: { DependsOn: 'Q' } });
    await local.clock.step();
    await local.service.reset();
    await local.clock.run();
    await fails(describeStack(), 'ValidationError', /does not exist/);
    assert.ok(!local.cloud.calls.includes('create After'));
    assert.deepEqual(local.log, []);
  });

  it('never shows a NoEcho value, but hands it to the provider', async () => {
    const rest = { Parameters: { Secret: { Type: 'String', NoEcho: true } } };
    const given = { Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'hunter22' }] };
    const properties = { Value: { Ref: 'Secret' }, Url: { 'Fn::Join': ['', ['https://u:', { Ref: 'Secret' }, '@h']] } };
    await create({ A: { Properties: properties } }, given, rest);
    await local.clock.run();
    assert.equal([...local.cloud.service.values()][0]?.properties.Url, 'https://u:hunter22@h');
    const { StackEvents = [] } = await local.client.send(new DescribeStackEventsCommand({ StackName: 's' }));
    assert.doesNotMatch(JSON.stringify(StackEvents), /hunter22/);
    assert.match(JSON.stringify(StackEvents), /https:\/\/u:\*{4}@h/);
    const changed = JSON.stringify({
      ...rest,
      Resources: { A: { Type: thing, Properties: { ...properties, More: 1 } } },
    });
    const previous = { Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'hunter33' }] };
    const set = { StackName: 's', ChangeSetName: 'c' };
    await local.client.send(new CreateChangeSetCommand({ ...set, ...previous, TemplateBody: changed }));
    await local.clock.run();
    const shown = await local.client.send(new DescribeChangeSetCommand({ ...set, IncludePropertyValues: true }));
    assert.equal(shown.Status, 'CREATE_COMPLETE');
    assert.doesNotMatch(JSON.stringify(shown), /hunter/);
  });

  it('fails a resource whose properties its schema does not know, and points at them', async () => {
    await create({ Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySecond: 1 } } });
    await local.clock.run();
    assert.equal((await describeStack()).StackStatus, 'ROLLBACK_COMPLETE');
    const { OperationEvents = [] } = await local.client.send(
      new DescribeEventsCommand({ StackName: 's', Filters: { FailedEvents: true } }),
    );
    assert.equal(OperationEvents[0]?.EventType, 'VALIDATION_ERROR');
    assert.equal(OperationEvents[0]?.ValidationPath, '/Resources/Q/Properties/DelaySecond');
    assert.match(OperationEvents[0]?.ResourceStatusReason ?? '', /extraneous key \[DelaySecond\]/);
  });
});

function table(name: string, key: string) {
  return { TableName: name, KeySchema: [{ AttributeName: key, KeyType: 'HASH' }] };
}
