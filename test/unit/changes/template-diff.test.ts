import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTemplate } from '../../../src/changes/parse-template.ts';
import { sameValue, valueDifferences } from '../../../src/changes/property-difference.ts';
import { diffTemplates, type ResourceDifference } from '../../../src/changes/template-diff.ts';
import type { Template, TemplateResource, TemplateValue } from '../../../src/stacks/template.ts';
import { lambda, resource, table, template } from '../../builders/templates.ts';

function only(before: TemplateResource, after: TemplateResource): ResourceDifference {
  const { resources } = diffTemplates(template({ It: before }), template({ It: after }));
  assert.equal(resources.length, 1);
  const [difference] = resources;
  assert.ok(difference);
  return difference;
}

const paths = ({ properties }: ResourceDifference) =>
  properties.map(({ path, impact }) => `${path.join('.')} ${impact}`);

describe('what differs between two templates', () => {
  it('is everything when there was nothing, and everything again when it goes', () => {
    const whole = template({ A: table('tasks'), B: resource('AWS::SQS::Queue') });
    assert.deepEqual(
      diffTemplates(undefined, whole).resources.map(({ action, logicalId }) => `${action} ${logicalId}`),
      ['create A', 'create B'],
    );
    const gone = diffTemplates(whole, undefined).resources;
    assert.deepEqual(
      gone.map(({ action, retained, stateful }) => ({ action, retained, stateful })),
      [
        { action: 'delete', retained: true, stateful: true },
        { action: 'delete', retained: undefined, stateful: true },
      ],
    );
  });

  it('names the place: list members by name, functions as one value', () => {
    assert.deepEqual(paths(only(lambda('a', '1'), lambda('a', '2'))), ['Code.S3Key in-place']);
    assert.deepEqual(paths(only(lambda('a', '1'), lambda('a', '1', { Role: { Ref: 'X' } }))), ['Role in-place']);
    assert.deepEqual(paths(only(table('tasks', ['a']), table('tasks', ['a', 'b']))), [
      'AttributeDefinitions.[b] in-place',
      'GlobalSecondaryIndexes.[by_b] in-place',
    ]);
  });

  it('does not count the order of keys, metadata or what a resource waits for', () => {
    const before = resource('AWS::SQS::Queue', { A: 1, B: { C: 2, D: 3 } }, { DependsOn: ['X'] });
    const after = resource('AWS::SQS::Queue', { B: { D: 3, C: 2 }, A: 1 }, { DependsOn: ['Y'] });
    assert.deepEqual(diffTemplates(template({ Q: before }), template({ Q: after })).resources, []);
  });

  it('counts the order of members', () => {
    const difference = only(table('tasks', ['a', 'b']), table('tasks', ['b', 'a']));
    assert.deepEqual(paths(difference), ['AttributeDefinitions in-place', 'GlobalSecondaryIndexes in-place']);
  });

  it('sees attributes of a resource', () => {
    const { action, attributes } = only(table('tasks'), { ...table('tasks'), DeletionPolicy: 'Delete' });
    assert.deepEqual([action, attributes], ['update', ['DeletionPolicy']]);
  });

  it('sees outputs', () => {
    const of = (value: string): Template =>
      template({}, { Outputs: { Kept: { Value: 'x' }, Changed: { Value: value } } });
    assert.deepEqual(diffTemplates(of('a'), of('b')).outputs, ['Changed']);
    assert.deepEqual(diffTemplates(of('a'), undefined).outputs, ['Kept', 'Changed']);
  });
});

