import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Baseline } from '../../../src/changes/baseline.ts';
import { type BaselineKey, readBaseline, removeBaseline, writeBaseline } from '../../../src/workspace/baseline.ts';
import { cacheDirectory } from '../../../src/workspace/cache-directory.ts';
import { table, template } from '../../builders/templates.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

const [first, second] = ['111111111111', '222222222222'];

function baseline(more: Partial<Baseline> = {}): Baseline {
  const deployed = template({ Tasks: table('tasks') });
  return {
    deployment: 3,
    environment: 'dev',
    account: first ?? '',
    region: 'us-east-2',
    blueprint: 'project: { name: Tasks }\n',
    stacks: [
      {
        layer: 'dynamodb',
        name: 'backdrift-tasks-dev-dynamodb',
        body: JSON.stringify(deployed),
        template: deployed,
        parameters: { A: '1' },
      },
    ],
    ...more,
  };
}

describe('the baseline', () => {
  const project = temporaryFolder();
  const directory = project.path;
  let cache: ReturnType<typeof temporaryFolder>;
  const key: BaselineKey = { directory, environment: 'dev', region: 'us-east-2' };
  const at = (seconds: number) => new Date(seconds * 1000);
  beforeEach(() => {
    cache = temporaryFolder();
  });
  afterEach(() => cache.remove());
  after(() => project.remove());

  function files(): string[] {
    return readdirSync(cache.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  }

  it('is read as it was written, also through a link to the project', async () => {
    assert.deepEqual(await readBaseline(key, cache.path), { kind: 'none' });
    await writeBaseline(directory, baseline(), at(1), cache.path);
    assert.deepEqual(await readBaseline(key, cache.path), { kind: 'found', baseline: baseline() });
    const link = path.join(cache.path, 'link');
    symlinkSync(directory, link);
    assert.equal((await readBaseline({ ...key, directory: link }, cache.path)).kind, 'found');
  });

  it('belongs to one project, environment, region and account', async () => {
    await writeBaseline(directory, baseline(), at(1), cache.path);
    const others: BaselineKey[] = [
      { ...key, directory: path.join(directory, 'other') },
      { ...key, environment: 'prod' },
      { ...key, region: 'us-east-1' },
      { ...key, account: second ?? '' },
    ];
    for (const other of others)
      assert.equal((await readBaseline(other, cache.path)).kind, 'none', JSON.stringify(other));
    assert.equal((await readBaseline({ ...key, account: first ?? '' }, cache.path)).kind, 'found');
  });

  it('is the latest one where the account is not known', async () => {
    await writeBaseline(directory, baseline({ deployment: 9, account: second ?? '' }), at(200), cache.path);
    await writeBaseline(directory, baseline({ deployment: 3 }), at(100), cache.path);
    const read = await readBaseline(key, cache.path);
    assert.equal(read.kind === 'found' && read.baseline.deployment, 9);
    await removeBaseline({ ...key, account: second ?? '' }, cache.path);
    const left = await readBaseline(key, cache.path);
    assert.equal(left.kind === 'found' && left.baseline.deployment, 3);
  });

  it('is whole at any time, however many write', async () => {
    const writes = Array.from({ length: 20 }, (_, n) =>
      writeBaseline(directory, baseline({ deployment: n + 1, blueprint: 'x'.repeat(100_000) }), at(n), cache.path),
    );
    const reads = Array.from({ length: 50 }, () => readBaseline(key, cache.path));
    for (const read of await Promise.all(reads)) assert.notEqual(read.kind, 'unusable');
    await Promise.all(writes);
    assert.equal((await readBaseline(key, cache.path)).kind, 'found');
    assert.equal(files().length, 1, 'nothing unfinished is left behind');
  });

  it('is for the user alone', async function () {
    if (process.platform === 'win32') return this.skip();
    await writeBaseline(directory, baseline(), at(1), cache.path);
    for (const file of files()) assert.equal(statSync(file).mode & 0o077, 0);
    assert.ok(files().every((file) => !file.includes('dev')));
    return undefined;
  });

  it('is not used when its file was damaged', async () => {
    await writeBaseline(directory, baseline(), at(1), cache.path);
    const [file = ''] = files();
    const good = JSON.parse(readFileSync(file, 'utf8'));
    const damaged = [
      '',
      '{',
      'null',
      '[]',
      JSON.stringify({ ...good, schema: 2 }),
      JSON.stringify({ ...good, stacks: [{ ...good.stacks[0], body: '{}' }] }),
      JSON.stringify({ ...good, stacks: [{ ...good.stacks[0], layer: 'moon' }] }),
      JSON.stringify({ ...good, deployment: -1 }),
    ];
    for (const text of damaged) {
      writeFileSync(file, text);
      assert.equal((await readBaseline(key, cache.path)).kind, 'unusable', text);
    }
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        writeFileSync(file, text);
        assert.equal((await readBaseline(key, cache.path)).kind, 'unusable');
      }),
    );
    writeFileSync(file, JSON.stringify({ ...good, environment: 'prod' }));
    assert.equal((await readBaseline(key, cache.path)).kind, 'none');
    chmodSync(file, 0o600);
  });

  it('takes no path for an account', async () => {
    await assert.rejects(writeBaseline(directory, baseline({ account: '../../x' }), at(1), cache.path), RangeError);
    await assert.rejects(readBaseline({ ...key, account: '../../x' }, cache.path), RangeError);
  });
});

describe('the cache', () => {
  it('lies where the user says, else where the platform keeps caches', () => {
    assert.equal(cacheDirectory({ BACKDRIFT_CACHE: '/tmp/own' }), '/tmp/own');
    assert.match(cacheDirectory({}), /backdrift$/);
    if (process.platform === 'linux') {
      assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/var/c' }), '/var/c/backdrift');
      assert.match(cacheDirectory({ XDG_CACHE_HOME: 'relative' }), /\.cache\/backdrift$/);
    }
  });
});
