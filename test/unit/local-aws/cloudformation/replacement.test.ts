import assert from 'node:assert/strict';
import type { Json } from '../../../../local-aws/cloudformation/json.ts';
import {
  clashingName,
  needsReplacement,
  propertyProblem,
  requiresRecreation,
} from '../../../../local-aws/cloudformation/replacement.ts';
import { knownTypes, mayExist, resourceSchema } from '../../../../local-aws/cloudformation/resource-schema.ts';
import { stubProvider } from '../../../../local-aws/cloudformation/stub-provider.ts';

/** A value at a registry path: `A.B` is `{ A: { B: value } }`. */
function at(path: string, value: string): Record<string, Json> {
  const [name = '', ...rest] = path.split('.');
  return { [name]: rest.length === 0 ? value : at(rest.join('.'), value) };
}

describe('Replacement', () => {
  it('follows the registry’s schema for every property of every known type', () => {
    assert.equal(knownTypes().length, 174);
    let judged = 0;
    for (const type of knownTypes()) {
      const schema = resourceSchema(type);
      assert.ok(schema);
      const provider = stubProvider(type);
      for (const path of schema.createOnly) {
        const [before, after] = [at(path, 'one'), at(path, 'two')];
        assert.equal(requiresRecreation(type, path.split('.')[0] ?? '', before, after), 'Always', `${type} ${path}`);
        assert.equal(needsReplacement(type, provider, before, after), true, `${type} ${path}`);
        assert.equal(needsReplacement(type, provider, before, before), false);
        judged += 1;
      }
      const tops = new Set([...schema.createOnly, ...schema.conditionalCreateOnly].map((path) => path.split('.')[0]));
      for (const name of schema.properties.filter((property) => !tops.has(property))) {
        assert.equal(needsReplacement(type, provider, { [name]: 'one' }, { [name]: 'two' }), false, `${type} ${name}`);
        judged += 1;
      }
      for (const path of schema.conditionalCreateOnly.filter((p) => !schema.createOnly.includes(p))) {
        assert.equal(
          requiresRecreation(type, path.split('.')[0] ?? '', at(path, 'one'), at(path, 'two')),
          'Conditionally',
        );
        judged += 1;
      }
    }
    assert.ok(judged > 1400, `only ${judged} properties were judged`);
  });

  it('looks at the part of a property that cannot change, not at the rest of it', () => {
    const type = 'AWS::Pipes::Pipe';
    const stream = (position: string, batch: number) => ({
      SourceParameters: { DynamoDBStreamParameters: { StartingPosition: position, BatchSize: batch } },
    });
    assert.equal(requiresRecreation(type, 'SourceParameters', stream('LATEST', 1), stream('LATEST', 2)), 'Never');
    assert.equal(
      requiresRecreation(type, 'SourceParameters', stream('LATEST', 1), stream('TRIM_HORIZON', 1)),
      'Always',
    );
  });

  it('replaces where there is no update at all, and where the provider says so', () => {
    const { update: _update, ...fixed } = stubProvider('AWS::SQS::Queue');
    assert.equal(needsReplacement('AWS::SQS::Queue', fixed, { DelaySeconds: 1 }, { DelaySeconds: 2 }), true);
    const choosy = { ...stubProvider('AWS::SQS::Queue'), replaces: () => true };
    assert.equal(needsReplacement('AWS::SQS::Queue', choosy, { DelaySeconds: 1 }, { DelaySeconds: 2 }), true);
    assert.equal(needsReplacement('AWS::SQS::Queue', choosy, { DelaySeconds: 1 }, { DelaySeconds: '1' }), false);
  });

  it('clashes only over a name of the user’s that stays', () => {
    const table = (name: string | undefined, key: string) => ({ ...(name && { TableName: name }), KeySchema: key });
    assert.equal(clashingName('AWS::DynamoDB::Table', table('t', 'a'), table('t', 'b')), 't');
    assert.equal(clashingName('AWS::DynamoDB::Table', table('t', 'a'), table('u', 'b')), undefined);
    assert.equal(clashingName('AWS::DynamoDB::Table', table(undefined, 'a'), table(undefined, 'b')), undefined);
    assert.equal(clashingName('AWS::SQS::Queue', { QueueName: 'q' }, { QueueName: 'q', FifoQueue: true }), 'q');
    const permission = (arn: string) => ({ FunctionName: 'f', Action: 'a', Principal: 'p', SourceArn: arn });
    assert.equal(clashingName('AWS::Lambda::Permission', permission('1'), permission('2')), undefined);
    assert.equal(clashingName('Custom::Thing', { Name: 'x' }, { Name: 'x', Other: 1 }), undefined);
  });

  it('checks properties against the schema', () => {
    assert.deepEqual(propertyProblem('AWS::DynamoDB::Table', {}), {
      message: '#: required key [KeySchema] not found',
      path: '',
    });
    assert.deepEqual(propertyProblem('AWS::SQS::Queue', { Kueue: 1 }), {
      message: '#: extraneous key [Kueue] is not permitted',
      path: '/Kueue',
    });
    assert.equal(propertyProblem('AWS::SQS::Queue', {}), undefined);
    assert.equal(propertyProblem('Custom::Thing', { anything: 1 }), undefined);
  });

  it('knows which types cannot be', () => {
    assert.ok(mayExist('AWS::DynamoDB::Table') && mayExist('AWS::EC2::VPC') && mayExist('Custom::A-b'));
    assert.ok(!mayExist('AWS::DynamoDB::Tabel') && !mayExist('nonsense') && !mayExist(''));
  });
});