describe('what becomes of a resource', () => {
  const key = (type: string) => ({ AttributeDefinitions: [{ AttributeName: 'id', AttributeType: type }] });
  const cases: [string, TemplateResource, TemplateResource, Partial<ResourceDifference>][] = [
    [
      'another key replaces a table, whose rows stay behind',
      table('tasks'),
      table('tasks', [], { KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] }),
      { action: 'replace', retained: true },
    ],
    [
      'another type of key attribute replaces a table',
      table('tasks', [], key('S')),
      table('tasks', [], key('N')),
      { action: 'replace' },
    ],
    [
      'a table with a name of its own cannot be replaced',
      table('tasks', [], { TableName: 'tasks' }),
      table('tasks', [], { TableName: 'tasks', KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] }),
      { action: 'replace', refused: 'same-name' },
    ],
    [
      'a new name is a new table',
      table('tasks', [], { TableName: 'tasks' }),
      table('tasks', [], { TableName: 'jobs' }),
      { action: 'replace' },
    ],
    [
      'an index cannot change its keys',
      table('tasks', ['a'], {
        GlobalSecondaryIndexes: [{ IndexName: 'i', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }] }],
      }),
      table('tasks', ['a'], {
        GlobalSecondaryIndexes: [{ IndexName: 'i', KeySchema: [{ AttributeName: 'b', KeyType: 'HASH' }] }],
      }),
      { action: 'update', refused: 'fixed-property' },
    ],
    [
      'a pool keeps what users sign in with',
      resource('AWS::Cognito::UserPool', { UsernameAttributes: ['email'] }),
      resource('AWS::Cognito::UserPool', { UsernameAttributes: ['phone_number'] }),
      { action: 'update', refused: 'fixed-property' },
    ],
    [
      'a pool takes a new attribute',
      resource('AWS::Cognito::UserPool', { Schema: [{ Name: 'a' }] }),
      resource('AWS::Cognito::UserPool', { Schema: [{ Name: 'a' }, { Name: 'b' }] }),
      { action: 'update' },
    ],
    [
      'a pool does not give an attribute up',
      resource('AWS::Cognito::UserPool', { Schema: [{ Name: 'a' }, { Name: 'b' }] }),
      resource('AWS::Cognito::UserPool', { Schema: [{ Name: 'a' }] }),
      { action: 'update', refused: 'fixed-property' },
    ],
    [
      'a function does not become durable',
      lambda('a', '1'),
      lambda('a', '1', { DurableConfig: { ExecutionTimeout: 60 } }),
      { action: 'update', refused: 'fixed-property' },
    ],
    [
      'nobody knows about unknown types',
      resource('Custom::Thing', { A: 1 }),
      resource('Custom::Thing', { A: 2 }),
      { action: 'update' },
    ],
    [
      'another type is refused',
      resource('AWS::SQS::Queue'),
      resource('AWS::SNS::Topic'),
      { action: 'replace', refused: 'other-type' },
    ],
    [
      'some values decide only when they get there',
      resource('AWS::RDS::DBInstance', { MultiAZ: true }),
      resource('AWS::RDS::DBInstance', { MultiAZ: false }),
      { action: 'update', mayReplace: true },
    ],
  ];
  for (const [name, before, after, expected] of cases) {
    it(name, () => {
      const { action, refused, retained, mayReplace } = only(before, after);
      assert.deepEqual(
        { action, refused, retained, mayReplace },
        {
          refused: undefined,
          retained: expected.action === 'replace' && before.UpdateReplacePolicy === 'Retain' ? true : undefined,
          mayReplace: undefined,
          ...expected,
        },
      );
    });
  }

  it('says unknown where the type is unknown', () => {
    assert.deepEqual(paths(only(resource('Custom::T', { A: 1 }), resource('Custom::T', { A: 2 }))), ['A unknown']);
  });

  it('follows a replacement to whatever names the replaced resource', () => {
    const of = (name: string): Template =>
      template({
        Fn: resource('AWS::Lambda::Function', { FunctionName: name }),
        Permission: resource('AWS::Lambda::Permission', { FunctionName: { 'Fn::GetAtt': ['Fn', 'Arn'] } }),
        User: resource('AWS::SQS::Queue', { Tag: { 'Fn::Sub': `x-\${Permission}` } }),
        Alarm: resource('AWS::CloudWatch::Alarm', { Dimensions: [{ Name: 'F', Value: { Ref: 'Fn' } }] }),
        Other: resource('AWS::SQS::Queue', { Tag: { 'Fn::Sub': `\${!Fn} \${AWS::Region}` } }),
      });
    const { resources } = diffTemplates(of('a'), of('b'));
    assert.deepEqual(
      resources.map(({ action, logicalId, properties }) => [action, logicalId, properties[0]?.because]),
      [
        ['replace', 'Fn', undefined],
        ['replace', 'Permission', 'Fn'],
        ['update', 'Alarm', 'Fn'],
        ['update', 'User', 'Permission'],
      ],
    );
  });
});

