import assert from 'node:assert/strict';
import { parameterValues } from '../../../../local-aws/cloudformation/template/parameters.ts';
import { parseTemplate } from '../../../../local-aws/cloudformation/template/parse.ts';

const template = (parameters: object) =>
  parseTemplate(JSON.stringify({ Parameters: parameters, Resources: { Q: { Type: 'AWS::SQS::Queue' } } }));
const ssm = async (name: string) => (name === '/there' ? 'one, two' : undefined);
const values = async (parameters: object, given: Record<string, string> = {}) => {
  const list = Object.entries(given).map(([key, value]) => ({ key, value }));
  const resolved = await parameterValues(template(parameters), list, undefined, ssm);
  return Object.fromEntries([...resolved].map(([key, { value }]) => [key, value]));
};

describe('Parameters of a stack', () => {
  it('takes what is given, else the default, in the type', async () => {
    const parameters = {
      A: { Type: 'String', Default: 'a' },
      B: { Type: 'Number', Default: 7 },
      C: { Type: 'CommaDelimitedList' },
      D: { Type: 'List<Number>' },
      E: { Type: 'AWS::SSM::Parameter::Value<String>' },
      F: { Type: 'AWS::SSM::Parameter::Value<List<String>>' },
    };
    assert.deepEqual(await values(parameters, { C: 'x, y', D: '1,2', E: '/there', F: '/there' }), {
      ...{ A: 'a', B: '7', C: ['x', 'y'], D: ['1', '2'] },
      ...{ E: 'one, two', F: ['one', 'two'] },
    });
  });

  const refused: [string, object, Record<string, string>, RegExp][] = [
    ['a missing value', { A: { Type: 'String' }, B: { Type: 'String' } }, {}, /Parameters: \[A, B\] must have values/],
    ['an unknown parameter', {}, { X: '1' }, /Parameters: \[X\] do not exist in the template/],
    [
      'a value that is not allowed',
      { A: { Type: 'String', AllowedValues: ['x'] } },
      { A: 'y' },
      /Parameter 'A' must be one of AllowedValues/,
    ],
    [
      'a list item that is not allowed',
      { A: { Type: 'CommaDelimitedList', AllowedValues: ['x'] } },
      { A: 'x,y' },
      /must be one of AllowedValues/,
    ],
    [
      'part of a pattern',
      { A: { Type: 'String', AllowedPattern: '[a-z]+' } },
      { A: 'abc1' },
      /Parameter 'A' must match pattern \[a-z\]\+/,
    ],
    [
      'its own words for it',
      { A: { Type: 'String', MinLength: 3, ConstraintDescription: 'be long' } },
      { A: 'x' },
      /Parameter A failed to satisfy constraint: be long/,
    ],
    ['what is too long', { A: { Type: 'String', MaxLength: 1 } }, { A: 'xy' }, /must contain at most 1 characters/],
    ['what is no number', { A: { Type: 'Number' } }, { A: 'x' }, /Parameter 'A' must be a number/],
    [
      'a number out of bounds',
      { A: { Type: 'Number', MaxValue: 3 } },
      { A: '4' },
      /must be a number not greater than 3/,
    ],
    [
      'an SSM parameter that is not there',
      { A: { Type: 'AWS::SSM::Parameter::Value<String>' } },
      { A: '/none' },
      /Unable to fetch parameters \[\/none\]/,
    ],
  ];
  for (const [name, parameters, given, message] of refused) {
    it(`refuses ${name}`, () => assert.rejects(values(parameters, given), message));
  }

  it('takes the previous value when asked to, and only where there is one', async () => {
    const parameters = { A: { Type: 'String', Default: 'new' } };
    const previous = await parameterValues(template(parameters), [{ key: 'A', value: 'old' }], undefined, ssm);
    const keep = [{ key: 'A', usePreviousValue: true }];
    assert.equal((await parameterValues(template(parameters), keep, previous, ssm)).get('A')?.value, 'old');
    await assert.rejects(
      parameterValues(template(parameters), keep, undefined, ssm),
      /usePreviousValue as true for a parameter key not in/,
    );
  });
});
