import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type CommandLine, commandLine } from '../../builders/command-line.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';

const blueprint = (project: string, key = 'id') => `project: { name: ${project} }
region: us-east-2
entities:
  - name: task
    fields: [{ name: ${key}, type: string, primary: true }, { name: title, type: string }]
api: { resources: [{ entity: task, auth: public }] }
frontend: { directory: web }
`;

const history = z.object({
  deployments: z.array(
    z.looseObject({ number: z.number(), status: z.string(), blueprint: z.object({ key: z.string() }) }),
  ),
});

describe('the command line on the local AWS', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let cli: CommandLine;
  let local: Record<string, string>;

  before(async function () {
    aws = await startSuiteAws(this);
    local = { AWS_ENDPOINT_URL: aws.endpoint };
    cli = await commandLine();
    await cli.write(blueprint('Shop'));
    await mkdir(path.join(cli.directory, 'web'));
    await writeFile(path.join(cli.directory, 'web/index.html'), '<h1>Shop</h1>');
  });

  after(async () => {
    await cli?.remove();
    await aws?.stop();
  });

  const run = (words: string[]) => cli.run([...words, '--environment', 'local'], local);
  const entries = async () => history.parse(JSON.parse((await run(['history', '--json'])).out)).deployments;

  it('deploys, shows every stack, and says where the API answers: it does', async () => {
    const { exit, out, err } = await run(['deploy']);
    assert.equal(exit, 0, err);
    assert.match(err, /\+ AWS::DynamoDB::Table \(tasks-table\)/);
    assert.match(err, /^Deploying to the local AWS at http:\/\/127\.0\.0\.1/m);
    for (const stack of [
      'DynamoDB Stack (database)',
      'Lambda Stack (functions)',
      'API Gateway Stack (endpoints)',
      'Amplify Stack (frontend)',
    ]) {
      assert.ok(err.includes(`✅ ${stack}\n`), `${stack}\n${err}`);
    }
    assert.match(out, /^Deployment 1 succeeded\.$/m);
    const url = /^API: (.+)$/m.exec(out)?.[1] ?? '';
    const health = await fetch(`${url}/health`);
    assert.equal(health.status, 200, await health.text());
    const page = await fetch(/^Frontend: (.+)$/m.exec(out)?.[1] ?? '');
    assert.match(await page.text(), /<h1>Shop<\/h1>/);
    const config = await fetch(new URL('backdrift.json', page.url));
    assert.equal(z.looseObject({ apiUrl: z.string() }).parse(await config.json()).apiUrl, url);
  });

  it('previews against what it deployed', async () => {
    const { exit, out } = await run(['preview']);
    assert.equal(exit, 0);
    assert.match(out, /since deployment 1/);
    assert.match(out, /No changes/);
  });

  it('shows what is live, and who deployed what', async () => {
    const status = await run(['status']);
    assert.equal(status.exit, 0, status.err);
    assert.match(status.out, /^✅ DynamoDB Stack \(database\) - Complete/m);
    assert.match(status.out, /the local AWS at/);
    assert.deepEqual(
      (await entries()).map(({ number, status }) => [number, status]),
      [[1, 'succeeded']],
    );
    const text = await run(['history']);
    assert.match(text.out, /^#1 .*deploy succeeded/m);
  });

  it('does not replace a table before somebody has said that this is wanted', async () => {
    await cli.write(blueprint('Shop', 'code'));
    await aws?.takeCalls();
    const { exit, err } = await run(['deploy']);
    assert.equal(exit, 3, err);
    assert.match(err, /--acknowledge/);
    assert.match(err, /replace AWS::DynamoDB::Table/);
    const calls = Object.keys((await aws?.takeCalls()) ?? {});
    assert.deepEqual(
      calls.filter((call) => /Create|Update|Delete|Put/.test(call)),
      [],
    );
    const json = await run(['deploy', '--json']);
    assert.equal(json.exit, 3);
    assert.equal(
      z.object({ needsAcknowledgement: z.array(z.unknown()) }).parse(JSON.parse(json.out)).needsAcknowledgement.length,
      1,
    );
    await cli.write(blueprint('Shop'));
  });

  it('does not begin what AWS would refuse, and says which', async () => {
    const two = 'indexes: [{ name: by_title, partition: title }, { name: by_kind, partition: kind }]';
    const wider = blueprint('Shop').replace(/(, \{ name: title.*\})\]/, `$1, { name: kind }]\n    ${two}`);
    await cli.write(wider);
    await aws?.takeCalls();
    const { exit, err } = await run(['deploy']);
    assert.equal(exit, 4, err);
    assert.match(err, /^backdrift\.yaml:4:\d+ error several-index-changes tasks-table .*\(by_title, by_kind\)/m);
    const calls = Object.keys((await aws?.takeCalls()) ?? {});
    assert.deepEqual(
      calls.filter((call) => /Create|Update|Delete|Put/.test(call)),
      [],
    );
    const preview = await run(['preview']);
    assert.equal(preview.exit, 0);
    assert.match(preview.err, /A deploy would stop here/);
    const json = await run(['deploy', '--json']);
    assert.equal(json.exit, 4);
    assert.equal(z.looseObject({ blocked: z.boolean() }).parse(JSON.parse(json.out)).blocked, true);
    await cli.write(blueprint('Shop'));
  });

  it('knows what is live without having deployed it itself', async () => {
    await cli.write(blueprint('Shop', 'code'));
    const elsewhere = await cli.run(['deploy', '--environment', 'local'], {
      ...local,
      BACKDRIFT_CACHE: path.join(cli.directory, '.another-cache'),
    });
    assert.equal(elsewhere.exit, 3, elsewhere.err);
    await cli.write(blueprint('Shop'));
  });

  it('gives one JSON document on request', async () => {
    const { exit, out, err } = await run(['deploy', '--json']);
    assert.equal(exit, 0, err);
    const outcome = z
      .looseObject({ result: z.string(), entry: z.looseObject({ number: z.number() }), apiUrl: z.string() })
      .parse(JSON.parse(out));
    assert.deepEqual([outcome.result, outcome.entry.number], ['succeeded', 2]);
  });

  it('stops submitting on Ctrl-C, lets what runs end, and enters that in the history', async () => {
    await cli.write(blueprint('Slow'));
    await aws?.setScale(0.05);
    let interrupted = false;
    const { exit, out, err } = await cli.run(
      ['deploy', '--environment', 'local'],
      { ...local, BACKDRIFT_TRACE: '1' },
      (text, interrupt) => {
        if (!interrupted && text.includes('CloudFormation CreateStack')) {
          interrupted = true;
          interrupt();
        }
      },
    );
    await aws?.setScale(0);
    assert.equal(exit, 1, err);
    assert.match(out, /was cancelled/);
    assert.match(err, /✅ DynamoDB Stack/);
    assert.match(err, /🚫 Lambda Stack \(functions\) - cancelled/);
    assert.deepEqual(
      (await entries()).map(({ number, status }) => [number, status]),
      [[1, 'cancelled']],
    );
    assert.equal((await run(['deploy'])).exit, 0);
    await cli.write(blueprint('Shop'));
  });
});
