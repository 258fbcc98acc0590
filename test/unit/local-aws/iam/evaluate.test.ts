import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RequestContext } from '../../../../local-aws/iam/context.ts';
import { evaluate } from '../../../../local-aws/iam/evaluate.ts';
import { matchesArn, matchesGlob } from '../../../../local-aws/iam/glob.ts';
import { parsePolicy, type Statement } from '../../../../local-aws/iam/policy.ts';

const table = 'arn:aws:dynamodb:us-east-2:123456789012:table/tasks';

function statements(...written: object[]): Statement[] {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: written }));
}

const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});

/** '' when allowed, else the reason. */
function judged(
  identity: object[],
  action: string,
  resource: string,
  {
    boundary,
    context = {},
    said = [],
  }: { boundary?: object[]; context?: Record<string, string | string[]>; said?: string[] } = {},
): string {
  const policies = { identity: statements(...identity), boundary: boundary && statements(...boundary) };
  const decision = evaluate(policies, action, resource, new RequestContext(context), (operator) => said.push(operator));
  return decision.allowed ? '' : decision.because;
}

describe('A role’s policies', () => {
  it('allow what a statement names, and nothing else', () => {
    const policy = [allow(['dynamodb:GetItem', 'dynamodb:Query'], [table, `${table}/index/by_owner`])];
    assert.equal(judged(policy, 'dynamodb:GetItem', table), '');
    assert.equal(judged(policy, 'dynamodb:Query', `${table}/index/by_owner`), '');
    const none = (action: string) => `because no identity-based policy allows the ${action} action`;
    assert.equal(judged(policy, 'dynamodb:PutItem', table), none('dynamodb:PutItem'));
    assert.equal(judged(policy, 'dynamodb:Query', `${table}/index/by_project`), none('dynamodb:Query'));
    assert.equal(judged(policy, 'dynamodb:GetItem', `${table}s`), none('dynamodb:GetItem'));
    assert.equal(judged([], 'dynamodb:GetItem', table), none('dynamodb:GetItem'));
  });

  it('know no case in actions, and every case in resources', () => {
    assert.equal(judged([allow('DynamoDB:getitem', table)], 'dynamodb:GetItem', table), '');
    assert.notEqual(
      judged([allow('dynamodb:GetItem', table)], 'dynamodb:GetItem', table.replace('tasks', 'Tasks')),
      '',
    );
  });

  it('deny before they allow', () => {
    const policy = [allow('*', '*'), deny('dynamodb:Delete*', table)];
    assert.equal(judged(policy, 'dynamodb:PutItem', table), '');
    assert.equal(judged(policy, 'dynamodb:DeleteItem', table), 'with an explicit deny in an identity-based policy');
  });

  it('reach as far as the boundary, and no farther', () => {
    const boundary = [allow('dynamodb:*', '*'), deny('dynamodb:Scan', '*')];
    assert.equal(judged([allow('*', '*')], 'dynamodb:Query', table, { boundary }), '');
    assert.equal(
      judged([allow('*', '*')], 's3:GetObject', 'arn:aws:s3:::b/k', { boundary }),
      'because no permissions boundary allows the s3:GetObject action',
    );
    assert.equal(
      judged([allow('*', '*')], 'dynamodb:Scan', table, { boundary }),
      'with an explicit deny in a permissions boundary',
    );
    assert.notEqual(judged([], 'dynamodb:Query', table, { boundary }), '', 'a boundary gives nothing');
  });

  it('may name what is not meant', () => {
    const policy = [{ Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], NotResource: 'arn:aws:s3:::secret/*' }];
    assert.equal(judged(policy, 's3:GetObject', 'arn:aws:s3:::open/k'), '');
    assert.notEqual(judged(policy, 's3:GetObject', 'arn:aws:s3:::secret/k'), '');
    assert.notEqual(judged(policy, 'iam:PassRole', 'arn:aws:iam::1:role/x'), '');
  });

  it('hold under conditions', () => {
    const on = (Condition: object, context: Record<string, string | string[]>) =>
      judged([allow('s3:ListBucket', '*', { Condition })], 's3:ListBucket', 'arn:aws:s3:::b', { context }) === '';
    const cases: [condition: object, context: Record<string, string | string[]>, holds: boolean][] = [
      [{ StringEquals: { 's3:prefix': ['a/', 'b/'] } }, { 's3:prefix': 'b/' }, true],
      [{ StringEquals: { 'S3:PREFIX': 'b/' } }, { 's3:prefix': 'b/' }, true],
      [{ StringEquals: { 's3:prefix': 'a/' } }, { 's3:prefix': 'a/x' }, false],
      [{ StringEquals: { 's3:prefix': 'a/' } }, {}, false],
      [{ StringEqualsIfExists: { 's3:prefix': 'a/' } }, {}, true],
      [{ StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': 'b' }, false],
      [{ StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': 'c' }, true],
      [{ StringNotEquals: { 's3:prefix': 'a' } }, {}, true],
      [{ StringLike: { 's3:prefix': 'users/*/in?' } }, { 's3:prefix': 'users/7/in2' }, true],
      [
        { StringLike: { 's3:prefix': ['$', '{aws:userid}/*'].join('') } },
        { 's3:prefix': 'u/x', 'aws:userid': 'u' },
        true,
      ],
      [
        { StringLike: { 's3:prefix': ['$', '{aws:userid}/*'].join('') } },
        { 's3:prefix': 'u/x', 'aws:userid': '*' },
        false,
      ],
      [{ StringLike: { 's3:prefix': ['$', '{aws:userid}/*'].join('') } }, { 's3:prefix': '/x' }, false],
      [{ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b*' } }, { 'aws:SourceArn': 'arn:aws:s3:::bucket' }, true],
      [{ ArnLike: { 'aws:SourceArn': 'arn:aws:*:::bucket' } }, { 'aws:SourceArn': 'arn:aws:s3:x::bucket' }, false],
      [{ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'true' }, true],
      [{ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'true' }, false],
      [{ NumericLessThan: { 's3:max-keys': 10 } }, { 's3:max-keys': '9' }, true],
      [{ NumericLessThan: { 's3:max-keys': 10 } }, { 's3:max-keys': '10' }, false],
      [{ NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '10' }, true],
      [{ NumericGreaterThan: { 's3:max-keys': '9' } }, { 's3:max-keys': '10' }, true],
      [{ NumericLessThan: { 's3:max-keys': 10 } }, { 's3:max-keys': 'many' }, false],
      [
        { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
        { 'aws:CurrentTime': '2029-12-31T23:59:59Z' },
        true,
      ],
      [{ DateLessThan: { 'aws:EpochTime': '1893456000' } }, { 'aws:EpochTime': '1893456001' }, false],
      [{ Null: { 'aws:TokenIssueTime': 'true' } }, {}, true],
      [{ Null: { 'aws:TokenIssueTime': 'false' } }, {}, false],
      [{ Null: { 'aws:TokenIssueTime': 'false' } }, { 'aws:TokenIssueTime': 'x' }, true],
      [{ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['a', 'b'] } }, { 'dynamodb:Attributes': ['a'] }, true],
      [{ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['a'] } }, { 'dynamodb:Attributes': ['a', 'c'] }, false],
      [{ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['a'] } }, {}, true],
      [{ 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': ['a'] } }, { 'dynamodb:Attributes': ['a', 'c'] }, true],
      [{ 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': ['a'] } }, {}, false],
      [{ StringEquals: { a: 'x', b: 'y' } }, { a: 'x', b: 'z' }, false],
      [{ StringEquals: { a: 'x' }, StringLike: { b: 'y*' } }, { a: 'x', b: 'yes' }, true],
    ];
    for (const [condition, context, holds] of cases)
      assert.equal(on(condition, context), holds, JSON.stringify({ condition, context }));
  });

  it('are stricter where an operator is not known, and say so', () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const said: string[] = [];
    assert.notEqual(judged([allow('*', '*', { Condition })], 's3:GetObject', 'arn:aws:s3:::b/k', { said }), '');
    const denied = judged([allow('*', '*'), deny('*', '*', { Condition })], 's3:GetObject', 'arn:aws:s3:::b/k', {
      said,
    });
    assert.equal(denied, 'with an explicit deny in an identity-based policy');
    assert.ok(said.length >= 2 && said.every((operator) => operator === 'IpAddress'));
    // One that fails beside it decides, so that the unknown one is of no matter.
    const both = { ...Condition, StringEquals: { a: 'x' } };
    assert.equal(
      judged([allow('*', '*'), deny('*', '*', { Condition: both })], 's3:GetObject', 'arn:aws:s3:::b/k'),
      '',
    );
  });

  it('are refused where they are no policies', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      '{"Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}',
      '{"Statement":[{"Effect":"Allow","Resource":"*"}]}',
      '{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}]}',
      '{"Statement":[{"Effect":"Allow","Action":"*"}]}',
    ])
      assert.throws(() => parsePolicy(text), text);
    assert.equal(parsePolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}').length, 1);
  });
});

describe('Patterns of policies', () => {
  it('match as the same regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const source = pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]').replaceAll('/', '\\/');
        assert.equal(matchesGlob(pattern, text), new RegExp(`^${source}$`).test(text), `${pattern} on ${text}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('take no longer the more stars they have', () => {
    assert.equal(matchesGlob('*a'.repeat(2_000), 'a'.repeat(4_000).concat('b')), false);
  });

  it('stay within the parts of an ARN', () => {
    assert.ok(matchesArn('arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b:c'));
    assert.ok(matchesArn('arn:aws:lambda:*:*:function:f:*', 'arn:aws:lambda:us-east-2:1:function:f:live'));
    assert.ok(!matchesArn('arn:aws:lambda:*:*:function:f:*', 'arn:aws:lambda:us-east-2:1:function:f'));
    assert.ok(!matchesArn('arn:aws:dynamodb:*:table/x', table));
    assert.ok(!matchesArn('arn:aws:*', table));
    assert.ok(matchesArn('*', table));
  });
});
