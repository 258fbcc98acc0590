import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { functionArtifactKey, runtimeArtifactKey } from '../../../src/stacks/artifact-keys.ts';
import type { Artifact } from '../../../src/stacks/stack.ts';
import { artifactSource, type CodeParts, codeVersions } from '../../../src/workspace/code.ts';
import { createFunctionReader } from '../../../src/workspace/function-code.ts';
import { needsBundling } from '../../../src/workspace/module-text.ts';
import { api } from '../../builders/blueprint.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const plainHandler = "import { randomUUID } from 'node:crypto';\nexport const handler = async () => randomUUID();\n";

function blueprint(functions: { name: string; handler: string }[]): Blueprint {
  return {
    project: { name: 'A', slug: 'a' },
    region: 'us-east-2',
    environments: {},
    tenancy: { mode: 'single_tenant' },
    entities: [],
    functions: functions.map((one) => ({ memory: 256, environment: {}, uses: [], ...one })),
    jobs: [],
    queues: [],
    storage: [],
    workflows: [],
    monitoring: { email: [], dashboard: true },
    validation: { suppress: [] },
  };
}

describe('the code of a project', () => {
  const folder = temporaryFolder({
    'runtime/index.mjs': 'export const list = 1;\n',
    'functions/plain.mjs': plainHandler,
    'functions/typed.ts':
      "import { greet } from '../lib/greet.ts';\nexport const handler = async (name: string) => greet(name);\n",
    'lib/greet.ts': "export const greet = (name: string): string => 'hello ' + name;\n",
    'functions/broken.ts': 'export const handler = (;\n',
  });
  const unpacked = temporaryFolder({});
  after(() => {
    folder.remove();
    unpacked.remove();
  });

  const parts = (functions: { name: string; handler: string }[], trusted = true): CodeParts => ({
    directory: folder.path,
    blueprint: blueprint(functions),
    runtimeDirectory: path.join(folder.path, 'runtime'),
    functions: createFunctionReader(folder.path, { trusted }),
  });

  it('is hashed: the runtime, and each function', async () => {
    const { versions, problems } = await codeVersions(parts([{ name: 'plain', handler: 'functions/plain.mjs' }]));
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    assert.deepEqual(problems, []);
    assert.deepEqual(versions, {
      runtime: sha256('export const list = 1;\n'),
      functions: { plain: sha256(plainHandler) },
    });
  });

  /** The artifact as a compilation of this moment names it. */
  async function artifactOf(of: CodeParts, name: string): Promise<Artifact> {
    const { versions } = await codeVersions(of);
    return { key: functionArtifactKey(versions.functions[name] ?? ''), source: { kind: 'function', function: name } };
  }

  it('has around it what feeds it: the worker behind a queue or a job, the door behind the API, nothing otherwise', async () => {
    const fed = temporaryFolder({
      'runtime/index.mjs': 'runtime',
      'runtime/door.mjs': 'door',
      'runtime/worker.mjs': 'worker',
      'a.mjs': plainHandler,
    });
    const names = ['alone', 'queued', 'timed', 'both'];
    const base = parts(names.map((name) => ({ name, handler: 'a.mjs' })));
    const of: CodeParts = {
      ...base,
      directory: fed.path,
      runtimeDirectory: path.join(fed.path, 'runtime'),
      functions: createFunctionReader(fed.path, { trusted: true }),
      blueprint: {
        ...base.blueprint,
        queues: ['queued', 'both'].map((name) => ({ name, function: name, fifo: false })),
        jobs: [{ name: 'nightly', schedule: '0 2 * * *', function: 'timed', sequential: false }],
        api: api({
          endpoints: [
            { method: 'POST', path: '/v1/x', function: 'both', access: { level: 'public' }, deprecated: false },
          ],
        }),
      },
    };
    const files: Record<string, Record<string, string>> = {};
    for (const name of names) {
      const door = name === 'both' ? { door: '{}' } : {};
      const { versions } = await codeVersions(of);
      const key = functionArtifactKey(versions.functions[name] ?? '', door.door);
      const outcome = await artifactSource(of).build({ key, source: { kind: 'function', function: name, ...door } });
      assert.equal(outcome.status, 'built', JSON.stringify(outcome));
      if (outcome.status !== 'built') continue;
      const zip = Object.entries(unzipSync(outcome.bytes)).map(([file, bytes]) => [file, strFromU8(bytes)]);
      files[name] = Object.fromEntries(zip);
    }
    const queued = { 'index.mjs': 'worker', 'handler.mjs': plainHandler };
    assert.deepEqual(files, {
      alone: { 'index.mjs': plainHandler },
      queued,
      timed: queued,
      both: { 'index.mjs': 'door', 'door.json': '{}', 'handler.mjs': plainHandler },
    });
    // Another worker is another version of the functions that it stands around, and of no other.
    const before = await codeVersions(of);
    writeFileSync(path.join(fed.path, 'runtime/worker.mjs'), 'newer worker');
    const after = await codeVersions(of);
    const moved = names.filter((name) => before.versions.functions[name] !== after.versions.functions[name]);
    assert.deepEqual(moved, ['queued', 'timed']);
    fed.remove();
  });

  it('that has changed since it was compiled is never stored under the key of what was previewed', async () => {
    const changing = temporaryFolder({ 'runtime/index.mjs': 'v1', 'a.mjs': plainHandler });
    const of: CodeParts = {
      ...parts([{ name: 'a', handler: 'a.mjs' }]),
      directory: changing.path,
      runtimeDirectory: path.join(changing.path, 'runtime'),
      functions: createFunctionReader(changing.path, { trusted: true }),
    };
    const { versions } = await codeVersions(of);
    const own = await artifactOf(of, 'a');
    const runtime: Artifact = {
      key: runtimeArtifactKey(versions.runtime, '{}'),
      source: { kind: 'runtime', model: '{}' },
    };
    assert.equal((await artifactSource(of).build(own)).status, 'built');
    assert.equal((await artifactSource(of).build(runtime)).status, 'built');
    writeFileSync(path.join(changing.path, 'a.mjs'), `${plainHandler}// edited after the preview\n`);
    writeFileSync(path.join(changing.path, 'runtime/index.mjs'), 'v2');
    for (const artifact of [own, runtime]) {
      const built = await artifactSource(of).build(artifact);
      assert.ok(built.status === 'failed', artifact.source.kind);
      assert.equal(built.problem.code, 'code-changed');
      assert.ok(built.problem.hint);
    }
    changing.remove();
  });

  it('of a generated operation is the runtime and the model', async () => {
    const of = parts([]);
    const source = artifactSource(of);
    const { runtime } = (await codeVersions(of)).versions;
    const artifact: Artifact = {
      key: runtimeArtifactKey(runtime, '{"a":1}'),
      source: { kind: 'runtime', model: '{"a":1}' },
    };
    const built = await source.build(artifact);
    assert.ok(built.status === 'built');
    const files = unzipSync(built.bytes);
    assert.deepEqual(Object.keys(files), ['index.mjs', 'model.json']);
    assert.equal(strFromU8(files['model.json'] ?? new Uint8Array()), '{"a":1}');
    const again = await source.build(artifact);
    assert.ok(again.status === 'built');
    assert.deepEqual(again.bytes, built.bytes);
  });

  it('stands behind the door where endpoints call it, with what the door is told', async () => {
    const guarded = temporaryFolder({ 'runtime/index.mjs': 'i', 'runtime/door.mjs': 'door v1', 'a.mjs': plainHandler });
    const endpoint = {
      method: 'GET',
      path: '/a',
      function: 'a',
      access: { level: 'public' },
      deprecated: false,
    } as const;
    const of = (called: boolean): CodeParts => ({
      directory: guarded.path,
      runtimeDirectory: path.join(guarded.path, 'runtime'),
      functions: createFunctionReader(guarded.path, { trusted: false }),
      blueprint: {
        ...blueprint([{ name: 'a', handler: 'a.mjs' }]),
        ...(called
          ? {
              api: { compatibility: 'standard', throttle: { rate: 1, burst: 1 }, resources: [], endpoints: [endpoint] },
            }
          : {}),
      },
    });
    const version = async (called: boolean) => (await codeVersions(of(called))).versions.functions.a ?? '';
    const alone = await version(false);
    const behind = await version(true);
    assert.notEqual(alone, behind, 'another zip, so another version');
    const artifact = (door: string): Artifact => ({
      key: functionArtifactKey(behind, door),
      source: { kind: 'function', function: 'a', door },
    });
    const built = await artifactSource(of(true)).build(artifact('{"routes":{}}'));
    assert.ok(built.status === 'built');
    const files = Object.entries(unzipSync(built.bytes)).map(([name, bytes]) => [name, strFromU8(bytes)]);
    assert.deepEqual(files, [
      ['door.json', '{"routes":{}}'],
      ['handler.mjs', plainHandler],
      ['index.mjs', 'door v1'],
    ]);
    assert.notEqual(artifact('{}').key, artifact('{"routes":{}}').key);
    writeFileSync(path.join(guarded.path, 'runtime/door.mjs'), 'door v2');
    assert.notEqual(await version(true), behind);
    assert.equal(await version(false), alone, 'the door is none of its business');
    const stale = await artifactSource(of(true)).build(artifact('{}'));
    assert.ok(stale.status === 'failed' && stale.problem.code === 'code-changed');
    guarded.remove();
  });

  it('has the same bytes in every time zone, and files that everybody may read', () => {
    const script = `
      import { deterministicZip } from '${path.join(root, 'src/workspace/zip.ts')}';
      const files = new Map([['b', new Uint8Array([1, 2])], ['a/ü', new Uint8Array(5)]]);
      console.log(Buffer.from(deterministicZip(files)).toString('hex'));`;
    const run = (TZ: string) =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
        cwd: root,
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
    const here = run('America/Los_Angeles');
    assert.equal(run('Asia/Tokyo'), here);
    const bytes = Buffer.from(here.trim(), 'hex');
    const entry = bytes.indexOf(Buffer.from('504b0102', 'hex'));
    assert.equal(bytes.readUInt32LE(entry + 38) >>> 16, 0o100644);
    assert.ok(bytes.indexOf('a/ü') < bytes.indexOf('b', bytes.indexOf('a/ü')));
  });

  it('is refused, with what to do, where it cannot be deployed', async () => {
    const cases = [
      { name: 'typed', handler: 'functions/typed.ts', code: 'no-bundler' },
      { name: 'missing', handler: 'functions/none.mjs', code: 'handler-missing' },
      { name: 'folder', handler: 'functions', code: 'handler-missing' },
      { name: 'outside', handler: '../x.mjs', code: 'handler-outside' },
    ];
    const of = parts(cases);
    const { versions, problems } = await codeVersions(of);
    assert.deepEqual(versions.functions, {});
    for (const { name, code } of cases) {
      const found = problems.find((one) => one.function === name)?.problem;
      assert.equal(found?.code, code);
      assert.ok(found?.hint, code);
      const built = await artifactSource(of).build({ key: 'k', source: { kind: 'function', function: name } });
      assert.ok(built.status === 'failed' && built.problem.code === code);
    }
    const unknown = await artifactSource(of).build({ key: 'k', source: { kind: 'function', function: 'nobody' } });
    assert.ok(unknown.status === 'failed' && unknown.problem.code === 'unknown-function');
  });

  it('is not bundled in a workspace that is not trusted', async () => {
    const { problems } = await codeVersions(parts([{ name: 'typed', handler: 'functions/typed.ts' }], false));
    assert.equal(problems[0]?.problem.code, 'untrusted-bundling');
  });

  describe('with esbuild in the workspace', () => {
    before(() => symlinkSync(path.join(root, 'node_modules'), path.join(folder.path, 'node_modules'), 'junction'));

    it('is bundled into one module that runs', async () => {
      const of = parts([{ name: 'typed', handler: 'functions/typed.ts' }]);
      const built = await artifactSource(of).build(await artifactOf(of, 'typed'));
      assert.ok(built.status === 'built', JSON.stringify(built));
      const files = unzipSync(built.bytes);
      assert.deepEqual(Object.keys(files), ['index.mjs', 'index.mjs.map']);
      for (const [name, bytes] of Object.entries(files)) {
        assert.ok(!strFromU8(bytes).includes(folder.path), `no path of this machine is in ${name}`);
        writeFileSync(path.join(unpacked.path, name), bytes);
      }
      const module = await import(pathToFileURL(path.join(unpacked.path, 'index.mjs')).href);
      assert.equal(await module.handler('you'), 'hello you');
      const map = JSON.parse(strFromU8(files['index.mjs.map'] ?? new Uint8Array()));
      assert.deepEqual(map.sources, ['lib/greet.ts', 'functions/typed.ts']);
      assert.equal(map.sourcesContent, undefined);
    });

    it('has another version when a file that it imports changes', async () => {
      const of = parts([{ name: 'typed', handler: 'functions/typed.ts' }]);
      const first = await codeVersions(of);
      assert.deepEqual((await codeVersions(of)).versions, first.versions);
      writeFileSync(
        path.join(folder.path, 'lib/greet.ts'),
        "export const greet = (name: string): string => 'good day ' + name;\n",
      );
      assert.notEqual((await codeVersions(of)).versions.functions.typed, first.versions.functions.typed);
    });

    it('may be JSX, CommonJS, use a package, and have a require of its own', async () => {
      const files: Record<string, string> = {
        'jsx.jsx':
          "const h = (tag, props, ...inside) => [tag, ...inside].join(' ');\n/** @jsx h */\nexport const handler = async () => <b>hello</b>;\n",
        'common.cjs':
          "const path = require('node:path');\nexports.handler = async () => [path.basename('/a/b'), typeof __dirname, typeof __filename];\n",
        'package.mjs': "import { parse } from 'yaml';\nexport const handler = async () => parse('a: 1');\n",
        'own.mjs':
          "import { createRequire } from 'node:module';\nimport './jsx.jsx';\nconst require = createRequire(import.meta.url);\nconst __dirname = 'mine';\nexport const handler = async () => [require('node:os').EOL, __dirname];\n",
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder.path, name), text);
      const expected: Record<string, unknown> = {
        'jsx.jsx': 'b hello',
        'common.cjs': ['b', 'string', 'string'],
        'package.mjs': { a: 1 },
        'own.mjs': ['\n', 'mine'],
      };
      for (const handler of Object.keys(files)) {
        const name = handler.replace('.', '_');
        const of = parts([{ name, handler }]);
        const built = await artifactSource(of).build(await artifactOf(of, name));
        assert.ok(built.status === 'built', JSON.stringify(built));
        const file = path.join(unpacked.path, `${name}.mjs`);
        writeFileSync(file, unzipSync(built.bytes)['index.mjs'] ?? new Uint8Array());
        const module = await import(pathToFileURL(file).href);
        assert.deepEqual(await module.handler(), expected[handler], handler);
      }
    });

    it('is refused where it exports no handler', async () => {
      writeFileSync(path.join(folder.path, 'other.ts'), 'export const run = (): number => 1;\n');
      const { problems } = await codeVersions(parts([{ name: 'other', handler: 'other.ts' }]));
      assert.equal(problems[0]?.problem.code, 'no-handler');
    });

    it('names the line that was written in a stack trace', async () => {
      writeFileSync(
        path.join(folder.path, 'functions/throws.ts'),
        'type Order = {\n  id: string;\n};\n\nexport const handler = async (order: Order) => {\n  throw new Error(order.id);\n};\n',
      );
      const of = parts([{ name: 'throws', handler: 'functions/throws.ts' }]);
      const built = await artifactSource(of).build(await artifactOf(of, 'throws'));
      assert.ok(built.status === 'built');
      for (const [name, bytes] of Object.entries(unzipSync(built.bytes)))
        writeFileSync(path.join(unpacked.path, name), bytes);
      const script =
        "import('./index.mjs').then(({ handler }) => handler({ id: 'x' })).catch((error) => console.log(error.stack))";
      const said = execFileSync(process.execPath, ['--eval', script], {
        cwd: unpacked.path,
        env: { ...process.env, NODE_OPTIONS: '--enable-source-maps' },
        encoding: 'utf8',
      });
      assert.match(said, /functions\/throws\.ts:6:9/);
    });

    it('runs nothing of a workspace that is not trusted, whatever its esbuild is', async () => {
      const trap = temporaryFolder({
        'a.ts': 'export const handler = 1;\n',
        'node_modules/esbuild/package.json': '{"name":"esbuild","main":"index.js"}',
        'node_modules/esbuild/index.js':
          "require('node:fs').writeFileSync(require('node:path').join(__dirname, 'ran'), '');\n",
      });
      const read = (trusted: boolean) =>
        createFunctionReader(trap.path, { trusted }).read({ name: 'a', handler: 'a.ts' });
      const ran = () => existsSync(path.join(trap.path, 'node_modules/esbuild/ran'));
      const refused = await read(false);
      assert.ok(refused.kind === 'refused' && refused.problem.code === 'untrusted-bundling');
      assert.equal(ran(), false);
      await read(true);
      assert.equal(ran(), true, 'the trap would have been seen');
      trap.remove();
    });

    it('is refused when it is too large, and told when it is large, with what makes it so', async () => {
      const data = (megabytes: number) => `export default '${'x'.repeat(megabytes * 1024 * 1024)}';\n`;
      const sizes = temporaryFolder({
        'large.mjs': "import data from 'heavy';\nexport const handler = async () => data.length;\n",
        'node_modules/heavy/package.json': '{"name":"heavy","type":"module","main":"index.js"}',
        'node_modules/heavy/index.js': data(6),
        'plain.mjs': `export const handler = 1;\n// ${'x'.repeat(6 * 1024 * 1024)}\n`,
      });
      symlinkSync(path.join(root, 'node_modules/esbuild'), path.join(sizes.path, 'node_modules/esbuild'), 'junction');
      const of = { ...parts([{ name: 'large', handler: 'large.mjs' }]), directory: sizes.path };
      const versionsOf = () => codeVersions({ ...of, functions: createFunctionReader(sizes.path, { trusted: true }) });
      const told = await versionsOf();
      assert.ok(told.versions.functions.large, 'it can be deployed');
      assert.equal(told.problems[0]?.problem.code, 'large-code');
      assert.match(told.problems[0]?.problem.message ?? '', /6\.\d MB.*heavy \(6\.0 MB\)/);
      writeFileSync(path.join(sizes.path, 'node_modules/heavy/index.js'), data(51));
      const refused = await versionsOf();
      assert.equal(refused.versions.functions.large, undefined);
      assert.equal(refused.problems[0]?.problem.code, 'code-too-large');
      const plain = await createFunctionReader(sizes.path, { trusted: false }).read({
        name: 'plain',
        handler: 'plain.mjs',
      });
      assert.ok(plain.kind === 'code' && plain.warning?.code === 'large-code');
      sizes.remove();
    }).timeout(30_000);

    it('says where it does not compile', async () => {
      const { problems } = await codeVersions(parts([{ name: 'broken', handler: 'functions/broken.ts' }]));
      assert.equal(problems[0]?.problem.code, 'bundling-failed');
      assert.match(problems[0]?.problem.cause ?? '', /functions\/broken\.ts:1: /);
    });
  });
});

describe('a handler’s text', () => {
  const cases: [string, string, RegExp | undefined][] = [
    ['a.mjs', plainHandler, undefined],
    ['a.js', "import { S3Client } from '@aws-sdk/client-s3';\nexport async function handler() {}", undefined],
    ['a.js', 'exports.handler = async () => {};', /not an ES module/],
    ['a.cjs', 'export const handler = 1', /not an ES module/],
    ['a.ts', 'export const handler = 1', /TypeScript/],
    ['a.mjs', "import x from './x.mjs';\nexport const handler = x;", /imports \.\/x\.mjs/],
    ['a.mjs', "export { handler } from './x.mjs';", /imports/],
    ['a.mjs', "export const handler = () => import('stripe');", /imports stripe/],
    ['a.mjs', "import 'side-effect';\nexport const handler = 1;", /imports side-effect/],
  ];
  for (const [file, text, expected] of cases) {
    it(`${JSON.stringify(text)} in ${file} ${expected ? 'needs bundling' : 'is deployed as it is'}`, () => {
      const reason = needsBundling(file, text);
      if (expected) assert.match(reason ?? '', expected);
      else assert.equal(reason, undefined);
    });
  }
});
