import assert from 'node:assert/strict';
import { nextStep, operationEnd } from '../../../src/deployment/recovery.ts';

/** Every status of a stack. Source: StackStatus in the API reference of CloudFormation. */
const steps: Record<string, string> = {
  CREATE_IN_PROGRESS: 'wait',
  CREATE_FAILED: 'update',
  CREATE_COMPLETE: 'update-if-changed',
  ROLLBACK_IN_PROGRESS: 'wait',
  ROLLBACK_FAILED: 'delete-first',
  ROLLBACK_COMPLETE: 'delete-first',
  DELETE_IN_PROGRESS: 'wait',
  DELETE_FAILED: 'stuck',
  DELETE_COMPLETE: 'create',
  UPDATE_IN_PROGRESS: 'wait',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  UPDATE_COMPLETE: 'update-if-changed',
  UPDATE_FAILED: 'update',
  UPDATE_ROLLBACK_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_FAILED: 'stuck',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_COMPLETE: 'update-if-changed',
  REVIEW_IN_PROGRESS: 'delete-first',
  IMPORT_IN_PROGRESS: 'wait',
  IMPORT_COMPLETE: 'update-if-changed',
  IMPORT_ROLLBACK_IN_PROGRESS: 'wait',
  IMPORT_ROLLBACK_FAILED: 'stuck',
  IMPORT_ROLLBACK_COMPLETE: 'update-if-changed',
};

describe('what to do with a stack', () => {
  for (const [status, step] of Object.entries(steps)) {
    it(`${status}: ${step}`, () => assert.equal(nextStep(status).step, step));
  }

  it('a stack that is not there is created', () => assert.deepEqual(nextStep(undefined), { step: 'create' }));

  it('a status that nobody knows is left alone, and named', () => {
    const next = nextStep('TELEPORTED');
    assert.equal(next.step, 'stuck');
    assert.match(next.step === 'stuck' ? next.reason : '', /TELEPORTED/);
  });

  it('whatever waits has not ended, save for the cleaning up after an update', () => {
    for (const [status, step] of Object.entries(steps)) {
      if (step === 'wait' && status !== 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
        assert.equal(operationEnd(status), undefined, status);
      else if (status !== 'REVIEW_IN_PROGRESS') assert.notEqual(operationEnd(status), undefined, status);
    }
    assert.equal(operationEnd('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'), 'complete');
    assert.equal(operationEnd('UPDATE_ROLLBACK_COMPLETE'), 'failed');
  });
});
