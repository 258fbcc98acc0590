// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates under test are written in Fn::Sub's own syntax.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate, knownAfterApply, type Scope, test } from '../../../../local-aws/cloudformation/evaluate.ts';
import type { Json, JsonObject } from '../../../../local-aws/cloudformation/json.ts';
import { ServiceError, validationError } from '../../../../local-aws/cloudformation/service-error.ts';

const known = new Map<string, Json>([
  ['Name', 'web'],
  ['Count', '3'],
  ['Items', ['a', 'b']],
  ['AWS::Region', 'us-east-2'],
  ['Later', knownAfterApply],
]);
const mappings = new Map<string, JsonObject>([['Sizes', { small: { cpu: 1, tags: ['x'] } }]]);
const scope: Scope = {
  ref(name) {
    if (name === 'AWS::NoValue') return undefined;
    const value = known.get(name);
    if (value === undefined) throw validationError(`unresolved ${name}`);
    return value;
  },
  attribute: (logicalId, attribute) => `${logicalId}/${attribute}`,
  holds: (condition) => condition === 'Yes',
  mapping: (name) => mappings.get(name),
  importValue: (name) => `imported-${name}`,
  availabilityZones: (region) => [`${region || 'us-east-2'}a`, `${region || 'us-east-2'}b`],
};
const result = (value: Json) => evaluate(value, scope);

