import assert from 'node:assert/strict';
import { refusalsOf } from '../../../src/changes/refusals.ts';
import { diffTemplates, type KnownParameters } from '../../../src/changes/template-diff.ts';
import type { TemplateResource } from '../../../src/stacks/template.ts';
import { resource, table, template } from '../../builders/templates.ts';

const conditional = template(
  {
    Log: resource('AWS::Logs::LogGroup', {}, { Condition: 'HasLogs' }),
    Stage: resource('AWS::ApiGateway::Stage', {
      StageName: 'api',
      AccessLogSetting: { 'Fn::If': ['HasLogs', { Format: 'x' }, { Ref: 'AWS::NoValue' }] },
    }),
    Other: resource('AWS::ApiGateway::RestApi', { Name: 'shop' }),
  },
  {
    Parameters: { Logs: { Type: 'String', Default: 'false' } },
    Conditions: { HasLogs: { 'Fn::Equals': [{ Ref: 'Logs' }, 'true'] } },
  },
);

const lines = (before: typeof conditional | undefined, parameters: KnownParameters) =>
  diffTemplates(before, conditional, parameters).resources.map(
    ({ action, logicalId, uncertain }) => `${action} ${logicalId}${uncertain ? '?' : ''}`,
  );

describe('conditions of a template', () => {
  it('leave a resource out of a new stack, let it in, or leave it open', () => {
    assert.deepEqual(lines(undefined, { after: { Logs: 'false' } }), ['create Stage', 'create Other']);
    assert.deepEqual(lines(undefined, { after: { Logs: 'true' } }), ['create Log', 'create Stage', 'create Other']);
    assert.deepEqual(lines(undefined, {}), ['create Log?', 'create Stage', 'create Other']);
  });

  it('that turn reach what they guard and what chooses by them, and nothing else', () => {
    const [off, on] = [{ Logs: 'false' }, { Logs: 'true' }];
    assert.deepEqual(lines(conditional, { before: off, after: on }), ['create Log', 'update Stage']);
    assert.deepEqual(lines(conditional, { before: on, after: off }), ['update Stage', 'delete Log']);
  });

  it('that nobody looked at since are as they were', () => {
    assert.deepEqual(lines(conditional, { before: { Logs: 'true' } }), []);
    assert.deepEqual(lines(conditional, { before: { Logs: 'true' }, after: {} }), []);
  });
});

describe('what a resource is to a reader', () => {
  it('is a change of its own: CloudFormation updates a resource for its metadata', () => {
    const labelled = (label: string) =>
      template({ It: resource('AWS::SQS::Queue', {}, { Metadata: { Backdrift: { label, source: 'queues.a' } } }) });
    const [difference] = diffTemplates(labelled('a'), labelled('b')).resources;
    assert.deepEqual([difference?.action, difference?.attributes], ['update', ['Metadata']]);
  });
});

describe('changes that AWS refuses', () => {
  const refusals = (before: TemplateResource, after: TemplateResource) =>
    diffTemplates(template({ It: before }), template({ It: after })).resources.flatMap(refusalsOf);

  it('are two indexes more or less, however they are written', () => {
    const codes = (before: string[], after: string[]) =>
      refusals(table('tasks', before), table('tasks', after)).map(({ code, names }) => [code, names]);
    assert.deepEqual(codes([], ['a']), []);
    assert.deepEqual(codes(['a', 'b'], ['a']), []);
    assert.deepEqual(codes(['a', 'b'], ['b', 'a']), []);
    assert.deepEqual(codes([], ['a', 'b']), [['several-index-changes', ['by_a', 'by_b']]]);
    assert.deepEqual(codes(['a'], ['b']), [['several-index-changes', ['by_a', 'by_b']]]);
    assert.deepEqual(codes(['a', 'b', 'c'], []), [['several-index-changes', ['by_a', 'by_b', 'by_c']]]);
  });

  it('not when the table is made anew, with all its indexes', () => {
    const other = table('tasks', ['a', 'b'], { KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] });
    assert.deepEqual(refusals(table('tasks'), other), []);
  });

  it('are other fields under an index', () => {
    const keyed = (field: string) =>
      table('tasks', [], {
        GlobalSecondaryIndexes: [{ IndexName: 'by_x', KeySchema: [{ AttributeName: field, KeyType: 'HASH' }] }],
      });
    assert.deepEqual(
      refusals(keyed('a'), keyed('b')).map(({ code, names }) => [code, names]),
      [['index-key-changed', ['by_x']]],
    );
  });
});
