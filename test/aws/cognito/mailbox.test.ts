import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { cognitoOf, goodPassword } from '../support/people.ts';

const Mails = z.object({
  mail: z.array(z.looseObject({ to: z.string(), subject: z.string(), body: z.string(), code: z.string() })),
});

describe('the mailbox of the local AWS', () => {
  let local: LocalAws;
  let cognito: CognitoIdentityProvider;
  const said: string[] = [];
  let clientId = '';

  before(async function () {
    local = await localAwsFor(this, { log: (line) => said.push(line) });
    cognito = cognitoOf({ endpoint: local.url, region: 'eu-central-1' });
    const { UserPool } = await cognito.createUserPool({
      PoolName: 'far',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      VerificationMessageTemplate: { EmailSubject: 'Welcome', EmailMessage: 'Say {####} to come in.' },
    });
    const made = await cognito.createUserPoolClient({ UserPoolId: UserPool?.Id, ClientName: 'web' });
    clientId = made.UserPoolClient?.ClientId ?? '';
  });
  after(async () => {
    cognito?.destroy();
    await local?.stop();
  });

  /** As a page does it: unsigned, so that no region is named. */
  const post = (operation: string, input: object) =>
    fetch(local.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        origin: 'http://main.app.localhost:4577',
      },
      body: JSON.stringify(input),
    });
  const mail = async (query = '') => Mails.parse(await (await fetch(`${local.url}/_local/mail${query}`)).json()).mail;

  it('holds what Cognito would have sent, in the pool’s own words, for a page to read nothing of', async () => {
    assert.deepEqual(await mail(), []);
    for (const Username of ['ann@example.org', 'bob@example.org']) {
      const answer = await post('SignUp', { ClientId: clientId, Username, Password: goodPassword });
      assert.equal(answer.status, 200, await answer.text());
      assert.equal(answer.headers.get('access-control-allow-origin'), '*', 'pages of a site may sign up');
    }
    const all = await mail();
    assert.deepEqual(
      all.map(({ to }) => to),
      ['ann@example.org', 'bob@example.org'],
    );
    const [first] = await mail('?to=Ann@example.org');
    assert.deepEqual([first?.subject, first?.body], ['Welcome', `Say ${first?.code} to come in.`]);
    assert.ok(said.some((line) => line.includes(`Say ${first?.code} to come in.`)));
    const shown = await fetch(`${local.url}/_local/mail`, { headers: { origin: 'http://localhost:3000' } });
    assert.equal(shown.headers.get('access-control-allow-origin'), null);
    assert.equal(
      (await fetch(`${local.url}/_local/mail`, { headers: { origin: 'https://evil.example' } })).status,
      403,
    );
    const rebound = await new Promise((resolve, reject) => {
      request(`${local.url}/_local/mail`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(rebound, 403);
    assert.equal((await fetch(`${local.url}/_local/mail`, { method: 'DELETE' })).status, 200);
    assert.deepEqual(await mail(), []);
  });

  it('and every account is gone after a reset', async () => {
    const again = { ClientId: clientId, Username: 'ann@example.org' };
    assert.equal((await post('ResendConfirmationCode', again)).status, 200);
    assert.equal((await mail()).length, 1);
    await fetch(`${local.url}/_local/reset`, { method: 'POST' });
    assert.deepEqual(await mail(), []);
    const answer = await post('SignUp', { ...again, Password: goodPassword });
    assert.deepEqual([answer.status, answer.headers.get('x-amzn-errortype')], [400, 'ResourceNotFoundException']);
  });

  it('throttling of deployed APIs can be switched off', async () => {
    const set = async (body: string) => {
      const answer = await fetch(`${local.url}/_local/throttling`, { method: 'POST', body });
      return [answer.status, await answer.json()];
    };
    assert.deepEqual(await set('{"enabled":false}'), [200, { enabled: false }]);
    assert.deepEqual(await set('{"enabled":true}'), [200, { enabled: true }]);
    assert.equal((await set('{"enabled":"no"}'))[0], 400);
  });
});
