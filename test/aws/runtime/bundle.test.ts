import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { runtimeOptions } from '../../../scripts/build-options.mjs';
import { model, task } from '../../builders/entity-models.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { connect, makeTable, proxyEvent } from './bench.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** Runs one handler of the bundle as Lambda would: in a process of its own, with nothing but the environment. */
const runner = `
  const [file, handler, event] = process.argv.slice(1);
  const began = performance.now();
  const module = await import(file);
  const milliseconds = Math.round(performance.now() - began);
  const response = await module[handler](JSON.parse(event), {});
  console.log(JSON.stringify({ exports: Object.keys(module).sort(), milliseconds, response }));
`;

describe('every bundle of dist/runtime', () => {
  it('is small, brings no SDK of its own, and imports nothing but that and Node', async () => {
    const { outputFiles } = await build({ ...runtimeOptions(), write: false });
    assert.ok(outputFiles.length >= 2);
    for (const { path: name, contents, text } of outputFiles) {
      assert.ok(contents.byteLength < 150 * 1024, `${name}: ${contents.byteLength} bytes`);
      const imported = [...text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1] ?? '');
      assert.ok(imported.length > 0, name);
      for (const module of imported) assert.match(module, /^(?:@aws-sdk\/|(?:node:)?[a-z_/]+$)/, name);
    }
  });
});

describe('the bundle as Lambda runs it', () => {
  let moto: Moto | undefined;
  let directory: string;
  let file: string;

  before(async function () {
    moto = await motoFor(this);
    const { client } = connect(moto.endpoint);
    await makeTable(client, 'bundled', { partition: 'id' }, [
      { name: 'backdrift-list', partition: '_list', sort: 'created_at' },
    ]);
    client.destroy();
    directory = await mkdtemp(path.join(tmpdir(), 'backdrift-runtime-'));
    file = path.join(directory, 'index.mjs');
    await build({
      entryPoints: [path.join(root, 'src/runtime/index.ts')],
      outfile: file,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      external: ['@aws-sdk/*'],
      minify: true,
    });
    await symlink(path.join(root, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  });
  after(async () => {
    await moto?.stop();
    if (directory) await rm(directory, { recursive: true });
  });

  async function run(handler: string, asked: object) {
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: moto?.endpoint,
      AWS_REGION: 'us-east-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      TABLE_TASK: 'bundled',
      CORS_ORIGINS: 'https://app.example',
    };
    const event = JSON.stringify(proxyEvent(asked));
    const args = ['--input-type=module', '--eval', runner, `file://${file}`, handler, event];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('is small', async () => {
    const { size } = await stat(file);
    assert.ok(size < 150 * 1024, `${size} bytes`);
  });

  it('brings no SDK of its own', async () => {
    const code = await readFile(file, 'utf8');
    assert.deepEqual([...new Set(code.match(/["'](@aws-sdk\/[^"']+|node:[^"']+)["']/g))].sort(), [
      '"@aws-sdk/client-cognito-identity-provider"',
      '"@aws-sdk/client-dynamodb"',
      '"@aws-sdk/lib-dynamodb"',
      '"node:crypto"',
      '"node:fs"',
    ]);
  });

  it('answers health without a model, and everything else with a calm 500', async () => {
    await rm(path.join(directory, 'model.json'), { force: true });
    const [health] = await run('health', {});
    assert.deepEqual(
      health.exports,
      [
        ...['create', 'get', 'health', 'list', 'openapi', 'remove', 'update'],
        ...['acceptMember', 'changeMember', 'inviteMember', 'listMembers', 'ownInvitations', 'removeMember'],
      ].sort(),
    );
    assert.deepEqual([health.response.statusCode, health.response.body], [200, '{"status":"ok"}']);
    const lines = await run('list', {});
    assert.equal(lines.at(-1).response.statusCode, 500);
    assert.equal(lines[0].event, 'failure');
  });

  it('serves an entity from model.json and the environment', async () => {
    await writeFile(path.join(directory, 'model.json'), JSON.stringify(model(task)));
    const headers = { origin: 'https://app.example' };
    const created = (await run('create', { body: { title: 'Ship' }, headers })).at(-1).response;
    assert.equal(created.statusCode, 201);
    assert.equal(created.headers['access-control-allow-origin'], 'https://app.example');
    const listed = (await run('list', {})).at(-1).response;
    assert.deepEqual(JSON.parse(listed.body).items, [JSON.parse(created.body)]);
    const { id } = JSON.parse(created.body);
    assert.equal((await run('remove', { id })).at(-1).response.statusCode, 204);
  });
});
