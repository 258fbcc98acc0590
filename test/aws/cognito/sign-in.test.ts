import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { type Bench, startBench } from '../support/bench.ts';
import { cognitoOf, goodPassword, join, type Pool, passwordStep, refresh, signIn, signUp } from '../support/people.ts';
import { answerSrp, beginSrp } from '../support/srp.ts';
import { deployPool } from '../support/user-pool.ts';
import { failsWith } from './failure.ts';

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('who signs in', () => {
  let bench: Bench;
  let pool: Pool;
  let cognito: CognitoIdentityProvider;

  before(async function () {
    bench = await startBench(this);
    pool = await deployPool(bench, { groups: ['admin', 'member'] });
    cognito = cognitoOf(pool);
    await signUp(pool, { email: 'ann@example.org', groups: ['member', 'admin'], tenant: 't-1' });
  });
  after(async () => {
    cognito?.destroy();
    await bench?.stop();
  });

  const incorrect = failsWith('NotAuthorizedException', /^Incorrect username or password\.$/);

  it('proves the password, never another one', async () => {
    for (const password of ['Correct-horse-7-batterY', '', `${goodPassword} `, goodPassword.toLowerCase()])
      await assert.rejects(signIn(pool, { email: 'ann@example.org', password }), incorrect, password);
    for (let round = 0; round < 5; round++) assert.ok((await signIn(pool, { email: 'ann@example.org' })).id);
  });

  it('cannot prove it twice with one challenge, for somebody else, or with a value that gives it away', async () => {
    const start = beginSrp();
    const AuthParameters = { USERNAME: 'ann@example.org', SRP_A: start.publicValue };
    const open = async () =>
      (await cognito.initiateAuth({ ClientId: pool.clientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters }))
        .ChallengeParameters ?? {};
    const respond = (given: Record<string, string>, password: string, more: Record<string, string> = {}) => {
      const { SALT = '', SRP_B = '', SECRET_BLOCK = '', USER_ID_FOR_SRP = '' } = given;
      const proof = answerSrp(start, { SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP }, pool.userPoolId, password);
      return cognito.respondToAuthChallenge({
        ClientId: pool.clientId,
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeResponses: {
          USERNAME: USER_ID_FOR_SRP,
          PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
          PASSWORD_CLAIM_SIGNATURE: proof.signature,
          TIMESTAMP: proof.timestamp,
          ...more,
        },
      });
    };
    const first = await open();
    await assert.rejects(respond(first, 'Wrong-horse-7-battery'), incorrect);
    await assert.rejects(respond(first, goodPassword), failsWith('NotAuthorizedException', /Invalid session/));
    await assert.rejects(respond(await open(), goodPassword, { TIMESTAMP: 'Mon Nov 3 07:05:09 UTC 2025' }), incorrect);
    await assert.rejects(
      respond(await open(), goodPassword, { PASSWORD_CLAIM_SECRET_BLOCK: 'AAAA' }),
      failsWith('NotAuthorizedException', /Invalid session/),
    );
    // Whoever the answer names: the challenge is of the one who asked.
    const bob = await signUp(pool, { email: 'bob@example.org' });
    const answered = await respond(await open(), goodPassword, { USERNAME: bob.sub });
    assert.equal(claimsOf(answered.AuthenticationResult?.IdToken ?? '').email, 'ann@example.org');
    for (const SRP_A of ['0', '', '-1', 'zz', 'f'.repeat(5000)])
      await assert.rejects(
        cognito.initiateAuth({
          ClientId: pool.clientId,
          AuthFlow: 'USER_SRP_AUTH',
          AuthParameters: { USERNAME: 'ann@example.org', SRP_A },
        }),
        failsWith('InvalidParameterException', /SRP_A/),
      );
    const late = await open();
    bench.advance(181_000);
    await assert.rejects(respond(late, goodPassword), failsWith('NotAuthorizedException', /expired/));
  });

  it('gets tokens with the claims and lifetimes that the client has', async () => {
    const { id, access } = await signIn(pool, { email: 'ann@example.org' });
    const [ofId, ofAccess] = [claimsOf(id), claimsOf(access)];
    assert.equal(ofId.iss, `https://cognito-idp.us-east-2.amazonaws.com/${pool.userPoolId}`);
    assert.deepEqual(
      [ofId.token_use, ofId.aud, ofId.email, ofId.email_verified, ofId['custom:tenant_id'], ofId['cognito:groups']],
      ['id', pool.clientId, 'ann@example.org', false, 't-1', ['admin', 'member']],
    );
    assert.equal(ofId['cognito:username'], ofId.sub);
    assert.deepEqual(
      [ofAccess.token_use, ofAccess.client_id, ofAccess.username, ofAccess.scope, ofAccess['cognito:groups']],
      ['access', pool.clientId, ofId.sub, 'aws.cognito.signin.user.admin', ['admin', 'member']],
    );
    for (const name of ['email', 'custom:tenant_id', 'aud']) assert.equal(ofAccess[name], undefined, name);
    assert.equal(Number(ofId.exp) - Number(ofId.iat), 3600);
    const short = await deployPool(bench, {
      client: {
        AccessTokenValidity: 5,
        IdTokenValidity: 2,
        TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'hours', RefreshToken: 'days' },
        ReadAttributes: ['email'],
      },
    });
    const bea = await join(short, { email: 'bea@example.org', tenant: 't-2' });
    const [shortId, shortAccess] = [claimsOf(bea.tokens.id), claimsOf(bea.tokens.access)];
    assert.equal(Number(shortAccess.exp) - Number(shortAccess.iat), 300);
    assert.equal(Number(shortId.exp) - Number(shortId.iat), 7200);
    assert.equal(shortId['custom:tenant_id'], undefined, 'the client may not read it');
    assert.equal(shortId['cognito:groups'], undefined);
  });

  it('stays signed in with the refresh token for as long as the client says, at this client only', async () => {
    const { tokens } = await join(pool, { email: 'cid@example.org' });
    const { auth_time, origin_jti } = claimsOf(tokens.id);
    bench.advance(29 * 86_400_000);
    const next = await refresh(pool, tokens);
    const renewed = claimsOf(next.id);
    assert.deepEqual([renewed.auth_time, renewed.origin_jti], [auth_time, origin_jti]);
    assert.notEqual(renewed.jti, claimsOf(tokens.id).jti);
    const second = await bench.create('AWS::Cognito::UserPoolClient', {
      UserPoolId: pool.userPoolId,
      ClientName: 'other',
    });
    await assert.rejects(
      refresh({ ...pool, clientId: second.physicalId }, tokens),
      failsWith('NotAuthorizedException', /Invalid Refresh Token/),
    );
    await assert.rejects(
      refresh(pool, { ...tokens, refresh: tokens.id }),
      failsWith('NotAuthorizedException', /Invalid/),
    );
    bench.advance(2 * 86_400_000);
    await assert.rejects(refresh(pool, tokens), failsWith('NotAuthorizedException', /expired/));
  });

  it('gets new tokens the new way, with a new refresh token where the client rotates them', async () => {
    const renew = (of: Pool, RefreshToken: string) =>
      cognito.getTokensFromRefreshToken({ ClientId: of.clientId, RefreshToken });
    const { tokens } = await join(pool, { email: 'dan@example.org' });
    const { AuthenticationResult } = await renew(pool, tokens.refresh);
    assert.ok(AuthenticationResult?.IdToken && AuthenticationResult.RefreshToken === undefined);
    const rotating = await deployPool(bench, { client: { RefreshTokenRotation: { Feature: 'ENABLED' } } });
    const dan = await join(rotating, { email: 'dan@example.org' });
    const first = await renew(rotating, dan.tokens.refresh);
    assert.ok(first.AuthenticationResult?.RefreshToken);
    await assert.rejects(renew(rotating, dan.tokens.refresh), failsWith('NotAuthorizedException', /Invalid/));
    assert.ok((await renew(rotating, first.AuthenticationResult.RefreshToken)).AuthenticationResult?.IdToken);
  });

  it('signs in with a password only at a client that allows it', async () => {
    const withPassword = (of: Pool, password: string) =>
      cognito.initiateAuth({
        ClientId: of.clientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'ann@example.org', PASSWORD: password },
      });
    await assert.rejects(withPassword(pool, goodPassword), failsWith('InvalidParameterException', /not enabled/));
    await assert.rejects(
      cognito.adminInitiateAuth({
        UserPoolId: pool.userPoolId,
        ClientId: pool.clientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'ann@example.org', PASSWORD: goodPassword },
      }),
      failsWith('InvalidParameterException', /not enabled/),
    );
    await assert.rejects(
      cognito.initiateAuth({ ClientId: pool.clientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: {} }),
      failsWith('UnsupportedOperationException', /local AWS/),
    );
    const open = await deployPool(bench, { client: { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] } });
    await signUp(open, { email: 'ann@example.org' });
    await assert.rejects(withPassword(open, 'Wrong-horse-7-battery'), incorrect);
    assert.ok((await withPassword(open, goodPassword)).AuthenticationResult?.IdToken);
    await assert.rejects(
      signIn(open, { email: 'ann@example.org' }),
      failsWith('InvalidParameterException', /not enabled/),
    );
  });

  it('proves the secret of a client that has one', async () => {
    const secret = await deployPool(bench, {
      client: { GenerateSecret: true, ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'] },
    });
    const { UserPoolClient } = await cognito.describeUserPoolClient({
      UserPoolId: secret.userPoolId,
      ClientId: secret.clientId,
    });
    const hash = createHmac('sha256', UserPoolClient?.ClientSecret ?? '')
      .update(`ann@example.org${secret.clientId}`)
      .digest('base64');
    await cognito.signUp({
      ClientId: secret.clientId,
      Username: 'ann@example.org',
      Password: goodPassword,
      SecretHash: hash,
    });
    await cognito.adminConfirmSignUp({ UserPoolId: secret.userPoolId, Username: 'ann@example.org' });
    const enter = (more: Record<string, string>) =>
      cognito.adminInitiateAuth({
        UserPoolId: secret.userPoolId,
        ClientId: secret.clientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'ann@example.org', PASSWORD: goodPassword, ...more },
      });
    await assert.rejects(enter({}), failsWith('NotAuthorizedException', /secret hash/));
    assert.ok((await enter({ SECRET_HASH: hash })).AuthenticationResult?.IdToken);
  });

  it('is kept out when disabled, and is not in two pools at once', async () => {
    const eve = await join(pool, { email: 'eve@example.org' });
    const who = { UserPoolId: pool.userPoolId, Username: eve.sub };
    await cognito.adminDisableUser(who);
    await assert.rejects(signIn(pool, eve), failsWith('NotAuthorizedException', /disabled/));
    await assert.rejects(refresh(pool, eve.tokens), failsWith('NotAuthorizedException', /revoked|disabled/));
    await assert.rejects(cognito.getUser({ AccessToken: eve.tokens.access }), failsWith('NotAuthorizedException', /./));
    await cognito.adminEnableUser(who);
    assert.ok((await signIn(pool, eve)).id);
    const other = await deployPool(bench);
    await assert.rejects(signIn(other, eve), incorrect);
    await assert.rejects(passwordStep(cognito, { ...pool, clientId: other.clientId }, eve), incorrect);
  });

  it('still finds the account after the pool was updated', async () => {
    const made = await bench.create('AWS::Cognito::UserPool', {
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
    });
    const client = await bench.create('AWS::Cognito::UserPoolClient', {
      UserPoolId: made.physicalId,
      ClientName: 'web',
    });
    const here = { ...pool, userPoolId: made.physicalId, clientId: client.physicalId };
    const fay = await signUp(here, { email: 'fay@example.org' });
    await bench.update(made, { ...made.properties, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
    assert.ok((await signIn(here, fay)).id);
    await assert.rejects(
      signUp(here, { email: 'gus@example.org' }),
      failsWith('NotAuthorizedException', /not permitted/),
    );
  });
});
