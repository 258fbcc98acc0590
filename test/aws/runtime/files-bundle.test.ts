import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { root, runtimeOptions } from '../../../scripts/build-options.mjs';
import type { FileModel } from '../../../src/stacks/file-model.ts';
import { proxyEvent } from './bench.ts';

/** Runs one handler of the bundle as Lambda would: in a process of its own, with nothing but the environment. */
const runner = `
  const [file, handler, event] = process.argv.slice(1);
  const module = await import(file);
  const response = await module[handler](JSON.parse(event), {});
  const { createRequire } = await import('node:module');
  const sdk = Object.keys(createRequire(file).cache).some((name) => name.includes('client-s3'));
  console.log(JSON.stringify({ exports: Object.keys(module).sort(), response, sdk }));
`;

const model: FileModel = { storage: 'documents', access: { level: 'owner' }, tenancy: false, max_size: 1000 };

describe('the bundle behind files, as Lambda runs it', () => {
  let directory: string;
  let file: string;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'backdrift-files-'));
    await build({ ...runtimeOptions(), outdir: directory });
    file = path.join(directory, 'runtime', 'files.mjs');
    await symlink(path.join(root, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  });
  after(async () => {
    if (directory) await rm(directory, { recursive: true });
  });

  async function run(handler: string, asked: object, environment: Record<string, string> = {}) {
    const env = {
      PATH: process.env.PATH,
      _HANDLER: `index.${handler}`,
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'KEY',
      AWS_SECRET_ACCESS_KEY: 'SECRET',
      FILES_BUCKET: 'documents-bucket',
      ...environment,
    };
    const args = [
      '--input-type=module',
      '--eval',
      runner,
      `file://${file}`,
      handler,
      JSON.stringify(proxyEvent(asked)),
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const lines = stdout.trim().split('\n');
    return { log: lines.slice(0, -1), ...JSON.parse(lines.at(-1) ?? '') };
  }

  it('is small, and brings no SDK of its own', async () => {
    const { size } = await stat(file);
    assert.ok(size < 60 * 1024, `${size} bytes`);
    const code = await readFile(file, 'utf8');
    const imported = [...code.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(imported)].sort(), ['@aws-sdk/client-s3', 'node:crypto', 'node:fs']);
  });

  it('answers calmly where it was not told of a storage', async () => {
    const { response, log, exports } = await run('upload', { claims: { sub: 'ann' }, body: {} });
    assert.deepEqual(exports, ['get', 'list', 'remove', 'upload']);
    assert.equal(response.statusCode, 500);
    assert.match(log[0] ?? '', /"event":"failure"/);
  });

  it('signs an upload for the bucket’s own host on AWS, with the credentials of its environment alone', async () => {
    await writeFile(path.join(path.dirname(file), 'model.json'), JSON.stringify(model));
    const asked = { claims: { sub: 'ann' }, body: { filename: 'a.txt', content_type: 'text/plain', size: 1 } };
    const { response, sdk } = await run('upload', asked);
    assert.equal(response.statusCode, 201);
    const { upload } = JSON.parse(response.body);
    assert.equal(upload.url, 'https://documents-bucket.s3.us-west-2.amazonaws.com/');
    assert.match(upload.fields['X-Amz-Credential'], /^KEY\/\d{8}\/us-west-2\/s3\/aws4_request$/);
    assert.equal(upload.fields['X-Amz-Security-Token'], undefined);
    assert.equal(sdk, false, 'an upload does not wait for the SDK');
    const read = await run('get', { claims: { sub: 'ann' }, id: 'nothing' });
    assert.deepEqual([read.response.statusCode, read.sdk], [404, true]);

    const elsewhere = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:2',
      AWS_SESSION_TOKEN: 'TOKEN',
    };
    const other = JSON.parse((await run('upload', asked, elsewhere)).response.body).upload;
    assert.equal(other.url, 'http://127.0.0.1:2/documents-bucket');
    assert.equal(other.fields['X-Amz-Security-Token'], 'TOKEN');
  });
});
