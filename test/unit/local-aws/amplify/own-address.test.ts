import assert from 'node:assert/strict';
import { ownAddress } from '../../../../local-aws/amplify/own-address.ts';

describe('where Amplify deploys from', () => {
  const self = 'http://127.0.0.1:4577';
  for (const address of [
    'http://127.0.0.1:4577/bucket/site.zip?X-Amz-Signature=x',
    'http://localhost:4577/bucket/site.zip',
    'http://bucket.localhost:4577/site.zip',
  ]) {
    it(`takes its own ${address}`, () => assert.equal(ownAddress(address, self)?.href, address));
  }

  for (const address of [
    'http://127.0.0.1:6379/',
    'http://localhost/admin',
    'https://127.0.0.1:4577/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:4577@evil.example/x',
    'http://user:secret@127.0.0.1:4577/x',
    'http://evil.example:4577/x',
    'file:///etc/passwd',
    'no address',
  ]) {
    it(`never asks ${address}`, () => assert.equal(ownAddress(address, self), undefined));
  }
});
