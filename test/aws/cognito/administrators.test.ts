import assert from 'node:assert/strict';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { type Bench, startBench } from '../support/bench.ts';
import { cognitoOf, goodPassword, join, type Pool, passwordStep, refresh, signIn, signUp } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';
import { failsWith } from './failure.ts';

describe('an administrator of a user pool', () => {
  let bench: Bench;
  let pool: Pool;
  let cognito: CognitoIdentityProvider;

  before(async function () {
    bench = await startBench(this);
    pool = await deployPool(bench, { groups: ['admin', 'member'] });
    cognito = cognitoOf(pool);
  });
  after(async () => {
    cognito?.destroy();
    await bench?.stop();
  });

  const named = (Username: string) => ({ UserPoolId: pool.userPoolId, Username });
  const mailTo = (email: string) => bench.cognito.mailbox.all().findLast(({ to }) => to === email);

  it('invites by mail: the temporary password opens the door once, and a new one is asked for', async () => {
    const { User } = await cognito.adminCreateUser({
      ...named('ann@example.org'),
      UserAttributes: [
        { Name: 'custom:tenant_id', Value: 't-1' },
        { Name: 'email_verified', Value: 'true' },
      ],
    });
    assert.equal(User?.UserStatus, 'FORCE_CHANGE_PASSWORD');
    const mail = mailTo('ann@example.org');
    assert.equal(mail?.kind, 'invitation');
    assert.match(mail?.body ?? '', /ann@example\.org.*temporary password is /);
    assert.ok(mail?.body.includes(mail.code));
    const person = { email: 'ann@example.org', password: mail?.code ?? '' };
    const asked = await passwordStep(cognito, pool, person);
    assert.equal(asked.ChallengeName, 'NEW_PASSWORD_REQUIRED');
    assert.deepEqual(JSON.parse(asked.ChallengeParameters?.userAttributes ?? ''), {
      email: 'ann@example.org',
      email_verified: 'true',
      'custom:tenant_id': 't-1',
    });
    const choose = (NEW_PASSWORD: string, more: Record<string, string> = {}) =>
      cognito.respondToAuthChallenge({
        ClientId: pool.clientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: asked.Session,
        ChallengeResponses: { USERNAME: User?.Username ?? '', NEW_PASSWORD, ...more },
      });
    await assert.rejects(choose('weak'), failsWith('InvalidPasswordException', /./));
    await assert.rejects(
      choose(goodPassword, { 'userAttributes.custom:tenant_id': 't-2' }),
      failsWith('NotAuthorizedException', /unauthorized attribute/),
    );
    const entered = await choose(goodPassword, { 'userAttributes.name': 'Ann' });
    assert.ok(entered.AuthenticationResult?.IdToken);
    await assert.rejects(signIn(pool, person), failsWith('NotAuthorizedException', /./));
    assert.equal((await cognito.adminGetUser(named('ann@example.org'))).UserStatus, 'CONFIRMED');
  });

  it('invites again, not for ever, not twice, and silently when asked to', async () => {
    await cognito.adminCreateUser({
      ...named('bob@example.org'),
      MessageAction: 'SUPPRESS',
      TemporaryPassword: goodPassword,
    });
    assert.equal(mailTo('bob@example.org'), undefined);
    await assert.rejects(cognito.adminCreateUser(named('BOB@example.org')), failsWith('UsernameExistsException', /./));
    await assert.rejects(
      cognito
        .forgotPassword({ ClientId: pool.clientId, Username: 'bob@example.org' })
        .then(() => passwordStep(cognito, pool, { email: 'bob@example.org', password: 'Wrong-horse-7-battery' })),
      failsWith('NotAuthorizedException', /Incorrect/),
    );
    bench.advance(7 * 86_400_000 + 1);
    await assert.rejects(
      passwordStep(cognito, pool, { email: 'bob@example.org' }),
      failsWith('NotAuthorizedException', /expired/),
    );
    await cognito.adminCreateUser({ ...named('bob@example.org'), MessageAction: 'RESEND' });
    const password = mailTo('bob@example.org')?.code ?? '';
    assert.equal(
      (await passwordStep(cognito, pool, { email: 'bob@example.org', password })).ChallengeName,
      'NEW_PASSWORD_REQUIRED',
    );
    await assert.rejects(
      cognito.adminCreateUser({ ...named('nobody@example.org'), MessageAction: 'RESEND' }),
      failsWith('UserNotFoundException', /./),
    );
    for (const TemporaryPassword of ['weak', 'short-A1'])
      await assert.rejects(
        cognito.adminCreateUser({ ...named('cid@example.org'), TemporaryPassword }),
        failsWith('InvalidPasswordException', /./),
      );
  });

  it('makes passwords that the policy takes, each another one', async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 12; n++) {
      await cognito.adminCreateUser(named(`guest-${n}@example.org`));
      seen.add(mailTo(`guest-${n}@example.org`)?.code ?? '');
    }
    assert.equal(seen.size, 12);
  });

  it('sets passwords, confirms and finds users by name, id and email', async () => {
    await cognito.signUp({ ClientId: pool.clientId, Username: 'dan@example.org', Password: goodPassword });
    await cognito.adminConfirmSignUp(named('dan@example.org'));
    await assert.rejects(
      cognito.adminConfirmSignUp(named('dan@example.org')),
      failsWith('NotAuthorizedException', /CONFIRMED/),
    );
    await assert.rejects(
      cognito.adminSetUserPassword({ ...named('dan@example.org'), Password: 'weak' }),
      failsWith('InvalidPasswordException', /./),
    );
    await cognito.adminSetUserPassword({
      ...named('dan@example.org'),
      Password: 'Third-horse-9-battery',
      Permanent: true,
    });
    assert.ok((await signIn(pool, { email: 'dan@example.org', password: 'Third-horse-9-battery' })).id);
    const { Username = '' } = await cognito.adminGetUser(named('DAN@example.org'));
    assert.equal((await cognito.adminGetUser(named(Username))).Username, Username);
    for (const [Filter, count] of [
      [`sub = "${Username}"`, 1],
      ['email = "dan@example.org"', 1],
      ['email ^= "dan@"', 1],
      ['email = "d"', 0],
      ['cognito:user_status = "CONFIRMED" ', 2],
    ] as const)
      assert.equal((await cognito.listUsers({ UserPoolId: pool.userPoolId, Filter })).Users?.length, count, Filter);
    for (const Filter of ['custom:tenant_id = "t-1"', 'email', 'email == "x"'])
      await assert.rejects(
        cognito.listUsers({ UserPoolId: pool.userPoolId, Filter }),
        failsWith('InvalidParameterException', /./),
      );
    for (const name of ['nobody@example.org', 'a', '__proto__'])
      await assert.rejects(cognito.adminGetUser(named(name)), failsWith('UserNotFoundException', /./));
  });

  it('turns the pages of a list, each user once', async () => {
    const seen: string[] = [];
    let PaginationToken: string | undefined;
    do {
      const page = await cognito.listUsers({ UserPoolId: pool.userPoolId, Limit: 4, PaginationToken });
      assert.ok((page.Users?.length ?? 0) <= 4);
      seen.push(...(page.Users ?? []).map((user) => user.Username ?? ''));
      PaginationToken = page.PaginationToken;
    } while (PaginationToken);
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, (await cognito.listUsers({ UserPoolId: pool.userPoolId })).Users?.length);
  });

  it('puts users into groups and takes them out', async () => {
    const eva = await signUp(pool, { email: 'eva@example.org' });
    const group = (GroupName: string) => ({ ...named(eva.sub), GroupName });
    await assert.rejects(cognito.adminAddUserToGroup(group('nothing')), failsWith('ResourceNotFoundException', /./));
    await assert.rejects(
      cognito.adminAddUserToGroup({ ...named('nobody@example.org'), GroupName: 'admin' }),
      failsWith('UserNotFoundException', /./),
    );
    for (const name of ['member', 'admin', 'admin']) await cognito.adminAddUserToGroup(group(name));
    const groupsOf = async () =>
      (await cognito.adminListGroupsForUser(named(eva.email))).Groups?.map(({ GroupName }) => GroupName);
    assert.deepEqual(await groupsOf(), ['admin', 'member']);
    const members = await cognito.listUsersInGroup({ UserPoolId: pool.userPoolId, GroupName: 'admin' });
    assert.deepEqual(
      members.Users?.map(({ Username }) => Username),
      [eva.sub],
    );
    await cognito.adminRemoveUserFromGroup(group('admin'));
    assert.deepEqual(await groupsOf(), ['member']);
  });

  it('writes attributes: also those that users may not', async () => {
    const fay = await join(pool, { email: 'fay@example.org' });
    const write = (Name: string, Value: string) =>
      cognito.adminUpdateUserAttributes({ ...named(fay.sub), UserAttributes: [{ Name, Value }] });
    await write('custom:tenant_id', 't-9');
    await write('email', 'fay@example.org');
    for (const [name, value] of [
      ['custom:other', 'x'],
      ['sub', 'x'],
      ['email', 'eva@example.org'],
      ['custom:tenant_id', 'x'.repeat(257)],
    ] as const)
      await assert.rejects(
        write(name, value),
        (error) => error instanceof Error && /InvalidParameter|AliasExists/.test(error.name),
        name,
      );
    const { id } = await refresh(pool, fay.tokens);
    assert.match(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString(), /"custom:tenant_id":"t-9"/);
    await cognito.adminDeleteUserAttributes({ ...named(fay.sub), UserAttributeNames: ['custom:tenant_id'] });
    const after = await refresh(pool, fay.tokens);
    assert.doesNotMatch(Buffer.from(after.id.split('.')[1] ?? '', 'base64url').toString(), /tenant/);
  });

  it('signs users out and removes them', async () => {
    const gus = await join(pool, { email: 'gus@example.org', groups: ['member'] });
    await cognito.adminUserGlobalSignOut(named(gus.sub));
    await assert.rejects(refresh(pool, gus.tokens), failsWith('NotAuthorizedException', /revoked/));
    await cognito.adminDeleteUser(named(gus.email));
    await assert.rejects(cognito.adminGetUser(named(gus.email)), failsWith('UserNotFoundException', /./));
    const members = await cognito.listUsersInGroup({ UserPoolId: pool.userPoolId, GroupName: 'member' });
    assert.ok(!members.Users?.some(({ Username }) => Username === gus.sub));
  });

  it('signs the requests: without credentials there is no such power', async () => {
    for (const operation of [
      'AdminGetUser',
      'AdminConfirmSignUp',
      'AdminSetUserPassword',
      'ListUsers',
      'AdminCreateUser',
    ]) {
      const answer = await fetch(bench.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify({ ...named('ann@example.org'), Password: goodPassword, Permanent: true }),
      });
      assert.deepEqual(
        [answer.status, answer.headers.get('x-amzn-errortype')],
        [400, 'MissingAuthenticationTokenException'],
        operation,
      );
    }
  });

  it('reads how many users a pool has, and updates it without losing what they are called', async () => {
    const { UserPoolId } = named('');
    const { UserPool } = await cognito.describeUserPool({ UserPoolId });
    const { Users } = await cognito.listUsers({ UserPoolId });
    assert.equal(UserPool?.EstimatedNumberOfUsers, Users?.length);
    assert.ok(UserPool?.CreationDate instanceof Date);
    await cognito.updateUserPool({ UserPoolId, AutoVerifiedAttributes: ['email'] });
    assert.deepEqual((await cognito.describeUserPool({ UserPoolId })).UserPool?.UsernameAttributes, ['email']);
    const gone = { UserPoolId: 'us-east-2_Nobody' };
    await assert.rejects(cognito.describeUserPool(gone), failsWith('ResourceNotFoundException', /does not exist/));
    await assert.rejects(cognito.updateUserPool(gone), failsWith('ResourceNotFoundException', /./));
    await assert.rejects(cognito.listUsers(gone), failsWith('ResourceNotFoundException', /./));
  });

  it('gives everybody the pool’s public keys, and each pool another one', async () => {
    const keys = async (of: Pool) => (await fetch(`${bench.url}/${of.userPoolId}/.well-known/jwks.json`)).text();
    const other = await deployPool(bench);
    const {
      keys: [key],
    } = JSON.parse(await keys(pool));
    assert.deepEqual(
      [key.kty, key.alg, key.use, Object.keys(key).sort()],
      ['RSA', 'RS256', 'sig', ['alg', 'e', 'kid', 'kty', 'n', 'use']],
    );
    assert.notEqual(await keys(pool), await keys(other));
    assert.equal((await fetch(`${bench.url}/us-east-2_Nobody/.well-known/jwks.json`)).status, 404);
  });

  it('is answered with a refusal, never a failure, whatever is sent', async () => {
    const send = (operation: string, body: string) =>
      fetch(bench.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body,
      });
    const ClientId = pool.clientId;
    for (const operation of [
      'SignUp',
      'InitiateAuth',
      'RespondToAuthChallenge',
      'ConfirmSignUp',
      'GetUser',
      'VerifySoftwareToken',
      'RevokeToken',
      'GetTokensFromRefreshToken',
    ])
      for (const body of [
        '',
        '{',
        'null',
        '[]',
        '1',
        '{"ClientId":{}}',
        JSON.stringify({ ClientId, Username: null, AuthParameters: [], Session: 5 }),
        JSON.stringify({ ClientId, AccessToken: 'a.b.c', Session: 'x', UserCode: '1', AuthFlow: 'USER_SRP_AUTH' }),
        `{"__proto__":{"ClientId":"${ClientId}"}}`,
      ]) {
        const answer = await send(operation, body);
        assert.equal(answer.status, 400, `${operation} ${body}: ${await answer.text()}`);
      }
  });
});
