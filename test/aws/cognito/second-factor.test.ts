import assert from 'node:assert/strict';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { codeAt } from '../../../local-aws/cognito/one-time-password.ts';
import { type Bench, startBench } from '../support/bench.ts';
import { cognitoOf, join, type Pool, passwordStep, signIn, signUp } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';
import { failsWith } from './failure.ts';

const halfMinute = 30_000;

describe('a second factor', () => {
  let bench: Bench;
  let cognito: CognitoIdentityProvider;
  /** The bench's own time. */
  let ahead = 0;

  before(async function () {
    bench = await startBench(this);
    cognito = cognitoOf({ endpoint: bench.url, region: bench.region });
  });
  after(async () => {
    cognito?.destroy();
    await bench?.stop();
  });

  const advance = (millis: number) => {
    ahead += millis;
    bench.advance(millis);
  };
  const codeNow = (secret: string, later = 0) => codeAt(secret, Date.now() + ahead + later);
  const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
  const answer = (pool: Pool, Session: string | undefined, code: string) =>
    cognito.respondToAuthChallenge({
      ClientId: pool.clientId,
      ChallengeName: 'SOFTWARE_TOKEN_MFA',
      Session,
      ChallengeResponses: { USERNAME: 'x', SOFTWARE_TOKEN_MFA_CODE: code },
    });

  it('is set up by who wants one, and then asked for at every sign-in', async () => {
    const pool = await deployPool(bench, {
      pool: { MfaConfiguration: 'OPTIONAL', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] },
    });
    const ann = await join(pool, { email: 'ann@example.org' });
    const AccessToken = ann.tokens.access;
    const enable = () =>
      cognito.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
    await assert.rejects(enable(), failsWith('InvalidParameterException', /not verified/));
    const { SecretCode = '' } = await cognito.associateSoftwareToken({ AccessToken });
    assert.match(SecretCode, /^[A-Z2-7]{32,}$/);
    const verify = (UserCode: string) =>
      cognito.verifySoftwareToken({ AccessToken, UserCode, FriendlyDeviceName: 'phone' });
    await assert.rejects(verify(wrong(codeNow(SecretCode))), failsWith('EnableSoftwareTokenMFAException', /./));
    assert.ok((await signIn(pool, ann)).id, 'not before it was verified');
    assert.equal((await verify(codeNow(SecretCode))).Status, 'SUCCESS');
    assert.ok((await signIn(pool, ann)).id, 'not before it is preferred');
    await enable();
    assert.deepEqual((await cognito.getUser({ AccessToken })).UserMFASettingList, ['SOFTWARE_TOKEN_MFA']);

    advance(halfMinute);
    const asked = await passwordStep(cognito, pool, ann);
    assert.equal(asked.ChallengeName, 'SOFTWARE_TOKEN_MFA');
    assert.equal(asked.AuthenticationResult, undefined);
    assert.equal(asked.ChallengeParameters?.FRIENDLY_DEVICE_NAME, 'phone');
    await assert.rejects(answer(pool, 'nonsense', codeNow(SecretCode)), failsWith('NotAuthorizedException', /session/));
    for (const code of [wrong(codeNow(SecretCode)), '', '12345', codeNow(SecretCode, -5 * halfMinute)])
      await assert.rejects(answer(pool, asked.Session, code), failsWith('CodeMismatchException', /./), code);
    const used = codeNow(SecretCode);
    assert.ok((await answer(pool, asked.Session, used)).AuthenticationResult?.IdToken, 'after a typing error too');
    await assert.rejects(answer(pool, asked.Session, used), failsWith('NotAuthorizedException', /session/));
    const again = await passwordStep(cognito, pool, ann);
    await assert.rejects(answer(pool, again.Session, used), failsWith('ExpiredCodeException', /already been used/));
    advance(halfMinute);
    assert.ok((await answer(pool, again.Session, codeNow(SecretCode))).AuthenticationResult?.IdToken);
    const late = await passwordStep(cognito, pool, ann);
    advance(200_000);
    await assert.rejects(
      answer(pool, late.Session, codeNow(SecretCode)),
      failsWith('NotAuthorizedException', /expired/),
    );
    // Somebody who has a token for a moment cannot take the factor away by beginning with a new one.
    await cognito.associateSoftwareToken({ AccessToken });
    assert.equal((await passwordStep(cognito, pool, ann)).ChallengeName, 'SOFTWARE_TOKEN_MFA');
    await cognito.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: false } });
    assert.ok((await signIn(pool, ann)).id);
  });

  it('is one’s own: another person’s code is wrong', async () => {
    const pool = await deployPool(bench, {
      pool: { MfaConfiguration: 'OPTIONAL', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] },
    });
    const secrets: string[] = [];
    for (const email of ['ann@example.org', 'bob@example.org']) {
      const { access: AccessToken } = (await join(pool, { email })).tokens;
      const { SecretCode = '' } = await cognito.associateSoftwareToken({ AccessToken });
      await cognito.verifySoftwareToken({ AccessToken, UserCode: codeNow(SecretCode) });
      await cognito.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true } });
      secrets.push(SecretCode);
    }
    advance(halfMinute);
    const asked = await passwordStep(cognito, pool, { email: 'ann@example.org' });
    await assert.rejects(
      answer(pool, asked.Session, codeNow(secrets[1] ?? '')),
      failsWith('CodeMismatchException', /./),
    );
    assert.ok((await answer(pool, asked.Session, codeNow(secrets[0] ?? ''))).AuthenticationResult);
  });

  it('is set up on the way in where everybody needs one', async () => {
    const pool = await deployPool(bench, { pool: { MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] } });
    const person = await signUp(pool, { email: 'cid@example.org' });
    const asked = await passwordStep(cognito, pool, person);
    assert.deepEqual(
      [asked.ChallengeName, asked.ChallengeParameters?.MFAS_CAN_SETUP, asked.AuthenticationResult],
      ['MFA_SETUP', '["SOFTWARE_TOKEN_MFA"]', undefined],
    );
    const finish = (Session: string | undefined) =>
      cognito.respondToAuthChallenge({
        ClientId: pool.clientId,
        ChallengeName: 'MFA_SETUP',
        Session,
        ChallengeResponses: { USERNAME: person.sub },
      });
    await assert.rejects(finish(asked.Session), failsWith('InvalidParameterException', /not verified/));
    const { SecretCode = '', Session } = await cognito.associateSoftwareToken({ Session: asked.Session });
    await assert.rejects(
      cognito.verifySoftwareToken({ Session, UserCode: wrong(codeNow(SecretCode)) }),
      failsWith('EnableSoftwareTokenMFAException', /./),
    );
    await assert.rejects(finish(Session), failsWith('InvalidParameterException', /not verified/));
    const verified = await cognito.verifySoftwareToken({ Session, UserCode: codeNow(SecretCode) });
    assert.ok((await finish(verified.Session)).AuthenticationResult?.IdToken);
    advance(halfMinute);
    const next = await passwordStep(cognito, pool, person);
    assert.equal(next.ChallengeName, 'SOFTWARE_TOKEN_MFA');
    assert.ok((await answer(pool, next.Session, codeNow(SecretCode))).AuthenticationResult);
  });

  it('cannot be had where the pool has none', async () => {
    const pool = await deployPool(bench);
    const { tokens } = await join(pool, { email: 'dan@example.org' });
    await assert.rejects(
      cognito.associateSoftwareToken({ AccessToken: tokens.access }),
      failsWith('InvalidParameterException', /not enabled/),
    );
  });
});