describe('Intrinsic functions', () => {
  const cases: [string, Json, Json | undefined][] = [
    ['Ref', { Ref: 'Name' }, 'web'],
    ['Ref to a list', { Ref: 'Items' }, ['a', 'b']],
    ['AWS::NoValue in a map', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['AWS::NoValue in a list', [1, { Ref: 'AWS::NoValue' }, 2], [1, 2]],
    ['AWS::NoValue alone', { Ref: 'AWS::NoValue' }, undefined],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    ['Fn::GetAtt as text with a deep attribute', { 'Fn::GetAtt': 'Db.Endpoint.Address' }, 'Db/Endpoint.Address'],
    ['Fn::GetAtt whose attribute is a Ref', { 'Fn::GetAtt': ['Table', { Ref: 'Name' }] }, 'Table/web'],
    ['Fn::Sub', { 'Fn::Sub': '${Name}-${Table.Arn}-${AWS::Region}' }, 'web-Table/Arn-us-east-2'],
    ['Fn::Sub leaves a literal', { 'Fn::Sub': '${!Name} $Name ${Name}' }, '${Name} $Name web'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${a}/${Name}', { a: { Ref: 'Count' } }] }, '3/web'],
    ['Fn::Sub variables come before attributes', { 'Fn::Sub': ['${a.b}', { 'a.b': 'own' }] }, 'own'],
    ['Fn::Join', { 'Fn::Join': ['-', ['x', { Ref: 'Name' }, 1]] }, 'x-web-1'],
    ['Fn::Join of a list parameter', { 'Fn::Join': [',', { Ref: 'Items' }] }, 'a,b'],
    ['Fn::Join leaves out AWS::NoValue', { 'Fn::Join': ['-', ['x', { Ref: 'AWS::NoValue' }]] }, 'x'],
    ['Fn::Select with an index in text', { 'Fn::Select': ['1', { Ref: 'Items' }] }, 'b'],
    ['Fn::Split', { 'Fn::Split': ['.', 'a.b'] }, ['a', 'b']],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::GetAtt': 'T.Arn' }] }] }, 'Arn'],
    ['Fn::If true', { 'Fn::If': ['Yes', 1, { Ref: 'Nowhere' }] }, 1],
    ['Fn::If false to nothing', { a: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] } }, {}],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'cpu'] }, 1],
    ['Fn::FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'huge', 'cpu', { DefaultValue: 9 }] }, 9],
    ['Fn::Base64', { 'Fn::Base64': 'hé' }, 'aMOp'],
    ['Fn::GetAZs of here', { 'Fn::GetAZs': '' }, ['us-east-2a', 'us-east-2b']],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Name}-x' } }, 'imported-web-x'],
    ['Fn::Length', { 'Fn::Length': { Ref: 'Items' } }, 2],
    ['Fn::ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Name' } } }, '{"a":"web"}'],
    ['what is no function: two keys', { Ref: 'Name', 'Fn::Sub': 'x' }, { Ref: 'Name', 'Fn::Sub': 'x' }],
    ['a Condition in a policy is data', { Condition: { Bool: { a: 'b' } } }, { Condition: { Bool: { a: 'b' } } }],
    ['inherited names are not members', { 'Fn::FindInMap': ['Sizes', 'small', 'tags'] }, ['x']],
    ['the unknown stays unknown through Join', { 'Fn::Join': ['-', ['a', { Ref: 'Later' }]] }, `a-${knownAfterApply}`],
    [
      'the unknown stays unknown through Select and Split',
      { 'Fn::Select': [3, { 'Fn::Split': [':', { Ref: 'Later' }] }] },
      knownAfterApply,
    ],
  ];
  for (const [name, value, expected] of cases) it(name, () => assert.deepEqual(result(value), expected));

  const wrong: [string, Json, RegExp][] = [
    ['an unknown function', { 'Fn::Nope': 1 }, /unsupported function: Fn::Nope/],
    ['Select out of range', { 'Fn::Select': [7, ['a']] }, /cannot select nonexistent value at index 7/],
    ['Select below zero', { 'Fn::Select': [-1, ['a']] }, /nonexistent value at index -1/],
    ['Join of a map', { 'Fn::Join': ['-', { a: 1 }] }, /every Fn::Join object requires two parameters/],
    ['Sub of a list', { 'Fn::Sub': '${Items}' }, /must be a string or a function that returns a string/],
    [
      'a missing mapping key',
      { 'Fn::FindInMap': ['Sizes', 'constructor', 'name'] },
      /Unable to get mapping for Sizes::constructor::name/,
    ],
    ['a missing map', { 'Fn::FindInMap': ['Nope', 'a', 'b'] }, /Mapping named 'Nope' is not present/],
    ['Ref of no name', { Ref: ['x'] }, /every Ref object must have a single String value/],
  ];
  for (const [name, value, message] of wrong) it(`refuses ${name}`, () => assert.throws(() => result(value), message));

  it('tells conditions', () => {
    const truth = (condition: Json) => test(condition, scope);
    assert.equal(truth({ 'Fn::Equals': [{ Ref: 'Count' }, 3] }), true);
    assert.equal(truth({ 'Fn::Not': [{ Condition: 'Yes' }] }), false);
    assert.equal(truth({ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': ['a', 'b'] }] }), false);
    assert.equal(truth({ 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] }), true);
    assert.throws(() => truth({ 'Fn::And': [{ Condition: 'Yes' }] }), /at least 2 and at most 10/);
    assert.throws(() => truth('yes'), /one condition function/);
  });

  const functionNames = [
    ...['Ref', 'Condition', 'Fn::GetAtt', 'Fn::Sub', 'Fn::Join', 'Fn::Select', 'Fn::Split', 'Fn::If', 'Fn::FindInMap'],
    ...['Fn::Base64', 'Fn::GetAZs', 'Fn::ImportValue', 'Fn::Length', 'Fn::ToJsonString', 'Fn::Equals', 'Fn::And'],
    ...['Fn::Or', 'Fn::Not', 'Fn::Unknown', '__proto__', 'constructor', 'toString'],
  ];
  const anyTemplateValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(
        'Name',
        'Items',
        'Later',
        '${Name}',
        '${a.b}',
        '${}',
        '${!x}',
        'Yes',
        '',
        0,
        -1,
        1.5,
        true,
        null,
      ),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .tuple(fc.constantFrom(...functionNames), tie('value'))
        .map(([name, argument]): Json => Object.fromEntries([[name, argument]])),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
    ),
  })).value;

  it('answers any value with a value or a refusal in the service’s words, never anything else', () => {
    fc.assert(
      fc.property(anyTemplateValue, (value) => {
        try {
          const evaluated = evaluate(value, scope);
          assert.doesNotThrow(() => JSON.stringify(evaluated));
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves a value without functions as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/"(Ref|Fn::[^"]*)"/.test(text));
        assert.deepEqual(evaluate(JSON.parse(text), scope), JSON.parse(text));
      }),
    );
  });
});
