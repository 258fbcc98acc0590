import assert from 'node:assert/strict';
import { credentialScope } from '../../../local-aws/aws-request.ts';
import { isLoopbackHost, refusal } from '../../../local-aws/browser-guard.ts';
import { callName } from '../../../local-aws/call-counts.ts';
import { createScaledClock } from '../../../local-aws/clock.ts';

const signed = (service: string, region = 'us-east-2') =>
  `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=x`;

describe('Requests to Local AWS', () => {
  it('tell region and service in their signature, in a header or a presigned address', () => {
    assert.deepEqual(credentialScope({ headers: { authorization: signed('s3') }, url: '/' }), {
      region: 'us-east-2',
      service: 's3',
    });
    const url = '/b/k?X-Amz-Credential=AKIA%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=x';
    assert.deepEqual(credentialScope({ headers: {}, url }), { region: 'eu-west-1', service: 's3' });
    assert.equal(credentialScope({ headers: { authorization: 'Bearer Credential=x' }, url: '/' }), undefined);
  });

  it('are counted by service and action, whatever the protocol', () => {
    const name = (service: string, method: string, url: string, headers: Record<string, string> = {}, form?: string) =>
      callName({ headers: { authorization: signed(service), ...headers }, url, method }, form);
    assert.equal(
      name('dynamodb', 'POST', '/', { 'x-amz-target': 'DynamoDB_20120810.CreateTable' }),
      'dynamodb.CreateTable',
    );
    assert.equal(name('iam', 'POST', '/', {}, 'Action=CreateRole&Version=1'), 'iam.CreateRole');
    assert.equal(name('s3', 'PUT', '/b/k?x-id=PutObject'), 's3.PutObject');
    assert.equal(name('s3', 'PUT', '/b'), 's3.PUT bucket');
    assert.equal(name('lambda', 'GET', '/2015-03-31/functions/my-function/policy'), 'lambda.GET /functions/{}/policy');
    assert.equal(
      name('apigateway', 'PUT', '/restapis/abc/resources/def/methods/GET'),
      'apigateway.PUT /restapis/{}/resources/{}/methods/{}',
    );
  });

  it('come from this machine’s own names only', () => {
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      'bucket.localhost:4577',
      'a.b.s3.localhost',
      '127.0.0.1:4577',
      '127.1.2.3',
      '[::1]:80',
    ]) {
      assert.ok(isLoopbackHost(host), host);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evillocalhost',
      '10.0.0.1',
      '0.0.0.0',
      '[::2]',
      '',
      '169.254.169.254',
    ]) {
      assert.ok(!isLoopbackHost(host), host);
    }
  });

  it('of other sites reach what was deployed, and nothing else', () => {
    const cross = { host: 'localhost:4577', origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
    assert.equal(refusal({ headers: cross, method: 'GET', url: '/_api/a/b/tasks' }), undefined);
    assert.equal(refusal({ headers: cross, method: 'GET', url: '/_amplify/x' }), undefined);
    assert.match(
      refusal({ headers: { ...cross, host: 'evil.example' }, method: 'GET', url: '/_api/a/b' }) ?? '',
      /localhost only/,
    );
    for (const url of ['/', '/_local/health', '/bucket/key', '/_apix']) {
      assert.match(refusal({ headers: cross, method: 'GET', url }) ?? '', /another site/, url);
    }
    const image = { host: 'localhost', 'sec-fetch-site': 'cross-site' };
    assert.match(refusal({ headers: image, method: 'GET', url: '/?Action=DeleteStack' }) ?? '', /another site/);
    assert.equal(
      refusal({ headers: { host: 'localhost', 'sec-fetch-site': 'none' }, method: 'GET', url: '/' }),
      undefined,
    );
  });
});

describe('The scaled clock', () => {
  const never = new AbortController().signal;

  it('takes no time at scale 0, but lets others run in between', async () => {
    const clock = createScaledClock(0);
    let ran = false;
    setImmediate(() => {
      ran = true;
    });
    assert.equal(await clock.sleep(1e6, never), 'elapsed');
    assert.ok(ran);
  });

  it('wakes those who wait when time is made to run faster', async () => {
    const clock = createScaledClock(100);
    const sleeping = clock.sleep(3600, never);
    clock.setScale(50);
    clock.setScale(0);
    assert.equal(await sleeping, 'elapsed');
    assert.equal(clock.scale, 0);
  });

  it('wakes at once when it is told to stop', async () => {
    const clock = createScaledClock(1);
    const controller = new AbortController();
    const sleeping = clock.sleep(3600, controller.signal);
    controller.abort();
    assert.equal(await sleeping, 'aborted');
    assert.equal(await clock.sleep(1, controller.signal), 'aborted');
  });
});
