import assert from 'node:assert/strict';
import { changeSentence, dataLosses, deployQuestion, isProduction } from '../../../src/editor/confirmation.ts';
import type { EnvironmentChoice } from '../../../src/editor/state.ts';
import { changeOf, previewOf, stackOf } from './previews.ts';

const dev: EnvironmentChoice = { name: 'dev', kind: 'aws', region: 'us-east-2', protected: false };
const local: EnvironmentChoice = { name: 'local', kind: 'local', region: 'us-east-2', protected: false };
const created = previewOf([stackOf('dynamodb', 'create', [changeOf({ action: 'create' })])]);

describe('the question before a deployment', () => {
  it('is asked without a dialog for a new deployment, and names environment, region and account', () => {
    const question = deployQuestion(created, dev, '111122223333');
    assert.equal(question.modal, false);
    assert.equal(question.title, 'Deploy to dev in us-east-2, account 111122223333?');
    assert.equal(question.detail, '1 resource would be created, in 1 stack.');
    assert.equal(question.confirm, 'Deploy');
  });

  it('says local for the AWS on this machine and names no account', () => {
    const question = deployQuestion(created, local, '123456789012');
    assert.match(question.title, /local, the AWS on this machine/);
    assert.ok(!question.title.includes('123456789012'));
  });

  for (const [what, environment] of [
    ['a protected environment', { ...dev, name: 'main', protected: true }],
    ['an environment called prod', { ...dev, name: 'prod' }],
    ['an environment called Production', { ...dev, name: 'Production' }],
  ] as const) {
    it(`is a dialog for ${what}`, () => {
      assert.equal(isProduction(environment), true);
      const question = deployQuestion(created, environment, '1');
      assert.equal(question.modal, true);
      assert.match(question.detail, /production environment/);
    });
  }

  it('takes the name of a product for nothing but a name', () => {
    assert.equal(isProduction({ ...dev, name: 'product-tests' }), false);
    assert.equal(isProduction(local), false);
  });

  it('is a dialog where data would be lost, and its button says so', () => {
    const gone = previewOf([stackOf('dynamodb', 'update', [changeOf({ action: 'replace' })])]);
    const question = deployQuestion(gone, local, '1');
    assert.equal(question.modal, true);
    assert.match(question.detail, /AWS::DynamoDB::Table \(tasks-table\)/);
    assert.match(question.confirm, /Lose/);
  });

  it('counts what is kept as no loss', () => {
    const changes = [
      changeOf({ action: 'delete', retained: true }),
      changeOf({ action: 'delete', type: 'AWS::Lambda::Function' }),
      changeOf({ action: 'update' }),
    ];
    assert.deepEqual(dataLosses(previewOf([stackOf('dynamodb', 'update', changes)])), []);
    const lost = changeOf({ action: 'delete', type: 'AWS::Cognito::UserPool' });
    assert.deepEqual(dataLosses(previewOf([stackOf('cognito', 'delete', [lost])])), [lost]);
  });

  it('warns where calls for an account go somewhere else', () => {
    assert.match(deployQuestion(created, dev, '1', 'http://127.0.0.1:4566').detail, /127\.0\.0\.1:4566, not to AWS/);
  });
});

describe('the sentence about changes', () => {
  for (const [expected, actions] of [
    ['Nothing would change.', []],
    ['1 resource would be created, in 1 stack.', ['create']],
    ['2 resources would be created and 1 updated, in 1 stack.', ['create', 'create', 'update']],
    ['1 resource would be updated, in 1 stack.', ['update']],
    ['2 resources would be updated and 1 deleted, in 1 stack.', ['update', 'update', 'delete']],
    ['1 resource would be replaced, in 1 stack.', ['replace']],
    ['1 resource would be deleted, in 1 stack.', ['delete']],
    [
      '1 resource would be created, 1 updated, 1 replaced and 1 deleted, in 1 stack.',
      ['create', 'update', 'replace', 'delete'],
    ],
  ] as const) {
    it(expected, () => {
      const changes = actions.map((action) => changeOf({ action }));
      assert.equal(
        changeSentence(previewOf([stackOf('dynamodb', changes.length ? 'update' : 'none', changes)])),
        expected,
      );
    });
  }

  it('does not say that nothing changes where a stack changes in more than resources', () => {
    const outputs = previewOf([stackOf('dynamodb', 'update', [])]);
    assert.equal(changeSentence(outputs), 'No resource would change, only settings of 1 stack.');
  });
});
