// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates under test are written in Fn::Sub's own syntax.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ServiceError } from '../../../../local-aws/cloudformation/service-error.ts';
import { checkCapabilities, requiredCapabilities } from '../../../../local-aws/cloudformation/template/capabilities.ts';
import { parseTemplate } from '../../../../local-aws/cloudformation/template/parse.ts';
import { readTemplateText } from '../../../../local-aws/cloudformation/template/read.ts';
import { parseS3Url } from '../../../../local-aws/cloudformation/template/s3-url.ts';
import { templateText } from '../../../../local-aws/cloudformation/template/source.ts';
import { validateTemplate } from '../../../../local-aws/cloudformation/template/validate.ts';

const check = (resources: object, rest: object = {}) =>
  validateTemplate(parseTemplate(JSON.stringify({ Resources: resources, ...rest })));
const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

describe('Template text', () => {
  it('reads YAML with every short tag as the JSON that it stands for', () => {
    const yaml = `
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub '\${AWS::StackName}-q'
      RedrivePolicy: !If [Prod, {deadLetterTargetArn: !GetAtt D.Arn}, !Ref AWS::NoValue]
      A: !Join ['-', [!Ref A, !Select [0, !GetAZs '']]]
      B: !FindInMap [M, !Ref K, x]
      C: !Base64
        Fn::Sub: text
      D: !GetAtt [D, Arn]
      E: !Not [!Equals [!Ref A, b]]
      F: !ImportValue name
      G: !Split [',', 'a,b']
      H: !Or [!Condition X, !And [!Condition Y, !Condition Z]]
      I: !ToJsonString {a: 1}
      J: !Length [1, 2]
      Version: 2012-10-17
      Time: 10:20
      Yes: yes
      N: 012
`;
    assert.deepEqual(readTemplateText(yaml), {
      Resources: {
        Q: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: { 'Fn::Sub': '${AWS::StackName}-q' },
            RedrivePolicy: {
              'Fn::If': ['Prod', { deadLetterTargetArn: { 'Fn::GetAtt': ['D', 'Arn'] } }, { Ref: 'AWS::NoValue' }],
            },
            A: { 'Fn::Join': ['-', [{ Ref: 'A' }, { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }]] },
            B: { 'Fn::FindInMap': ['M', { Ref: 'K' }, 'x'] },
            C: { 'Fn::Base64': { 'Fn::Sub': 'text' } },
            D: { 'Fn::GetAtt': ['D', 'Arn'] },
            E: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'A' }, 'b'] }] },
            F: { 'Fn::ImportValue': 'name' },
            G: { 'Fn::Split': [',', 'a,b'] },
            H: { 'Fn::Or': [{ Condition: 'X' }, { 'Fn::And': [{ Condition: 'Y' }, { Condition: 'Z' }] }] },
            I: { 'Fn::ToJsonString': { a: 1 } },
            J: { 'Fn::Length': [1, 2] },
            Version: '2012-10-17',
            Time: '10:20',
            Yes: true,
            N: 10,
          },
        },
      },
    });
  });

  it('reads anchors, and stops an alias bomb', () => {
    assert.deepEqual(readTemplateText('a: &x {b: 1}\nc: *x'), { a: { b: 1 }, c: { b: 1 } });
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    assert.throws(() => readTemplateText(bomb.join('\n')), /aliases expand to too large a template/);
  });

  it('says where text is wrong', () => {
    assert.throws(
      () => readTemplateText('{"Resources": }'),
      /^ServiceError: Template format error: JSON not well-formed\. \(line 1, column 16\)$/,
    );
    assert.throws(
      () => readTemplateText('a: [1'),
      /Template format error: YAML not well-formed\. \(line 1, column 6\)/,
    );
    assert.throws(() => readTemplateText('a: !Nope x'), /YAML not well-formed\. \(line 1/);
    assert.throws(() => readTemplateText(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`), /levels deep/);
    assert.throws(() => readTemplateText(`a: ${'['.repeat(20_000)}`), ServiceError);
  });

  it('refuses any text in the service’s words, or reads it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((s) => `Resources:\n  ${s}`),
        ),
        (text) => {
          try {
            validateTemplate(parseTemplate(text));
          } catch (error) {
            assert.ok(error instanceof ServiceError, `${String(error)} on ${JSON.stringify(text)}`);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('keeps hostile names apart from JavaScript’s own', () => {
    const template = parseTemplate(
      '{"Resources":{"constructor":{"Type":"AWS::SQS::Queue","Properties":{"__proto__":{"a":1}}}}}',
    );
    validateTemplate(template);
    assert.deepEqual(Object.keys(template.resources.get('constructor')?.properties ?? {}), ['__proto__']);
    assert.throws(
      () => parseTemplate('{"Resources":{"__proto__":{"Type":"AWS::SQS::Queue"}}}'),
      /Resource name __proto__ is non alphanumeric/,
    );
    assert.equal(({} as { a?: number }).a, undefined);
  });
});

describe('Template checks', () => {
  const refused: [string, () => void, RegExp][] = [
    ['no resources', () => check({}), /At least one Resources member must be defined/],
    [
      'an unknown section',
      () => check({ Q: queue() }, { Resource: {} }),
      /^ServiceError: Invalid template property or properties \[Resource\]$/,
    ],
    [
      'an unknown attribute',
      () => check({ Q: { ...queue(), Propertys: {} } }),
      /Invalid template resource property 'Propertys'/,
    ],
    ['no type', () => check({ Q: {} }), /\[\/Resources\/Q\] Every Resources object must contain a Type member\./],
    [
      'an unknown type of a known service',
      () => check({ Q: { Type: 'AWS::SQS::Kueue' } }),
      /Unrecognized resource types: \[AWS::SQS::Kueue\]/,
    ],
    [
      'an unresolved Ref',
      () => check({ Q: queue({ QueueName: { Ref: 'Nope' } }) }),
      /Unresolved resource dependencies \[Nope\] in the Resources block/,
    ],
    [
      'an unresolved Sub',
      () => check({ Q: queue({ QueueName: { 'Fn::Sub': '${Nope}' } }) }),
      /\[Nope\] in the Resources block/,
    ],
    [
      'an unresolved DependsOn',
      () => check({ Q: { ...queue(), DependsOn: 'Nope' } }),
      /\[Nope\] in the Resources block/,
    ],
    [
      'DependsOn a parameter',
      () => check({ Q: { ...queue(), DependsOn: 'P' } }, { Parameters: { P: { Type: 'String' } } }),
      /\[P\] in the Resources block/,
    ],
    [
      'an unresolved output',
      () => check({ Q: queue() }, { Outputs: { O: { Value: { Ref: 'Nope' } } } }),
      /\[Nope\] in the Outputs block/,
    ],
    [
      'an unknown attribute of a type',
      () => check({ Q: queue(), R: queue({ QueueName: { 'Fn::GetAtt': 'Q.Nope' } }) }),
      /resource Q does not support attribute type Nope in Fn::GetAtt/,
    ],
    [
      'a circle',
      () => check({ A: queue({ QueueName: { Ref: 'B' } }), B: { ...queue(), DependsOn: 'A' }, C: queue() }),
      /Circular dependency between resources: \[A, B\]/,
    ],
    [
      'an unknown condition',
      () => check({ Q: { ...queue(), Condition: 'C' } }),
      /Unresolved condition dependency C in the Resources block/,
    ],
    [
      'a condition over resources',
      () => check({ Q: queue() }, { Conditions: { C: { 'Fn::Equals': [{ Ref: 'Q' }, 1] } } }),
      /Cannot reference resources in the Conditions block/,
    ],
    [
      'an unsupported function',
      () => check({ Q: queue({ QueueName: { 'Fn::Nope': 1 } }) }),
      /unsupported function: Fn::Nope/,
    ],
    [
      'a transform',
      () => check({ Q: queue() }, { Transform: 'AWS::Serverless-2016-10-31' }),
      /does not run the transform AWS::Serverless/,
    ],
    [
      '501 resources',
      () => check(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`Q${i}`, queue()]))),
      /Number of resources, 501, is greater than maximum allowed, 500/,
    ],
    [
      'an unknown policy',
      () => check({ Q: { ...queue(), DeletionPolicy: 'Keep' } }),
      /Unrecognized DeletionPolicy Keep/,
    ],
  ];
  for (const [name, run, message] of refused) it(`refuses ${name}`, () => assert.throws(run, message));

  it('accepts types of services that it does not know, and custom resources', () => {
    check({ V: { Type: 'AWS::EC2::VPC' }, C: { Type: 'Custom::Thing' }, M: { Type: 'AWS::CDK::Metadata' } });
  });

  it('asks for the capabilities that IAM needs', () => {
    const role = (properties: object) =>
      parseTemplate(JSON.stringify({ Resources: { R: { Type: 'AWS::IAM::Role', Properties: properties } } }));
    assert.deepEqual(requiredCapabilities(role({})).capabilities, ['CAPABILITY_IAM']);
    assert.deepEqual(requiredCapabilities(role({ RoleName: 'r' })).capabilities, ['CAPABILITY_NAMED_IAM']);
    assert.throws(
      () => checkCapabilities(role({ RoleName: 'r' }), ['CAPABILITY_IAM']),
      /Requires capabilities : \[CAPABILITY_NAMED_IAM\]/,
    );
    checkCapabilities(role({}), ['CAPABILITY_NAMED_IAM']);
  });
});

describe('Where a template comes from', () => {
  const forms: [string, object | undefined][] = [
    ['https://b.s3.us-east-2.amazonaws.com/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['https://b.s3.amazonaws.com/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['https://s3.us-east-2.amazonaws.com/b/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['https://s3-us-west-2.amazonaws.com/b/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['https://b.s3.dualstack.us-east-2.amazonaws.com/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['http://127.0.0.1:4577/b/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['http://b.localhost:4577/a/k.json', { bucket: 'b1', key: 'a/k.json' }],
    ['http://b.s3.localhost:4577/a/k.json?versionId=7', { bucket: 'b1', key: 'a/k.json', versionId: '7' }],
    ['https://s3.amazonaws.com/b/a%20b', { bucket: 'b1', key: 'a b' }],
    ['https://evil.example/b/k.json', undefined],
    ['https://s3.amazonaws.com.evil.example/b/k.json', undefined],
    ['file:///etc/passwd', undefined],
    ['http://169.254.169.254/latest/meta-data', undefined],
    ['not an address', undefined],
  ];
  for (const [address, expected] of forms) {
    it(address, () => assert.deepEqual(parseS3Url(address.replace(/\bb\b(?=[./])/, 'b1')), expected));
  }

  it('keeps to the limits and names what is missing', async () => {
    const read = async () => ({ found: false as const, reason: 'The specified key does not exist.' });
    await assert.rejects(
      templateText({ TemplateBody: 'x'.repeat(51_201) }, undefined, read),
      /less than or equal to 51200/,
    );
    await assert.rejects(templateText({}, undefined, read), /Either Template URL or Template Body must be specified/);
    await assert.rejects(
      templateText({ TemplateURL: 'https://s3.amazonaws.com/bbb/k' }, undefined, read),
      /S3 error: The specified key/,
    );
    await assert.rejects(
      templateText({ TemplateURL: 'https://evil.example/k' }, undefined, read),
      /must be a supported URL/,
    );
    assert.equal(await templateText({ UsePreviousTemplate: true }, 'old', read), 'old');
  });
});