describe('parameters', () => {
  const of = (Default?: string): Template =>
    template(
      {
        Fn: resource('AWS::Lambda::Function', { Description: { 'Fn::Sub': `v\${Version}` } }),
        Queue: resource('AWS::SQS::Queue', { QueueName: 'q' }),
        Stage: resource('AWS::ApiGateway::Stage', { StageName: { Ref: 'Version' } }),
      },
      { Parameters: { Version: { Type: 'String', ...(Default === undefined ? {} : { Default }) } } },
    );
  const changed = (parameters: Parameters<typeof diffTemplates>[2], before = of(), after = of()) =>
    diffTemplates(before, after, parameters).resources.map(({ action, logicalId }) => `${action} ${logicalId}`);

  it('change what uses them when their value is known to change', () => {
    assert.deepEqual(changed({ before: { Version: '1' }, after: { Version: '2' } }), ['update Fn', 'replace Stage']);
    const same = of();
    assert.deepEqual(changed({ before: { Version: '1' }, after: { Version: '2' } }, same, same).length, 2);
  });
  it('change nothing when the value is the same or not known', () => {
    assert.deepEqual(changed({ before: { Version: '1' }, after: { Version: '1' } }), []);
    assert.deepEqual(changed({ before: { Version: '1' } }), []);
    assert.deepEqual(changed({ after: { Version: '1' } }), []);
  });
  it('have defaults', () => {
    assert.deepEqual(changed({}, of('1'), of('2')), ['update Fn', 'replace Stage']);
    assert.deepEqual(changed({ after: { Version: '1' } }, of('1'), of('2')), []);
  });
});

const values: fc.Arbitrary<TemplateValue> = fc.letrec<{ value: TemplateValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ maxLength: 4 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('Ref', 'Name', 'Key', '__proto__'), fc.string({ maxLength: 3 })),
      tie('value'),
      {
        maxKeys: 4,
      },
    ),
  ),
})).value;

const resources = fc.dictionary(
  fc.oneof(fc.constantFrom('A', 'B', 'C', '__proto__', 'constructor'), fc.string({ maxLength: 3 })),
  fc.record({
    Type: fc.constantFrom('AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::ApiGateway::Stage', 'Custom::X'),
    Properties: fc.dictionary(fc.constantFrom('KeySchema', 'QueueName', 'StageName', 'X'), values),
  }),
  { maxKeys: 6 },
);

describe('for any two templates', () => {
  it('a template does not differ from its copy', () => {
    fc.assert(
      fc.property(resources, (all) => {
        const copy = JSON.parse(JSON.stringify(all));
        assert.deepEqual(diffTemplates(template(all), template(copy)).resources, []);
      }),
    );
  });

  it('every resource that differs is there once, and no other', () => {
    fc.assert(
      fc.property(resources, resources, (left, right) => {
        const found = diffTemplates(template(left), template(right)).resources;
        const ids = found.map(({ logicalId }) => logicalId);
        assert.equal(new Set(ids).size, ids.length);
        for (const id of new Set([...Object.keys(left), ...Object.keys(right)])) {
          const [before, after] = [left, right].map((all) => (Object.hasOwn(all, id) ? all[id] : undefined));
          const difference = found.find(({ logicalId }) => logicalId === id);
          if (!before) assert.equal(difference?.action, 'create');
          else if (!after) assert.equal(difference?.action, 'delete');
          else if (before.Type !== after.Type || !sameValue(before.Properties, after.Properties))
            assert.ok(difference?.action === 'update' || difference?.action === 'replace');
          else assert.ok(difference?.properties.every(({ because }) => because !== undefined) ?? true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('values have differences exactly when they are not the same, each at a place of its own', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const found = valueDifferences(left, right);
        assert.equal(found.length === 0, sameValue(left, right));
        for (const { before, after } of found) assert.ok(!sameValue(before, after));
        const places = found.map(({ path }) => JSON.stringify(path));
        assert.equal(new Set(places).size, places.length);
        assert.equal(sameValue(left, right), sameValue(right, left));
        assert.ok(sameValue(left, JSON.parse(JSON.stringify(left))));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a template read from its text', () => {
  it('is the one that was written', () => {
    const written = template({ Tasks: table('tasks', ['a']) }, { Outputs: { Name: { Value: { Ref: 'Tasks' } } } });
    assert.deepEqual(parseTemplate(JSON.stringify(written)), written);
  });
  it('is undefined for anything else', () => {
    for (const text of ['', 'null', '[]', '{}', '{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"A":1}}'])
      assert.equal(parseTemplate(text), undefined, text);
    fc.assert(fc.property(fc.json(), (text) => assert.equal(parseTemplate(text), undefined)));
  });
});
