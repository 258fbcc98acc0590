import assert from 'node:assert/strict';
import { changesToAcknowledge } from '../../../src/cli/acknowledge.ts';
import type { Preview, ResourceChange } from '../../../src/preview/preview.ts';

const change = (wish: Partial<ResourceChange>): ResourceChange => ({
  action: 'create',
  logicalId: 'X',
  type: 'AWS::DynamoDB::Table',
  label: 'x',
  properties: [],
  ...wish,
});

function asked(...resources: ResourceChange[]): string[] {
  const preview: Preview = {
    project: 'shop',
    environment: 'dev',
    region: 'us-east-2',
    stacks: [{ layer: 'dynamodb', name: 's', action: 'update', resources, before: '', after: '' }],
    counts: { create: 0, update: 0, replace: 0, delete: 0 },
    problems: [],
    notes: [],
  };
  return changesToAcknowledge(preview).map(({ change: { type, action } }) => `${action} ${type}`);
}

describe('what has to be acknowledged', () => {
  it('is data that is deleted or replaced', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool']) {
      assert.deepEqual(asked(change({ type, action: 'replace' })), [`replace ${type}`]);
      assert.deepEqual(asked(change({ type, action: 'replace', retained: true })), [`replace ${type}`]);
      assert.deepEqual(asked(change({ type, action: 'delete' })), [`delete ${type}`]);
    }
  });

  it('is not data that stays, nor what holds none', () => {
    assert.deepEqual(asked(change({ action: 'delete', retained: true })), []);
    assert.deepEqual(asked(change({ action: 'update' }), change({ action: 'create' })), []);
    assert.deepEqual(asked(change({ type: 'AWS::Lambda::Function', action: 'replace' })), []);
    assert.deepEqual(asked(change({ type: 'AWS::Logs::LogGroup', action: 'delete' })), []);
  });
});
