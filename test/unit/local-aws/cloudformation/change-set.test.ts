import assert from 'node:assert/strict';
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { type LocalCloudFormation, localCloudFormation, thing } from '../../../builders/local-cloudformation.ts';

const tableOf = (key: string, extra: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: { KeySchema: [{ AttributeName: key, KeyType: 'HASH' }], ...extra },
});

describe('Change sets', () => {
  let local: LocalCloudFormation;
  beforeEach(() => {
    local = localCloudFormation();
  });

  const text = (resources: object, rest: object = {}) => JSON.stringify({ Resources: resources, ...rest });
  const stack = async (resources: object, rest: object = {}, extra: object = {}) => {
    const input = { StackName: 's', TemplateBody: text(resources, rest), ...extra };
    await local.client.send(new CreateStackCommand(input));
    await local.clock.run();
  };
  const changes = async (
    resources: object,
    rest: object = {},
    extra: object = {},
  ): Promise<DescribeChangeSetCommandOutput> => {
    const input = { StackName: 's', ChangeSetName: 'c', TemplateBody: text(resources, rest), ...extra };
    await local.client.send(new CreateChangeSetCommand(input));
    const pending = await local.client.send(new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }));
    assert.equal(pending.Status, 'CREATE_IN_PROGRESS');
    await local.clock.run();
    const described = new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'c', IncludePropertyValues: true });
    return local.client.send(described);
  };
  const of = (set: DescribeChangeSetCommandOutput, logicalId: string) =>
    set.Changes?.find((change) => change.ResourceChange?.LogicalResourceId === logicalId)?.ResourceChange;

  it('shows what is added, modified, replaced and removed, down to the property', async () => {
    await stack({
      Place: { Type: thing, Properties: { Deep: { a: 1, b: [1, 2] }, Same: 'x' } },
      Table: tableOf('id', { TableName: 'one' }),
      Gone: { Type: thing },
      Kept: { Type: thing, DeletionPolicy: 'Retain' },
    });
    const set = await changes({
      Place: { Type: thing, Properties: { Deep: { a: 2, b: [1, 3] }, Same: 'x' } },
      Table: tableOf('id', { TableName: 'two' }),
      New: { Type: thing },
    });
    assert.deepEqual([set.Status, set.ExecutionStatus], ['CREATE_COMPLETE', 'AVAILABLE']);
    assert.equal(set.Changes?.length, 5);
    const place = of(set, 'Place');
    assert.deepEqual([place?.Action, place?.Replacement, place?.Scope], ['Modify', 'False', ['Properties']]);
    assert.deepEqual(
      place?.Details?.map(({ Target }) => [
        Target?.Path,
        Target?.BeforeValue,
        Target?.AfterValue,
        Target?.AttributeChangeType,
      ]),
      [
        ['/Properties/Deep/a', '1', '2', 'Modify'],
        ['/Properties/Deep/b/1', '2', '3', 'Modify'],
      ],
    );
    const table = of(set, 'Table');
    assert.deepEqual([table?.Action, table?.Replacement, table?.PolicyAction], ['Modify', 'True', 'ReplaceAndDelete']);
    assert.equal(table?.Details?.[0]?.Target?.RequiresRecreation, 'Always');
    assert.equal(of(set, 'New')?.Action, 'Add');
    assert.deepEqual([of(set, 'Gone')?.Action, of(set, 'Gone')?.PolicyAction], ['Remove', 'Delete']);
    assert.equal(of(set, 'Kept')?.PolicyAction, 'Retain');
    assert.equal(local.cloud.calls.filter((call) => !call.startsWith('create')).length, 0, 'nothing was touched');
  });

  it('follows a replacement to what refers to it, and a parameter to what uses it', async () => {
    const parameters = { Parameters: { P: { Type: 'String' } } };
    const given = (value: string) => ({ Parameters: [{ ParameterKey: 'P', ParameterValue: value }] });
    const resources = (name: string) => ({
      Table: tableOf('id', { TableName: name }),
      User: { Type: thing, Properties: { Of: { 'Fn::GetAtt': 'Table.Arn' } } },
      Tuned: { Type: thing, Properties: { Value: { Ref: 'P' } } },
      Still: { Type: thing, Properties: { Value: 'x' } },
    });
    await stack(resources('one'), parameters, given('1'));
    const set = await changes(resources('two'), parameters, given('2'));
    assert.equal(of(set, 'Still'), undefined);
    const [used] = of(set, 'User')?.Details ?? [];
    assert.deepEqual(
      [used?.Evaluation, used?.ChangeSource, used?.CausingEntity],
      ['Dynamic', 'ResourceAttribute', 'Table.Arn'],
    );
    assert.equal(used?.Target?.AfterValue, '{{changeSet:KNOWN_AFTER_APPLY}}');
    const [tuned] = of(set, 'Tuned')?.Details ?? [];
    assert.deepEqual(
      [tuned?.Evaluation, tuned?.ChangeSource, tuned?.CausingEntity],
      ['Static', 'ParameterReference', 'P'],
    );
  });

  it('fails when nothing changes', async () => {
    await stack({ A: { Type: thing } });
    const set = await changes({ A: { Type: thing } });
    assert.deepEqual([set.Status, set.ExecutionStatus], ['FAILED', 'UNAVAILABLE']);
    assert.match(set.StatusReason ?? '', /^The submitted information didn't contain changes\./);
    await assert.rejects(local.client.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' })), {
      name: 'InvalidChangeSetStatusException',
    });
  });

  it('makes a stack: REVIEW_IN_PROGRESS until it is executed', async () => {
    await changes({ A: { Type: thing } }, {}, { ChangeSetType: 'CREATE' });
    const status = async () =>
      (await local.client.send(new DescribeStacksCommand({ StackName: 's' }))).Stacks?.[0]?.StackStatus;
    assert.equal(await status(), 'REVIEW_IN_PROGRESS');
    await assert.rejects(
      local.client.send(
        new CreateChangeSetCommand({
          StackName: 'none',
          ChangeSetName: 'c',
          TemplateBody: text({ A: { Type: thing } }),
        }),
      ),
      /Stack \[none\] does not exist/,
    );
    await local.client.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }));
    assert.equal(await status(), 'CREATE_IN_PROGRESS');
    await local.clock.run();
    assert.equal(await status(), 'CREATE_COMPLETE');
    const list = await local.client.send(new ListChangeSetsCommand({ StackName: 's' }));
    assert.deepEqual(list.Summaries, []);
    await assert.rejects(local.client.send(new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'c' })), {
      name: 'ChangeSetNotFoundException',
    });
  });

  it('deletes one that is not there without a word, as long as its stack is there', async () => {
    await stack({ Place: { Type: thing } });
    await local.client.send(new DeleteChangeSetCommand({ StackName: 's', ChangeSetName: 'never-made' }));
    const elsewhere = new DeleteChangeSetCommand({ StackName: 'nowhere', ChangeSetName: 'never-made' });
    await assert.rejects(local.client.send(elsewhere), /Stack \[nowhere\] does not exist/);
  });

  it('does what it showed: the same resources are replaced and kept', async () => {
    const first = {
      A: { Type: thing, Properties: { Fixed: '1' } },
      B: { Type: thing, Properties: { Of: { Ref: 'A' } } },
    };
    await stack(first);
    const before = new Set(local.cloud.service.keys());
    const set = await changes({ ...first, A: { Type: thing, Properties: { Fixed: '2' } } });
    assert.equal(of(set, 'A')?.Replacement, 'True', 'by the provider, without a schema');
    assert.equal(of(set, 'B')?.Replacement, 'False');
    await local.client.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }));
    await local.clock.run();
    const kept = [...local.cloud.service].filter(([id]) => before.has(id)).map(([, { logicalId }]) => logicalId);
    assert.deepEqual(kept, ['B']);
  });
});
