import assert from 'node:assert/strict';
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { parseStackPolicy, policyDenial } from '../../../../local-aws/cloudformation/stack-policy.ts';
import { localCloudFormation, thing } from '../../../builders/local-cloudformation.ts';

const allowAll = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' };
const policy = (...statements: object[]) => parseStackPolicy(JSON.stringify({ Statement: statements }));
const table = { logicalId: 'Tasks', type: 'AWS::DynamoDB::Table' };

describe('A stack policy', () => {
  it('denies before it allows, and denies what no statement allows', () => {
    const deny = {
      Effect: 'Deny',
      Action: ['Update:Replace', 'Update:Delete'],
      Principal: '*',
      Resource: 'LogicalResourceId/T*',
    };
    assert.equal(policyDenial(policy(allowAll), 'Update:Replace', table), undefined);
    assert.match(
      policyDenial(policy(allowAll, deny), 'Update:Replace', table) ?? '',
      /Statement \[#2\] does not allow \[Update:Replace\] for resource \[LogicalResourceId\/Tasks\]/,
    );
    assert.equal(policyDenial(policy(allowAll, deny), 'Update:Modify', table), undefined);
    assert.match(
      policyDenial(policy({ ...allowAll, Resource: 'LogicalResourceId/Other' }), 'Update:Modify', table) ?? '',
      /denied by stack policy/,
    );
    assert.equal(policyDenial(undefined, 'Update:Delete', table), undefined);
  });

  it('knows types, NotAction and NotResource', () => {
    const tables = {
      ...allowAll,
      Effect: 'Deny',
      Condition: { StringEquals: { ResourceType: ['AWS::DynamoDB::Table'] } },
    };
    assert.ok(policyDenial(policy(allowAll, tables), 'Update:Modify', table));
    assert.equal(
      policyDenial(policy(allowAll, tables), 'Update:Modify', { ...table, type: 'AWS::SQS::Queue' }),
      undefined,
    );
    const but = {
      Effect: 'Allow',
      NotAction: 'Update:Delete',
      Principal: '*',
      NotResource: 'LogicalResourceId/Secret',
    };
    assert.equal(policyDenial(policy(but), 'Update:Replace', table), undefined);
    assert.ok(policyDenial(policy(but), 'Update:Delete', table));
    assert.ok(policyDenial(policy(but), 'Update:Replace', { ...table, logicalId: 'Secret' }));
  });

  it('refuses what is none', () => {
    assert.throws(() => parseStackPolicy('{'), /Error validating stack policy/);
    assert.throws(
      () => parseStackPolicy('{"Statement":[{"Effect":"Perhaps"}]}'),
      /Error validating stack policy: Statement\.0\.Effect/,
    );
  });

  it('stops an update, which rolls back; a policy for the one update lets it through', async () => {
    const { client, clock, cloud } = localCloudFormation();
    const text = (resources: object) => JSON.stringify({ Resources: resources });
    const [one, two] = ['1', '2'].map((Fixed) => ({ A: { Type: thing, Properties: { Fixed } }, B: { Type: thing } }));
    await client.send(new CreateStackCommand({ StackName: 's', TemplateBody: text(one ?? {}) }));
    await clock.run();
    const before = [...cloud.service.keys()];
    const StackPolicyBody = JSON.stringify({
      Statement: [allowAll, { ...allowAll, Effect: 'Deny', Action: ['Update:Replace', 'Update:Delete'] }],
    });
    await client.send(new SetStackPolicyCommand({ StackName: 's', StackPolicyBody }));
    for (const TemplateBody of [text(two ?? {}), text({ A: { Type: thing, Properties: { Fixed: '1' } } })]) {
      await client.send(new UpdateStackCommand({ StackName: 's', TemplateBody }));
      await clock.run();
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 's' }));
      assert.equal(Stacks?.[0]?.StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
      assert.deepEqual([...cloud.service.keys()], before);
    }
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: 's' }));
    const reasons = StackEvents?.map((event) => event.ResourceStatusReason ?? '').filter((reason) =>
      /stack policy/.test(reason),
    );
    assert.equal(reasons?.length, 2);
    const StackPolicyDuringUpdateBody = JSON.stringify({ Statement: [allowAll] });
    await client.send(
      new UpdateStackCommand({ StackName: 's', TemplateBody: text(two ?? {}), StackPolicyDuringUpdateBody }),
    );
    await clock.run();
    assert.notDeepEqual([...cloud.service.keys()], before);
  });
});
