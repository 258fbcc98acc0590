import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createFunctionReader } from '../../../src/workspace/function-code.ts';
import { readRealFile } from '../../../src/workspace/read-file.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

describe('a file that was looked at before', () => {
  const outside = temporaryFolder({ 'secret.mjs': 'the secret of somebody else', 'fn/a.mjs': 'also a secret' });
  const folder = temporaryFolder({ 'fn/a.mjs': 'export const handler = 1;', 'large.mjs': 'x'.repeat(100) });
  after(() => {
    outside.remove();
    folder.remove();
  });
  const at = (name: string) => path.join(folder.path, name);

  it('is read as it is', async () => {
    const read = await readRealFile(at('large.mjs'), 100);
    assert.ok(read.kind === 'read');
    assert.equal(Buffer.from(read.bytes).toString(), 'x'.repeat(100));
  });

  it('is not read when it is larger than it may be', async () => {
    assert.deepEqual(await readRealFile(at('large.mjs'), 99), { kind: 'too-large', size: 100 });
  });

  it('is not read when a link was put in its place', async () => {
    symlinkSync(path.join(outside.path, 'secret.mjs'), at('link.mjs'));
    assert.deepEqual(await readRealFile(at('link.mjs'), 1000), { kind: 'changed' });
  });

  it('is not read when a folder on the way was swapped for a link', async () => {
    renameSync(at('fn'), at('fn-before'));
    symlinkSync(path.join(outside.path, 'fn'), at('fn'));
    assert.deepEqual(await readRealFile(at('fn/a.mjs'), 1000), { kind: 'changed' });
  });

  it('is not read when it is gone, a folder, a pipe or a device', async () => {
    assert.deepEqual(await readRealFile(at('gone.mjs'), 1000), { kind: 'changed' });
    assert.deepEqual(await readRealFile(folder.path, 1000), { kind: 'no-file' });
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [at('pipe.mjs')]);
    assert.deepEqual(await readRealFile(at('pipe.mjs'), 1000), { kind: 'no-file' });
    assert.deepEqual(await readRealFile('/dev/zero', 1000), { kind: 'no-file' });
  });

  it('is refused as a handler where it is not text', async () => {
    const latin = temporaryFolder({
      'a.mjs': new Uint8Array([...Buffer.from('export const handler = "'), 0xe9, 0x22]),
    });
    const code = await createFunctionReader(latin.path, { trusted: true }).read({ name: 'a', handler: 'a.mjs' });
    latin.remove();
    assert.ok(code.kind === 'refused');
    assert.equal(code.problem.code, 'handler-not-utf8');
  });
});
