import assert from 'node:assert/strict';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { type Bench, startBench } from '../support/bench.ts';
import { cognitoOf, goodPassword, join, type Pool, refresh, signIn, signUp } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';
import { failsWith } from './failure.ts';

describe('who has an account', () => {
  let bench: Bench;
  let pool: Pool;
  let cognito: CognitoIdentityProvider;

  before(async function () {
    bench = await startBench(this);
    pool = await deployPool(bench, { groups: ['admin'] });
    cognito = cognitoOf(pool);
  });
  after(async () => {
    cognito?.destroy();
    await bench?.stop();
  });

  const mailTo = (email: string) => bench.cognito.mailbox.all().findLast(({ to }) => to === email);
  const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
  const next = 'Another-horse-8-battery';
  const verify = (email: string) =>
    cognito.adminUpdateUserAttributes({
      UserPoolId: pool.userPoolId,
      Username: email,
      UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
    });
  const attributesOf = async (AccessToken: string) =>
    Object.fromEntries(
      (await cognito.getUser({ AccessToken })).UserAttributes?.map(({ Name, Value }) => [Name, Value]) ?? [],
    );

  describe('forgets the password', () => {
    const forgot = (email: string) => cognito.forgotPassword({ ClientId: pool.clientId, Username: email });
    const reset = (email: string, ConfirmationCode: string, Password = next) =>
      cognito.confirmForgotPassword({ ClientId: pool.clientId, Username: email, ConfirmationCode, Password });

    it('and sets a new one with the code that was mailed', async () => {
      await signUp(pool, { email: 'ann@example.org' });
      await verify('ann@example.org');
      const sent = await forgot('ann@example.org');
      assert.equal(sent.CodeDeliveryDetails?.Destination, 'a***@e***');
      const { code = '', kind } = mailTo('ann@example.org') ?? {};
      assert.equal(kind, 'reset-password');
      await assert.rejects(reset('ann@example.org', wrong(code)), failsWith('CodeMismatchException', /./));
      await assert.rejects(reset('ann@example.org', code, 'weak'), failsWith('InvalidPasswordException', /./));
      assert.ok((await signIn(pool, { email: 'ann@example.org' })).id, 'the old one until then');
      await reset('ann@example.org', code);
      await assert.rejects(
        signIn(pool, { email: 'ann@example.org' }),
        failsWith('NotAuthorizedException', /Incorrect/),
      );
      assert.ok((await signIn(pool, { email: 'ann@example.org', password: next })).id);
      await assert.rejects(
        reset('ann@example.org', code, goodPassword),
        failsWith('ExpiredCodeException', /./),
        'once',
      );
    });

    it('within an hour, with the code for it and no other', async () => {
      const made = await cognito.signUp({
        ClientId: pool.clientId,
        Username: 'bob@example.org',
        Password: goodPassword,
      });
      assert.ok(made.UserSub);
      const signUpCode = mailTo('bob@example.org')?.code ?? '';
      await assert.rejects(reset('bob@example.org', signUpCode), failsWith('ExpiredCodeException', /./));
      await cognito.confirmSignUp({
        ClientId: pool.clientId,
        Username: 'bob@example.org',
        ConfirmationCode: signUpCode,
      });
      await forgot('bob@example.org');
      bench.advance(3_600_001);
      await assert.rejects(
        reset('bob@example.org', mailTo('bob@example.org')?.code ?? ''),
        failsWith('ExpiredCodeException', /./),
      );
    });

    it('without telling who has an account, or one that can be written to', async () => {
      await cognito.signUp({ ClientId: pool.clientId, Username: 'cid@example.org', Password: goodPassword });
      const before = bench.cognito.mailbox.all().length;
      for (const email of ['nobody@example.org', 'cid@example.org']) {
        const told = await forgot(email);
        assert.deepEqual(
          [told.CodeDeliveryDetails?.DeliveryMedium, told.CodeDeliveryDetails?.Destination],
          ['EMAIL', `${email[0]}***@e***`],
        );
        await assert.rejects(reset(email, '123456'), failsWith('ExpiredCodeException', /./));
      }
      assert.equal(bench.cognito.mailbox.all().length, before);
    });

    it('because an administrator says so', async () => {
      const dan = await signUp(pool, { email: 'dan@example.org' });
      await verify('dan@example.org');
      await cognito.adminResetUserPassword({ UserPoolId: pool.userPoolId, Username: dan.sub });
      await assert.rejects(signIn(pool, dan), failsWith('PasswordResetRequiredException', /./));
      await reset('dan@example.org', mailTo('dan@example.org')?.code ?? '');
      assert.ok((await signIn(pool, { ...dan, password: next })).id);
    });
  });

  it('changes the password with the old one', async () => {
    const { tokens } = await join(pool, { email: 'eva@example.org' });
    const change = (PreviousPassword: string, ProposedPassword: string) =>
      cognito.changePassword({ AccessToken: tokens.access, PreviousPassword, ProposedPassword });
    await assert.rejects(change(next, next), failsWith('NotAuthorizedException', /Incorrect/));
    await assert.rejects(change(goodPassword, 'weak'), failsWith('InvalidPasswordException', /./));
    await change(goodPassword, next);
    assert.ok((await signIn(pool, { email: 'eva@example.org', password: next })).id);
    await assert.rejects(signIn(pool, { email: 'eva@example.org' }), failsWith('NotAuthorizedException', /./));
  });

  it('writes what the client may write: never the tenant', async () => {
    const { tokens } = await join(pool, { email: 'fay@example.org', tenant: 't-1' });
    const AccessToken = tokens.access;
    const write = (Name: string, Value: string) =>
      cognito.updateUserAttributes({ AccessToken, UserAttributes: [{ Name, Value }] });
    for (const name of ['custom:tenant_id', 'email_verified', 'sub', 'cognito:groups', 'custom:other', 'phone_number'])
      await assert.rejects(write(name, 't-2'), failsWith('NotAuthorizedException', /unauthorized attribute/), name);
    await assert.rejects(
      cognito.deleteUserAttributes({ AccessToken, UserAttributeNames: ['custom:tenant_id'] }),
      failsWith('NotAuthorizedException', /./),
    );
    await assert.rejects(
      cognito.deleteUserAttributes({ AccessToken, UserAttributeNames: ['email'] }),
      failsWith('InvalidParameterException', /Required/),
    );
    await write('name', 'Fay');
    assert.deepEqual(await attributesOf(AccessToken).then(({ name, 'custom:tenant_id': tenant }) => [name, tenant]), [
      'Fay',
      't-1',
    ]);
    await cognito.deleteUserAttributes({ AccessToken, UserAttributeNames: ['name'] });
    assert.equal((await attributesOf(AccessToken)).name, undefined);
  });

  it('moves to another email once that is verified', async () => {
    await signUp(pool, { email: 'taken@example.org' });
    const { tokens } = await join(pool, { email: 'gus@example.org' });
    const AccessToken = tokens.access;
    const move = (Value: string) =>
      cognito.updateUserAttributes({ AccessToken, UserAttributes: [{ Name: 'email', Value }] });
    await assert.rejects(move('taken@example.org'), failsWith('AliasExistsException', /already exists/));
    await assert.rejects(move('nonsense'), failsWith('InvalidParameterException', /email/));
    const { CodeDeliveryDetailsList } = await move('new@example.org');
    assert.equal(CodeDeliveryDetailsList?.[0]?.Destination, 'n***@e***');
    assert.equal((await attributesOf(AccessToken)).email, 'gus@example.org', 'the old one until then');
    const confirm = (Code: string) => cognito.verifyUserAttribute({ AccessToken, AttributeName: 'email', Code });
    const code = mailTo('new@example.org')?.code ?? '';
    await assert.rejects(confirm(wrong(code)), failsWith('CodeMismatchException', /./));
    await confirm(code);
    const { email, email_verified } = await attributesOf(AccessToken);
    assert.deepEqual([email, email_verified], ['new@example.org', 'true']);
    assert.ok((await signIn(pool, { email: 'new@example.org' })).id);
    await assert.rejects(signIn(pool, { email: 'gus@example.org' }), failsWith('NotAuthorizedException', /./));
    await cognito.getUserAttributeVerificationCode({ AccessToken, AttributeName: 'email' });
    await confirm(mailTo('new@example.org')?.code ?? '');
  });

  it('signs out everywhere, or revokes one sign-in', async () => {
    const hal = await join(pool, { email: 'hal@example.org' });
    const elsewhere = await signIn(pool, hal);
    await cognito.revokeToken({ ClientId: pool.clientId, Token: elsewhere.refresh });
    await assert.rejects(refresh(pool, elsewhere), failsWith('NotAuthorizedException', /revoked/));
    await assert.rejects(
      cognito.getUser({ AccessToken: elsewhere.access }),
      failsWith('NotAuthorizedException', /revoked/),
    );
    assert.ok((await refresh(pool, hal.tokens)).id);
    await assert.rejects(
      cognito.revokeToken({ ClientId: pool.clientId, Token: hal.tokens.access }),
      failsWith('UnsupportedTokenTypeException', /./),
    );
    await cognito.globalSignOut({ AccessToken: hal.tokens.access });
    await assert.rejects(refresh(pool, hal.tokens), failsWith('NotAuthorizedException', /revoked/));
    await assert.rejects(
      cognito.globalSignOut({ AccessToken: hal.tokens.access }),
      failsWith('NotAuthorizedException', /revoked/),
    );
    assert.ok((await signIn(pool, hal)).id);
  });

  it('is shown to nobody with a token that is not theirs', async () => {
    const { tokens } = await join(pool, { email: 'ivy@example.org' });
    const [header, payload, signature] = tokens.access.split('.');
    const changed = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()), sub: 'x' }),
    );
    for (const token of [
      tokens.id,
      tokens.refresh,
      'x',
      `${header}.${changed.toString('base64url')}.${signature}`,
      `${header}.${payload}.`,
    ])
      await assert.rejects(
        cognito.getUser({ AccessToken: token }),
        failsWith('NotAuthorizedException', /Invalid Access Token/),
      );
    bench.advance(3_600_001);
    await assert.rejects(
      cognito.getUser({ AccessToken: tokens.access }),
      failsWith('NotAuthorizedException', /expired/),
    );
  });

  it('deletes it, and is gone', async () => {
    const jan = await join(pool, { email: 'jan@example.org' });
    await cognito.deleteUser({ AccessToken: jan.tokens.access });
    await assert.rejects(signIn(pool, jan), failsWith('NotAuthorizedException', /Incorrect/));
    await assert.rejects(refresh(pool, jan.tokens), failsWith('NotAuthorizedException', /./));
    await assert.rejects(cognito.getUser({ AccessToken: jan.tokens.access }), failsWith('NotAuthorizedException', /./));
    const again = await signUp(pool, { email: 'jan@example.org' });
    assert.notEqual(again.sub, jan.sub, 'a new account is another one');
  });
});
