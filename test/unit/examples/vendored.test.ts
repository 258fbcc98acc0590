import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { vendorDirectory, vendoredFiles } from '../../../scripts/vendor-amplify-auth.mjs';

describe('The sign-in library of the task manager', () => {
  it('is what the versions in package-lock.json give', async () => {
    const wanted = await vendoredFiles();
    assert.deepEqual(readdirSync(vendorDirectory).sort(), Object.keys(wanted).sort());
    for (const [name, text] of Object.entries(wanted))
      assert.ok(
        readFileSync(path.join(vendorDirectory, name), 'utf8') === text,
        `${name} is of another version: node scripts/vendor-amplify-auth.mjs makes it anew.`,
      );
  });

  it('comes with the licence of every package in it, and calls nobody but Cognito', async () => {
    const { 'amplify-auth.js': code = '', 'amplify-auth.licences.txt': licences = '' } = await vendoredFiles();
    const named = /^\/\* (.+?)\. Licences/.exec(code)?.[1]?.split(', ') ?? [];
    assert.ok(named.some((one) => one.startsWith('@aws-amplify/auth ')));
    for (const one of named) assert.ok(licences.includes(`${one} (`), one);
    assert.ok(code.length < 200_000);
    assert.doesNotMatch(code, /\beval\(|new Function\(/);
  });
});
