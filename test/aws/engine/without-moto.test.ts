import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { type LocalAws, startLocalAws } from '../../../local-aws/local-aws.ts';
import { root } from '../../../scripts/build-options.mjs';
import { systemClock } from '../../../src/aws/clock.ts';
import { connect } from '../../../src/aws/connect.ts';
import type { ObjectStore } from '../../../src/deployment/ports.ts';
import { livingProject } from '../support/living-project.ts';

const text = (content: string) => new TextEncoder().encode(content);

describe('The local AWS without moto', function () {
  this.timeout(60_000);
  let localAws: LocalAws;
  before(async () => {
    localAws = await startLocalAws({ port: 0, scale: 0, moto: 'none' });
  });
  after(() => localAws.stop());

  it('takes a deployment of the task manager to its end, and shows its frontend', async () => {
    const example = path.join(root, 'examples/task-manager');
    const handler = 'functions/complete-task.mjs';
    const document = z
      .looseObject({ entities: z.array(z.unknown()) })
      .parse(parse(readFileSync(path.join(example, 'backdrift.yaml'), 'utf8')));
    const project = await livingProject(localAws.url, 'task-manager', {
      'web/index.html': '<title>Tasks</title>',
      [handler]: readFileSync(path.join(example, handler), 'utf8'),
    });
    try {
      const first = await project.deploy(document);
      assert.deepEqual(
        first.progress.stacks.map(({ layer, status }) => [layer, status]),
        ['cognito', 'dynamodb', 'lambda', 'api', 'amplify'].map((layer) => [layer, 'complete']),
      );
      const site = first.outcome.frontendUrl ?? '';
      assert.match(await (await fetch(site)).text(), /<title>Tasks/);
      const told = await fetch(new URL('backdrift.json', site.endsWith('/') ? site : `${site}/`));
      assert.equal(told.status, 200);
      const again = await project.deploy(document);
      assert.ok(again.progress.stacks.every(({ status }) => status === 'unchanged'));
    } finally {
      await project.stop();
    }
  });

  it('writes objects on a condition, as S3 does', async () => {
    const opened = await connect({ kind: 'local', environment: 'local', region: 'us-east-1', endpoint: localAws.url });
    if (opened.status !== 'connected') throw new Error(JSON.stringify(opened));
    const { connection } = opened;
    try {
      const nowhere = await connection.bucket('no-such-bucket').list('');
      assert.equal(nowhere.status, 'no-bucket');
      const name = 'objects-of-a-test';
      const body = JSON.stringify({ Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: name } } } });
      const made = await connection.cloudFormation.createStack({
        name,
        template: { body },
        parameters: {},
        tags: {},
        token: name,
        onFailure: 'rollback',
      });
      assert.equal(made.status, 'submitted');
      const store: ObjectStore = connection.bucket(name);
      for (let tries = 0; tries < 100 && (await store.list('')).status !== 'found'; tries += 1)
        await systemClock.sleep(20);

      const race = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.putIfAbsent('a b/ü.json', text(String(n)), 'application/json')),
      );
      assert.equal(race.filter(({ status }) => status === 'written').length, 1);
      assert.equal(race.filter(({ status }) => status === 'exists').length, 19);
      const read = await store.get('a b/ü.json');
      assert.equal(read.status, 'found');
      const etag = read.status === 'found' ? read.etag : '';
      const updates = await Promise.all(
        ['x', 'y'].map((content) => store.putIfMatch('a b/ü.json', text(content), 'text/plain', etag)),
      );
      assert.deepEqual(updates.map(({ status }) => status).sort(), ['changed', 'written']);
      assert.equal((await store.putIfMatch('gone', text(''), 'text/plain', etag)).status, 'changed');
      assert.equal((await store.head('gone')).status, 'absent');
      assert.deepEqual(await store.list('a b/'), { status: 'found', keys: ['a b/ü.json'] });
    } finally {
      connection.close();
    }
  });

  it('refuses what it cannot do at once, with the remedy', async () => {
    const opened = await connect({ kind: 'local', environment: 'local', region: 'us-east-1', endpoint: localAws.url });
    if (opened.status !== 'connected') throw new Error(JSON.stringify(opened));
    const logs = await opened.connection.settings.apiGatewayLogs();
    opened.connection.close();
    assert.equal(logs.status, 'rejected');
    assert.match(logs.status === 'rejected' ? logs.message : '', /without moto.*Install moto/i);
  });
});
