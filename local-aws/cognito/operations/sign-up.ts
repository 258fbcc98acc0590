import * as z from 'zod';
import { Attributes, checkAttributes, checkWritable, existing, withUsername } from '../attributes.ts';
import { CognitoError, invalid, notAuthorized, userNotFound } from '../cognito-error.ts';
import { type Operation, operation } from '../operation.ts';
import { checkPassword } from '../password-policy.ts';
import { checkSecretHash, codeDelivery } from '../state.ts';
import { setPassword } from '../user.ts';

const Named = z.looseObject({
  ClientId: z.string(),
  Username: z.string().min(1).max(128),
  SecretHash: z.string().optional(),
});

const signUp = operation(
  Named.extend({ Password: z.string(), UserAttributes: Attributes }),
  async ({ ClientId, Username, Password, SecretHash, UserAttributes }, state) => {
    const { pool, client } = await state.pools.client(ClientId);
    checkSecretHash(client, Username, SecretHash);
    if (!pool.signUpAllowed) throw notAuthorized('SignUp is not permitted for this user pool');
    checkWritable(client, UserAttributes.keys());
    const attributes = withUsername(pool, Username, UserAttributes);
    checkAttributes(pool, attributes);
    checkPassword(Password, pool.passwordPolicy);
    const directory = state.directory(pool.id);
    if (directory.find(pool, Username))
      throw new CognitoError(
        'UsernameExistsException',
        pool.usernameAttributes.length > 0 ? 'An account with the given email already exists.' : 'User already exists',
      );
    const user = directory.add(pool, { username: Username, attributes, status: 'UNCONFIRMED', now: state.now() });
    if (pool.autoVerified.includes('email')) user.attributes.set('email_verified', 'false');
    setPassword(pool, user, Password);
    const email = user.attributes.get('email');
    const delivery =
      email !== undefined && pool.autoVerified.includes('email')
        ? { CodeDeliveryDetails: state.sendCode(pool, user, 'sign-up', 'sign-up', email) }
        : {};
    return { UserConfirmed: false, UserSub: user.sub, ...delivery };
  },
);

const confirmSignUp = operation(
  Named.extend({ ConfirmationCode: z.string() }),
  async ({ ClientId, Username, SecretHash, ConfirmationCode }, state) => {
    const { pool, client } = await state.pools.client(ClientId);
    checkSecretHash(client, Username, SecretHash);
    const user = state.directory(pool.id).find(pool, Username);
    if (!user) {
      if (!client.hidesUsers) throw userNotFound();
      throw new CognitoError('CodeMismatchException', 'Invalid verification code provided, please try again.');
    }
    if (user.status !== 'UNCONFIRMED')
      throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
    user.codes.check('sign-up', ConfirmationCode.trim(), state.now());
    user.codes.spend('sign-up');
    user.status = 'CONFIRMED';
    user.attributes.set('email_verified', 'true');
    user.modified = state.now();
    return {};
  },
);

const resendConfirmationCode = operation(Named, async ({ ClientId, Username, SecretHash }, state) => {
  const { pool, client } = await state.pools.client(ClientId);
  checkSecretHash(client, Username, SecretHash);
  const user = state.directory(pool.id).find(pool, Username);
  if (!user) {
    if (!client.hidesUsers) throw userNotFound();
    return { CodeDeliveryDetails: codeDelivery(Username) };
  }
  if (user.status !== 'UNCONFIRMED') throw invalid('User is already confirmed.');
  const email = user.attributes.get('email');
  if (email === undefined || !pool.autoVerified.includes('email')) throw invalid('Auto verification not turned on.');
  return { CodeDeliveryDetails: state.sendCode(pool, user, 'sign-up', 'resend', email) };
});

/** An administrator's word in the place of the code: nothing is verified by it. */
const adminConfirmSignUp = operation(
  z.looseObject({ UserPoolId: z.string(), Username: z.string() }),
  async ({ UserPoolId, Username }, state) => {
    const pool = await state.pools.pool(UserPoolId);
    const user = existing(pool, state.directory(pool.id), Username);
    if (user.status !== 'UNCONFIRMED')
      throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
    user.status = 'CONFIRMED';
    user.modified = state.now();
    return {};
  },
);

export const signUpOperations: Record<string, Operation> = {
  SignUp: signUp,
  ConfirmSignUp: confirmSignUp,
  ResendConfirmationCode: resendConfirmationCode,
  AdminConfirmSignUp: adminConfirmSignUp,
};
