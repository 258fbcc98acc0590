import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { zipFrontend } from '../../../src/workspace/frontend.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

const config = {
  project: 'tasks',
  environment: 'dev',
  region: 'us-east-2',
  apiUrl: 'https://api.example/v1',
  auth: { userPoolId: 'us-east-2_x', clientId: 'c' },
};

describe('the zip of a frontend', () => {
  const folders: { remove(): void }[] = [];
  after(() => {
    for (const folder of folders) folder.remove();
  });
  const folder = (files: Record<string, string>): string => {
    const made = temporaryFolder(files);
    folders.push(made);
    return made.path;
  };
  it('is never the whole project', async () => {
    const directory = folder({ 'backdrift.yaml': 'x', 'index.html': 'x', 'functions/a.mjs': 'x' });
    symlinkSync(directory, path.join(directory, 'web'));
    for (const frontend of ['.', './', 'functions/..', 'web']) {
      assert.equal(await refusal(directory, frontend), 'frontend-is-project');
    }
  });

  async function refusal(directory: string, frontend = 'web'): Promise<string> {
    const built = await zipFrontend(directory, frontend, config);
    assert.ok(built.status === 'failed');
    assert.ok(built.problem.hint);
    return built.problem.code;
  }

  it('holds every file, what the frontend is told, and no leftovers or secrets', async () => {
    const directory = folder({
      'web/index.html': '<h1>',
      'web/assets/app.js': 'x',
      'web/.well-known/security.txt': 'x',
      'web/backdrift.json': '{"apiUrl":"http://old"}',
      'web/.env': 'SECRET=1',
      'web/.env.production': 'SECRET=1',
      'web/.git/config': 'x',
      'web/.npmrc': '//registry/:_authToken=x',
      'web/.aws/credentials': 'x',
      'web/keys/ID_RSA': 'x',
      'web/keys/server.PEM': 'x',
      'web/keys/store.p12': 'x',
      'web/assets/.DS_Store': 'x',
    });
    const built = await zipFrontend(directory, 'web', config);
    assert.ok(built.status === 'built');
    const files = unzipSync(built.bytes);
    assert.deepEqual(Object.keys(files), ['.well-known/security.txt', 'assets/app.js', 'backdrift.json', 'index.html']);
    assert.deepEqual(JSON.parse(strFromU8(files['backdrift.json'] ?? new Uint8Array())), config);
    const again = await zipFrontend(directory, './web/', config);
    assert.ok(again.status === 'built');
    assert.deepEqual(again.bytes, built.bytes);
  });

  it('follows links within the frontend and refuses those that leave it', async () => {
    const within = folder({ 'web/index.html': 'x', 'web/shared/a.css': 'a' });
    symlinkSync('shared', path.join(within, 'web/again'));
    const built = await zipFrontend(within, 'web', config);
    assert.ok(built.status === 'built' && 'again/a.css' in unzipSync(built.bytes));

    const leaving = folder({ 'web/index.html': 'x', secret: 'x' });
    symlinkSync('../secret', path.join(leaving, 'web/public'));
    assert.equal(await refusal(leaving), 'frontend-link-outside');

    const circle = folder({ 'web/index.html': 'x' });
    symlinkSync('.', path.join(circle, 'web/loop'));
    assert.equal(await refusal(circle), 'frontend-link-circle');

    const broken = folder({ 'web/index.html': 'x' });
    symlinkSync('gone', path.join(broken, 'web/link'));
    assert.equal(await refusal(broken), 'frontend-broken-link');
  });

  it('is refused where there is nothing to publish, or it lies elsewhere', async () => {
    const directory = folder({ 'web/.DS_Store': 'x', file: 'x' });
    assert.equal(await refusal(directory), 'frontend-empty');
    assert.equal(await refusal(directory, 'dist'), 'frontend-missing');
    assert.equal(await refusal(directory, 'file'), 'frontend-missing');
    assert.equal(await refusal(directory, '..'), 'frontend-outside');
    assert.equal(await refusal(directory, '/etc'), 'frontend-outside');
  });
});
