import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import {
  AmplifyClient,
  CreateAppCommand,
  CreateBranchCommand,
  CreateDeploymentCommand,
  DeleteAppCommand,
  DeleteBranchCommand,
  GetAppCommand,
  GetBranchCommand,
  GetJobCommand,
  ListAppsCommand,
  ListBranchesCommand,
  ListJobsCommand,
  StartDeploymentCommand,
  StopJobCommand,
  UpdateAppCommand,
} from '@aws-sdk/client-amplify';
import { strToU8, zipSync } from 'fflate';
import { type Bench, startBench } from '../support/bench.ts';

describe('Amplify hosts frontends', () => {
  let bench: Bench;
  let client: AmplifyClient;
  before(async function () {
    bench = await startBench(this);
    client = new AmplifyClient({
      endpoint: bench.url,
      region: bench.region,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
  });
  after(async () => {
    client?.destroy();
    await bench?.stop();
  });

  const zip = (files: Record<string, string>) =>
    Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));

  async function finished(appId: string, branchName: string, jobId: string) {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { job } = await client.send(new GetJobCommand({ appId, branchName, jobId }));
      if (!['PENDING', 'RUNNING'].includes(job?.summary?.status ?? '')) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('The job never ended.');
  }

  async function deploy(appId: string, branchName: string, content: Buffer) {
    const { jobId = '', zipUploadUrl = '' } = await client.send(new CreateDeploymentCommand({ appId, branchName }));
    const uploaded = await fetch(zipUploadUrl, { method: 'PUT', body: content });
    assert.equal(uploaded.status, 200);
    const { jobSummary } = await client.send(new StartDeploymentCommand({ appId, branchName, jobId }));
    assert.equal(jobSummary?.status, 'PENDING');
    return finished(appId, branchName, jobId);
  }

  it('that CloudFormation made, from an uploaded zip', async () => {
    let app = await bench.create('AWS::Amplify::App', {
      Name: 'tasks',
      Platform: 'WEB',
      CustomRules: [{ Source: '/<*>', Target: '/index.html', Status: '404-200' }],
      Tags: [{ Key: 'app', Value: 'x' }],
    });
    const appId = app.attributes.AppId ?? '';
    assert.match(appId, /^d[0-9a-f]{13}$/);
    assert.equal(app.physicalId, `arn:aws:amplify:us-east-2:123456789012:apps/${appId}`);
    assert.deepEqual(app.attributes, {
      AppId: appId,
      AppName: 'tasks',
      Arn: app.physicalId,
      DefaultDomain: `${appId}.amplifyapp.com`,
    });
    let branch = await bench.create('AWS::Amplify::Branch', {
      AppId: appId,
      BranchName: 'main',
      Stage: 'PRODUCTION',
      EnvironmentVariables: [{ Name: 'A', Value: 1 }],
    });
    assert.equal(branch.attributes.Arn, `${app.physicalId}/branches/main`);

    const site = `${bench.url}/_amplify/${appId}/main`;
    assert.equal((await fetch(`${site}/`)).status, 404);
    const job = await deploy(
      appId,
      'main',
      zip({ 'index.html': '<h1>one</h1>', 'assets/app.js': 'let a', 'docs/index.html': 'docs' }),
    );
    assert.equal(job?.summary?.status, 'SUCCEED');
    assert.ok(job?.summary?.endTime);

    const page = await fetch(`${site}/`);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(await page.text(), '<h1>one</h1>');
    const script = await fetch(`${site}/assets/app.js?v=1`);
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    const again = await fetch(`${site}/assets/app.js`, {
      headers: { 'if-none-match': script.headers.get('etag') ?? '' },
    });
    assert.equal(again.status, 304);
    assert.equal(await (await fetch(`${site}/docs`)).text(), 'docs');
    const route = await fetch(`${site}/tasks/17`);
    assert.equal(route.status, 200);
    assert.equal(await route.text(), '<h1>one</h1>');
    const bare = await fetch(site, { redirect: 'manual' });
    assert.equal(bare.headers.get('location'), `/_amplify/${appId}/main/`);
    assert.equal((await fetch(`${site}/`, { method: 'POST' })).status, 405);
    const head = await fetch(`${site}/`, { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '12');
    assert.equal((await fetch(`${site}/%E0%A4%A`)).status, 404);

    const ownOrigin = await new Promise<string>((resolve, reject) => {
      httpRequest(`${bench.url}/assets/app.js`, { headers: { host: `main.${appId}.localhost:1` } }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    assert.equal(ownOrigin, 'let a');

    await deploy(appId, 'main', zip({ 'index.html': '<h1>two</h1>' }));
    assert.equal(await (await fetch(`${site}/`)).text(), '<h1>two</h1>');
    const { jobSummaries } = await client.send(new ListJobsCommand({ appId, branchName: 'main' }));
    assert.deepEqual(
      jobSummaries?.map(({ jobId }) => jobId),
      ['2', '1'],
    );

    app = await bench.update(app, { ...app.properties, Name: 'renamed', CustomRules: [] });
    assert.equal((await client.send(new GetAppCommand({ appId }))).app?.name, 'renamed');
    assert.equal((await fetch(`${site}/tasks/17`)).status, 404);
    branch = await bench.update(branch, { ...branch.properties, Description: 'the main one' });
    assert.equal(
      (await client.send(new GetBranchCommand({ appId, branchName: 'main' }))).branch?.description,
      'the main one',
    );
    for (const part of [branch, app]) {
      await bench.delete(part);
      await bench.delete(part);
    }
    assert.equal((await fetch(`${site}/`)).status, 404);
    await assert.rejects(client.send(new GetAppCommand({ appId })), { name: 'NotFoundException' });
  });

  it('through its own API', async () => {
    const { app } = await client.send(new CreateAppCommand({ name: 'direct', tags: { a: 'b' } }));
    const appId = app?.appId ?? '';
    assert.ok(app?.createTime instanceof Date);
    assert.equal(app?.defaultDomain, `${appId}.amplifyapp.com`);
    await client.send(new UpdateAppCommand({ appId, description: 'mine' }));
    assert.equal(
      (await client.send(new ListAppsCommand({}))).apps?.find((one) => one.appId === appId)?.description,
      'mine',
    );
    const elsewhere = new AmplifyClient({
      endpoint: bench.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    assert.deepEqual((await elsewhere.send(new ListAppsCommand({}))).apps, []);
    elsewhere.destroy();
    await client.send(new CreateBranchCommand({ appId, branchName: 'feature/x' }));
    await assert.rejects(client.send(new CreateBranchCommand({ appId, branchName: 'feature/x' })), {
      name: 'BadRequestException',
    });
    assert.deepEqual(
      (await client.send(new ListBranchesCommand({ appId }))).branches?.map(({ branchName }) => branchName),
      ['feature/x'],
    );

    const first = await client.send(new CreateDeploymentCommand({ appId, branchName: 'feature/x' }));
    await assert.rejects(client.send(new CreateDeploymentCommand({ appId, branchName: 'feature/x' })), {
      name: 'BadRequestException',
      message: 'The last job 1 was not finished',
    });
    await client.send(new StopJobCommand({ appId, branchName: 'feature/x', jobId: first.jobId }));
    assert.equal((await finished(appId, 'feature/x', '1'))?.summary?.status, 'CANCELLED');
    assert.equal((await fetch(first.zipUploadUrl ?? '', { method: 'PUT', body: 'late' })).status, 403);

    for (const content of [Buffer.from('no zip'), zip({ '../up.html': 'out' })]) {
      const job = await deploy(appId, 'feature/x', content);
      assert.equal(job?.summary?.status, 'FAILED');
      assert.match(job?.steps?.[0]?.statusReason ?? '', /zip/i);
    }

    const byFile = await client.send(
      new CreateDeploymentCommand({ appId, branchName: 'feature/x', fileMap: { 'index.html': 'md5' } }),
    );
    await fetch(byFile.fileUploadUrls?.['index.html'] ?? '', { method: 'PUT', body: 'by file' });
    await client.send(new StartDeploymentCommand({ appId, branchName: 'feature/x', jobId: byFile.jobId }));
    assert.equal((await finished(appId, 'feature/x', byFile.jobId ?? ''))?.summary?.status, 'SUCCEED');
    assert.equal(await (await fetch(`${bench.url}/_amplify/${appId}/feature%2Fx/`)).text(), 'by file');

    const s3 = await bench.aws.s3(bench.region);
    await s3.createBucket({ Bucket: 'frontends', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
    await s3.putObject({ Bucket: 'frontends', Key: 'site/index.html', Body: 'from a prefix' });
    await s3.putObject({ Bucket: 'frontends', Key: 'site.zip', Body: zip({ 'index.html': 'from a bucket' }) });
    await s3.putObject({
      Bucket: 'frontends',
      Key: 'other.zip',
      Body: zip({ 'index.html': 'over http' }),
      ACL: 'public-read',
    });
    for (const [sourceUrl, sourceUrlType, text] of [
      ['s3://frontends/site/', 'BUCKET_PREFIX', 'from a prefix'],
      ['s3://frontends/site.zip', 'ZIP', 'from a bucket'],
      [`${bench.url}/frontends/other.zip`, 'ZIP', 'over http'],
    ] as const) {
      const { jobSummary } = await client.send(
        new StartDeploymentCommand({ appId, branchName: 'feature/x', sourceUrl, sourceUrlType }),
      );
      const job = await finished(appId, 'feature/x', jobSummary?.jobId ?? '');
      assert.equal(job?.summary?.status, 'SUCCEED', `${sourceUrl}: ${job?.steps?.[0]?.statusReason}`);
      assert.equal(await (await fetch(`${bench.url}/_amplify/${appId}/feature%2Fx/`)).text(), text);
    }

    let asked = 0;
    const neighbour = createServer((_request, response) => {
      asked += 1;
      response.end(zip({ 'index.html': 'of another program' }));
    });
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    const listening = neighbour.address();
    const port = typeof listening === 'object' ? listening?.port : 0;
    for (const host of ['169.254.169.254', `127.0.0.1:${port}`]) {
      const { jobSummary } = await client.send(
        new StartDeploymentCommand({ appId, branchName: 'feature/x', sourceUrl: `http://${host}/x.zip` }),
      );
      const refused = await finished(appId, 'feature/x', jobSummary?.jobId ?? '');
      assert.equal(refused?.summary?.status, 'FAILED');
      assert.ok(refused?.steps?.[0]?.statusReason?.includes(`not from http://${host}/`));
    }
    neighbour.close();
    assert.equal(asked, 0, 'no other program on this machine is asked');

    await client.send(new DeleteBranchCommand({ appId, branchName: 'feature/x' }));
    await client.send(new DeleteAppCommand({ appId }));
    await assert.rejects(client.send(new GetBranchCommand({ appId, branchName: 'feature/x' })), {
      name: 'NotFoundException',
    });
  });
});
