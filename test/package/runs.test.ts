import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { runtimeOptions } from '../../scripts/build-options.mjs';
import { readVsix, root, type Vsix } from './vsix.ts';

const execute = promisify(execFile);

// Unpacked into an empty folder, without node_modules beside it: as on a user's machine.
describe('what is in the package runs by itself', () => {
  let vsix: Vsix;
  let folder: string;
  before(() => {
    vsix = readVsix();
    folder = mkdtempSync(path.join(tmpdir(), 'backdrift-package-'));
    for (const [name, bytes] of vsix.files) {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('the command line compiles the example', async () => {
    const out = path.join(folder, 'compiled');
    const directory = path.join(root, 'examples/task-manager');
    await execute(process.execPath, [
      path.join(folder, 'dist/cli.js'),
      'compile',
      '--directory',
      directory,
      '--out',
      out,
    ]);
  });

  it('the command line says what it is', async () => {
    const { stdout } = await execute(process.execPath, [path.join(folder, 'dist/cli.js'), '--help']);
    assert.match(stdout, /backdrift/i);
    for (const command of ['compile', 'preview', 'deploy', 'status', 'history'])
      assert.match(stdout, new RegExp(`\\b${command}\\b`));
  });

  it('the Lambda runtime has the same bytes whenever it is built', async () => {
    const built = await Promise.all([1, 2].map(() => esbuild.build({ ...runtimeOptions(), write: false })));
    for (const { outputFiles } of built) {
      assert.equal(outputFiles.length, 2);
      for (const { path: file, contents } of outputFiles)
        assert.equal(hash(contents), hash(vsix.files.get(`dist/runtime/${path.basename(file)}`)), file);
    }
  });
});

function hash(bytes: Uint8Array | undefined): string {
  assert.ok(bytes && bytes.byteLength > 0);
  return createHash('sha256').update(bytes).digest('hex');
}
