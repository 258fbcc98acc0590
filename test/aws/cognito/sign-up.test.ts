import assert from 'node:assert/strict';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { type Bench, startBench } from '../support/bench.ts';
import { cognitoOf, goodPassword, type Pool, passwordStep, signIn } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';
import { failsWith } from './failure.ts';

describe('who signs up', () => {
  let bench: Bench;
  let pool: Pool;
  let cognito: CognitoIdentityProvider;

  before(async function () {
    bench = await startBench(this);
    pool = await deployPool(bench);
    cognito = cognitoOf(pool);
  });
  after(async () => {
    cognito?.destroy();
    await bench?.stop();
  });

  const signUp = (email: string, more: object = {}) =>
    cognito.signUp({ ClientId: pool.clientId, Username: email, Password: goodPassword, ...more });
  const confirm = (email: string, ConfirmationCode: string) =>
    cognito.confirmSignUp({ ClientId: pool.clientId, Username: email, ConfirmationCode });
  const codeOf = (email: string) => bench.cognito.mailbox.all().findLast(({ to }) => to === email)?.code ?? '';
  const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

  it('gets a code by mail, and can sign in with it only', async () => {
    const made = await signUp('ann@example.org');
    assert.equal(made.UserConfirmed, false);
    assert.deepEqual(made.CodeDeliveryDetails, {
      AttributeName: 'email',
      DeliveryMedium: 'EMAIL',
      Destination: 'a***@e***',
    });
    const mail = bench.cognito.mailbox.all().at(-1);
    assert.equal(mail?.subject, 'Your verification code');
    assert.match(mail?.body ?? '', new RegExp(`^Your verification code is ${mail?.code}`));
    assert.match(mail?.code ?? '', /^\d{6}$/);
    assert.ok(bench.said.some((line) => line.includes('ann@example.org') && line.includes(mail?.code ?? '?')));

    await assert.rejects(
      signIn(pool, { email: 'ann@example.org' }),
      failsWith('UserNotConfirmedException', /not confirmed/),
    );
    await assert.rejects(
      confirm('ann@example.org', wrong(codeOf('ann@example.org'))),
      failsWith('CodeMismatchException', /try again/),
    );
    await confirm('ann@example.org', ` ${codeOf('ann@example.org')} `);
    assert.ok((await signIn(pool, { email: 'ann@example.org' })).id);
    const user = await cognito.adminGetUser({ UserPoolId: pool.userPoolId, Username: 'ann@example.org' });
    assert.equal(user.UserStatus, 'CONFIRMED');
    assert.equal(user.Username, made.UserSub);
    const { email, email_verified, sub } = Object.fromEntries(
      user.UserAttributes?.map(({ Name, Value }) => [Name, Value]) ?? [],
    );
    assert.deepEqual([email, email_verified, sub], ['ann@example.org', 'true', made.UserSub]);
    await assert.rejects(
      confirm('ann@example.org', codeOf('ann@example.org')),
      failsWith('NotAuthorizedException', /CONFIRMED/),
    );
  });

  it('is one person, however the email is written', async () => {
    await assert.rejects(signUp('Ann@Example.ORG'), failsWith('UsernameExistsException', /already exists/));
    await assert.rejects(signUp('ann@example.org'), failsWith('UsernameExistsException', /already exists/));
    assert.ok((await signIn(pool, { email: 'ANN@example.org' })).id);
  });

  it('is refused a name that is no email, and a password that the policy does not allow', async () => {
    for (const name of ['ann', 'ann@', '@example.org', 'ann@example', 'ann example@x.org', '+4912345'])
      await assert.rejects(signUp(name), failsWith('InvalidParameterException', /email/), name);
    for (const [password, why] of [
      ['Short-1a', /long enough/],
      ['correct-horse-7-battery', /uppercase/],
      ['CORRECT-HORSE-7-BATTERY', /lowercase/],
      ['Correct-horse-x-battery', /numeric/],
      ['CorrectHorse7Battery', /symbol/],
      [' CorrectHorse7Battery', /symbol/],
      [`Aa1-${'x'.repeat(300)}`, /long/],
    ] as const)
      await assert.rejects(
        signUp('bob@example.org', { Password: password }),
        failsWith('InvalidPasswordException', why),
        password,
      );
    assert.ok(
      (await signUp('bob@example.org', { Password: 'Correct Horse 7 Battery' })).UserSub,
      'a space within is a symbol',
    );
  });

  it('cannot choose a tenant, a role, or an address that counts as verified', async () => {
    for (const Name of [
      'custom:tenant_id',
      'email_verified',
      'sub',
      'custom:role',
      'cognito:groups',
      'nickname',
      '__proto__',
    ])
      await assert.rejects(
        signUp('eve@example.org', { UserAttributes: [{ Name, Value: 'true' }] }),
        failsWith('NotAuthorizedException', /unauthorized attribute/),
        Name,
      );
    // The name is the address: another one beside it does not win.
    const made = await signUp('eve@example.org', { UserAttributes: [{ Name: 'email', Value: 'ann@example.org' }] });
    const user = await cognito.adminGetUser({ UserPoolId: pool.userPoolId, Username: made.UserSub });
    assert.ok(user.UserAttributes?.some(({ Name, Value }) => Name === 'email' && Value === 'eve@example.org'));
  });

  it('gets a new code, and then the old one is of no use', async () => {
    await signUp('cid@example.org');
    const old = codeOf('cid@example.org');
    const resend = () => cognito.resendConfirmationCode({ ClientId: pool.clientId, Username: 'cid@example.org' });
    do await resend();
    while (codeOf('cid@example.org') === old);
    await assert.rejects(confirm('cid@example.org', old), failsWith('CodeMismatchException', /./));
    await confirm('cid@example.org', codeOf('cid@example.org'));
    await assert.rejects(resend(), failsWith('InvalidParameterException', /already confirmed/));
  });

  it('has a few guesses and a day', async () => {
    await signUp('dan@example.org');
    const code = codeOf('dan@example.org');
    for (let n = 0; n < 5; n++)
      await assert.rejects(confirm('dan@example.org', wrong(code)), failsWith('CodeMismatchException', /./));
    await assert.rejects(confirm('dan@example.org', code), failsWith('LimitExceededException', /Attempt limit/));
    await signUp('eli@example.org');
    bench.advance(24 * 3_600_000 + 1);
    await assert.rejects(confirm('eli@example.org', codeOf('eli@example.org')), failsWith('ExpiredCodeException', /./));
  });

  it('does not learn who else is there', async () => {
    const resent = await cognito.resendConfirmationCode({ ClientId: pool.clientId, Username: 'nobody@example.org' });
    assert.equal(resent.CodeDeliveryDetails?.Destination, 'n***@e***');
    assert.equal(codeOf('nobody@example.org'), '', 'nothing was sent');
    await assert.rejects(confirm('nobody@example.org', '123456'), failsWith('CodeMismatchException', /./));
    for (const email of ['nobody@example.org', 'ann@example.org'])
      await assert.rejects(
        signIn(pool, { email, password: 'Wrong-horse-7-battery' }),
        failsWith('NotAuthorizedException', /^Incorrect username or password\.$/),
      );
    const first = async (USERNAME: string) => {
      const asked = {
        ClientId: pool.clientId,
        AuthFlow: 'USER_SRP_AUTH' as const,
        AuthParameters: { USERNAME, SRP_A: 'ab12' },
      };
      const { ChallengeName, ChallengeParameters: seen = {} } = await cognito.initiateAuth(asked);
      return { ChallengeName, id: seen.USER_ID_FOR_SRP ?? '', salt: seen.SALT ?? '', names: Object.keys(seen).sort() };
    };
    const [here, nobody, again] = [
      await first('ann@example.org'),
      await first('no@example.org'),
      await first('no@example.org'),
    ];
    assert.deepEqual([nobody.id, nobody.salt], [again.id, again.salt], 'the same name gets the same answer');
    assert.deepEqual([here.ChallengeName, here.names], [nobody.ChallengeName, nobody.names]);
    for (const { id, salt } of [here, nobody]) {
      assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.ok(salt.length > 20 && salt.length <= 32);
    }
  });

  it('is told by a client that does not hide it', async () => {
    const open = await deployPool(bench, { client: { PreventUserExistenceErrors: 'LEGACY' } });
    await assert.rejects(
      passwordStep(cognito, open, { email: 'x@y.org' }),
      failsWith('UserNotFoundException', /does not exist/),
    );
    const who = { ClientId: open.clientId, Username: 'x@y.org' };
    await assert.rejects(cognito.resendConfirmationCode(who), failsWith('UserNotFoundException', /./));
    await assert.rejects(
      cognito.confirmSignUp({ ...who, ConfirmationCode: '1' }),
      failsWith('UserNotFoundException', /./),
    );
    await assert.rejects(cognito.forgotPassword(who), failsWith('UserNotFoundException', /./));
  });

  it('cannot where only administrators make accounts, or without the client’s secret', async () => {
    const closed = await deployPool(bench, { pool: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } } });
    const account = { Username: 'x@y.org', Password: goodPassword };
    await assert.rejects(
      cognito.signUp({ ClientId: closed.clientId, ...account }),
      failsWith('NotAuthorizedException', /not permitted/),
    );
    const secret = await deployPool(bench, { client: { GenerateSecret: true } });
    const sent = (SecretHash?: string) => cognito.signUp({ ClientId: secret.clientId, ...account, SecretHash });
    for (const hash of [undefined, 'x', 'A'.repeat(44)])
      await assert.rejects(sent(hash), failsWith('NotAuthorizedException', /secret hash/));
    await assert.rejects(
      cognito.signUp({ ClientId: '0123456789abcdefghijklmnop', ...account }),
      failsWith('ResourceNotFoundException', /does not exist/),
    );
  });
});
