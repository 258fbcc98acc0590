import * as z from 'zod';
import { existing } from '../attributes.ts';
import { CognitoError, invalid, notAuthorized, userNotFound } from '../cognito-error.ts';
import { type Operation, operation } from '../operation.ts';
import { checkPassword } from '../password-policy.ts';
import type { PoolSettings } from '../pool-settings.ts';
import { type CodeDelivery, type CognitoState, checkSecretHash, codeDelivery } from '../state.ts';
import { setPassword, type User } from '../user.ts';

const Named = z.looseObject({
  ClientId: z.string(),
  Username: z.string().min(1).max(128),
  SecretHash: z.string().optional(),
});

const forgotPassword = operation(Named, async ({ ClientId, Username, SecretHash }, state) => {
  const { pool, client } = await state.pools.client(ClientId);
  checkSecretHash(client, Username, SecretHash);
  const user = state.directory(pool.id).find(pool, Username);
  if (client.hidesUsers && (!user?.enabled || !verifiedEmail(user)))
    // The same as for somebody who is there. No message goes out.
    return { CodeDeliveryDetails: codeDelivery(Username) };
  if (!user) throw userNotFound();
  if (!user.enabled) throw notAuthorized('User is disabled.');
  return { CodeDeliveryDetails: sendResetCode(state, pool, user) };
});

function sendResetCode(state: CognitoState, pool: PoolSettings, user: User): CodeDelivery {
  if (pool.recovery[0] === 'admin_only') throw notAuthorized('Contact administrator to reset password.');
  if (user.status === 'FORCE_CHANGE_PASSWORD')
    throw notAuthorized('User password cannot be reset in the current state.');
  const email = verifiedEmail(user);
  if (email === undefined)
    throw invalid('Cannot reset password for the user as there is no registered/verified email or phone_number');
  return state.sendCode(pool, user, 'reset-password', 'reset-password', email);
}

function verifiedEmail(user: User): string | undefined {
  return user.attributes.get('email_verified') === 'true' ? user.attributes.get('email') : undefined;
}

const confirmForgotPassword = operation(
  Named.extend({ ConfirmationCode: z.string(), Password: z.string() }),
  async ({ ClientId, Username, SecretHash, ConfirmationCode, Password }, state) => {
    const { pool, client } = await state.pools.client(ClientId);
    checkSecretHash(client, Username, SecretHash);
    const user = state.directory(pool.id).find(pool, Username);
    if (!user) {
      if (!client.hidesUsers) throw userNotFound();
      throw new CognitoError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
    }
    if (!user.enabled) throw notAuthorized('User is disabled.');
    user.codes.check('reset-password', ConfirmationCode.trim(), state.now());
    checkPassword(Password, pool.passwordPolicy);
    user.codes.spend('reset-password');
    setPassword(pool, user, Password);
    // Who can read the mailbox has verified it.
    user.status = 'CONFIRMED';
    user.attributes.set('email_verified', 'true');
    user.modified = state.now();
    return {};
  },
);

const adminResetUserPassword = operation(
  z.looseObject({ UserPoolId: z.string(), Username: z.string() }),
  async ({ UserPoolId, Username }, state) => {
    const pool = await state.pools.pool(UserPoolId);
    const user = existing(pool, state.directory(pool.id), Username);
    if (user.status === 'UNCONFIRMED') throw notAuthorized('User password cannot be reset in the current state.');
    sendResetCode(state, pool, user);
    user.status = 'RESET_REQUIRED';
    user.modified = state.now();
    return {};
  },
);

export const recoveryOperations: Record<string, Operation> = {
  ForgotPassword: forgotPassword,
  ConfirmForgotPassword: confirmForgotPassword,
  AdminResetUserPassword: adminResetUserPassword,
};
