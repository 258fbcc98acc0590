import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type CommandLine, commandLine } from '../../builders/command-line.ts';

const blueprint = `project: { name: Shop }
environments: { dev: {}, prod: { region: us-east-1, account: "123456789012", protected: true } }
entities:
  - name: task
    fields: [{ name: id, type: string, primary: true }, { name: title, type: string }]
api: { resources: [{ entity: task }] }
`;

describe('the command line, as a process', function () {
  this.timeout(60_000);
  let cli: CommandLine;

  before(async () => {
    cli = await commandLine();
  });
  after(() => cli?.remove());
  beforeEach(() => cli.write(blueprint));

  it('explains itself', async () => {
    const [help, deploy, version] = await Promise.all([
      cli.run(['--help']),
      cli.run(['deploy', '--help']),
      cli.run(['--version']),
    ]);
    assert.equal(help.exit, 0);
    for (const command of ['compile', 'preview', 'deploy', 'status', 'history'])
      assert.match(help.out, new RegExp(`^  ${command} `, 'm'));
    assert.equal(deploy.exit, 0);
    assert.match(deploy.out, /--environment NAME/);
    assert.match(deploy.out, /--acknowledge/);
    assert.equal(version.exit, 0);
  });

  it('ends with 2 for what it does not understand', async () => {
    const wrong = [
      [],
      ['explode'],
      ['preview', '--colour'],
      ['preview', '--environment'],
      ['preview', 'extra'],
      ['history', '--limit', 'x'],
    ];
    const ran = await Promise.all(wrong.map((words) => cli.run(words)));
    assert.deepEqual(
      ran.map(({ exit }) => exit),
      wrong.map(() => 2),
    );
    for (const { err, out } of ran) {
      assert.notEqual(err, '');
      assert.equal(out, '');
    }
  });

  it('says what was probably meant, in its own words', async () => {
    const said = async (...words: string[]) => (await cli.run(words)).err.split('\n')[0];
    assert.equal(await said('deplyo'), 'There is no command deplyo. Did you mean deploy?');
    assert.equal(
      await said('deploy', '--envrionment=x'),
      'There is no option --envrionment. Did you mean --environment?',
    );
    assert.equal(await said('preview', '--environment'), '--environment needs a value after it.');
    assert.match((await said('preview', 'blog')) ?? '', /blog means nothing.*--directory/);
  });

  it('openapi writes the API as a document, with no account and no deployment', async () => {
    const yaml = await cli.run(['openapi']);
    assert.equal(yaml.exit, 0, yaml.err);
    assert.match(yaml.out, /^openapi: 3\.1\.1$/m);
    assert.match(yaml.out, /^ {2}\/tasks\/\{id\}:$/m);
    const json = await cli.run(['openapi', '--format', 'json', '--server', 'https://api.example.com']);
    const document = z.object({ servers: z.array(z.object({ url: z.string() })) }).parse(JSON.parse(json.out));
    assert.deepEqual(document.servers, [{ url: 'https://api.example.com' }]);
    assert.equal((await cli.run(['openapi', '--format', 'xml'])).exit, 2);
    assert.equal((await cli.run(['openapi', '--out', 'no/such/folder/api.yaml'])).exit, 1);
  });

  it('compile says that a file is no folder', async () => {
    const { exit, err } = await cli.run(['compile', '--out', 'backdrift.yaml']);
    assert.equal(exit, 1);
    assert.match(err, /cannot-write .*\n {2}Name a folder/);
  });

  it('shows a preview without credentials', async () => {
    const { exit, out, err } = await cli.run(['preview']);
    assert.equal(exit, 0, err);
    assert.match(out, /^ {2}\+ AWS::DynamoDB::Table \(tasks-table\)$/m);
    assert.match(out, /nothing deployed yet/);
  });

  it('gives a preview as one JSON document', async () => {
    const { exit, out } = await cli.run(['preview', '--json', '--environment', 'prod']);
    assert.equal(exit, 0);
    const preview = z
      .object({
        region: z.string(),
        counts: z.record(z.string(), z.number()),
        stacks: z.array(z.looseObject({ name: z.string() })),
      })
      .parse(JSON.parse(out));
    assert.equal(preview.region, 'us-east-1');
    assert.ok(preview.stacks.some(({ name }) => name === 'backdrift-shop-prod-dynamodb'));
  });

  it('says where a Blueprint is wrong, counted as an editor counts', async () => {
    await cli.write(`${blueprint}\nqueues:\n  - { name: mails, functoin: send }\n`);
    const { exit, err, out } = await cli.run(['preview']);
    assert.equal(exit, 2);
    assert.equal(out, '');
    assert.match(err, /^backdrift\.yaml:9:20 error unknown-key /m);
    const json = await cli.run(['deploy', '--json']);
    assert.equal(json.exit, 2);
    const { problems } = z
      .object({ problems: z.array(z.looseObject({ line: z.number(), code: z.string() })) })
      .parse(JSON.parse(json.out));
    assert.ok(problems.some(({ line, code }) => line === 9 && code === 'unknown-key'));
  });

  it('says where the function is whose code cannot be deployed', async () => {
    await cli.write(`${blueprint}functions:\n  - { name: send, handler: functions/send.mjs }\n`);
    const missing = await cli.run(['compile']);
    assert.equal(missing.exit, 2);
    assert.match(missing.err, /functions\/send\.mjs/);
    await mkdir(path.join(cli.directory, 'functions'), { recursive: true });
    await writeFile(path.join(cli.directory, 'functions/send.mjs'), 'export const handler = async () => {};\n');
    assert.equal((await cli.run(['compile'])).exit, 0);
  });

  it('needs a Blueprint, exactly one, and an environment of it', async () => {
    const nowhere = await cli.run(['preview', '--directory', 'nowhere']);
    assert.equal(nowhere.exit, 2);
    assert.match(nowhere.err, /no-folder There is no folder .*nowhere\./);
    await mkdir(path.join(cli.directory, 'empty'), { recursive: true });
    const empty = await cli.run(['preview', '--directory', 'empty']);
    assert.equal(empty.exit, 2);
    assert.match(empty.err, /no-blueprint/);
    const unknown = await cli.run(['preview', '--environment', 'prdo']);
    assert.equal(unknown.exit, 2);
    assert.match(unknown.err, /dev, prod, local/);
    await writeFile(path.join(cli.directory, 'backdrift.json'), '{}');
    const several = await cli.run(['preview']);
    await rm(path.join(cli.directory, 'backdrift.json'));
    assert.equal(several.exit, 2);
    assert.match(several.err, /several-blueprints/);
  });

  it('writes a template a stack, and a manifest that names them', async () => {
    const { exit, err } = await cli.run(['compile', '--out', 'templates']);
    assert.equal(exit, 0, err);
    const out = path.join(cli.directory, 'templates');
    const manifest = z
      .object({ stacks: z.array(z.looseObject({ layer: z.string(), template: z.string(), resources: z.number() })) })
      .parse(JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')));
    assert.deepEqual(
      new Set(await readdir(out)),
      new Set(['manifest.json', ...manifest.stacks.map(({ template }) => template)]),
    );
    for (const { template, resources } of manifest.stacks) {
      const { Resources } = z
        .looseObject({ Resources: z.record(z.string(), z.unknown()) })
        .parse(JSON.parse(await readFile(path.join(out, template), 'utf8')));
      assert.equal(Object.keys(Resources).length, resources);
    }
    assert.equal((await cli.run(['compile', '--out', 'backdrift.yaml/x'])).exit, 1);
  });

  it('says what to do where there are no credentials, and where no local AWS runs', async () => {
    const [status, local] = await Promise.all([
      cli.run(['status']),
      cli.run(['deploy', '--environment', 'local'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
    ]);
    assert.deepEqual([status.exit, local.exit], [1, 1]);
    assert.match(status.err, /no-credentials/);
    assert.match(status.err, /environment local/);
    assert.match(local.err, /local-aws-not-running/);
    const json = await cli.run(['status', '--json']);
    assert.equal(
      z.object({ problem: z.looseObject({ code: z.string() }) }).parse(JSON.parse(json.out)).problem.code,
      'no-credentials',
    );
  });
});
