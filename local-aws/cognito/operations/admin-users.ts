import * as z from 'zod';
import { Attributes, checkAttributes, checkFree, existing, withUsername } from '../attributes.ts';
import { CognitoError, invalid } from '../cognito-error.ts';
import { type Operation, operation } from '../operation.ts';
import { checkPassword, temporaryPassword } from '../password-policy.ts';
import type { PoolSettings } from '../pool-settings.ts';
import type { CognitoState } from '../state.ts';
import { attributeList, factorView, setPassword, type User, userView } from '../user.ts';

const Named = z.looseObject({ UserPoolId: z.string(), Username: z.string().min(1).max(128) });

/** The pool, and the user in it. */
async function found(state: CognitoState, { UserPoolId, Username }: z.infer<typeof Named>) {
  const pool = await state.pools.pool(UserPoolId);
  const directory = state.directory(pool.id);
  return { pool, directory, user: existing(pool, directory, Username) };
}

const day = 86_400_000;

const adminCreateUser = operation(
  Named.extend({
    TemporaryPassword: z.string().optional(),
    UserAttributes: Attributes,
    MessageAction: z.enum(['RESEND', 'SUPPRESS']).optional(),
  }),
  async (input, state) => {
    const { UserPoolId, Username, UserAttributes, MessageAction } = input;
    const pool = await state.pools.pool(UserPoolId);
    const directory = state.directory(pool.id);
    const password = input.TemporaryPassword ?? temporaryPassword(pool.passwordPolicy);
    const known = directory.find(pool, Username);
    if (MessageAction === 'RESEND') {
      const user = existing(pool, directory, Username);
      if (user.status !== 'FORCE_CHANGE_PASSWORD')
        throw new CognitoError(
          'UnsupportedOperationException',
          'Resend not possible. User status is not FORCE_CHANGE_PASSWORD',
        );
      invite(state, pool, user, password, true);
      return { User: { ...userView(user), Attributes: attributeList(user.attributes) } };
    }
    const attributes = withUsername(pool, Username, UserAttributes);
    checkAttributes(pool, attributes);
    checkPassword(password, pool.passwordPolicy);
    if (known) throw new CognitoError('UsernameExistsException', 'User account already exists');
    const user = directory.add(pool, {
      username: Username,
      attributes,
      status: 'FORCE_CHANGE_PASSWORD',
      now: state.now(),
    });
    invite(state, pool, user, password, MessageAction !== 'SUPPRESS');
    return { User: { ...userView(user), Attributes: attributeList(user.attributes) } };
  },
);

function invite(state: CognitoState, pool: PoolSettings, user: User, password: string, mail: boolean): void {
  setPassword(pool, user, password);
  user.passwordUntil = state.now() + (pool.passwordPolicy.TemporaryPasswordValidityDays ?? 7) * day;
  const email = user.attributes.get('email');
  if (!mail || email === undefined) return;
  const { subject, body } = pool.messages.invitation;
  const text = body.replaceAll('{username}', email).replaceAll('{####}', password);
  state.mail(pool, 'invitation', email, { subject, body: text, code: password });
}

const adminGetUser = operation(Named, async (input, state) => {
  const { user } = await found(state, input);
  return { ...userView(user), UserAttributes: attributeList(user.attributes), ...factorView(user) };
});

const adminDeleteUser = operation(Named, async (input, state) => {
  const { directory, user } = await found(state, input);
  state.signIns.endAll(user.sub);
  directory.remove(user);
  return {};
});

const adminUpdateUserAttributes = operation(
  Named.extend({ UserAttributes: Attributes }),
  async ({ UserAttributes, ...input }, state) => {
    const { pool, directory, user } = await found(state, input);
    checkAttributes(pool, UserAttributes, user.attributes);
    checkFree(pool, directory, UserAttributes, user);
    const email = UserAttributes.get('email');
    // A new address is verified by the administrator's word, or not at all.
    if (email !== undefined && email !== user.attributes.get('email')) user.attributes.set('email_verified', 'false');
    for (const [name, value] of UserAttributes) user.attributes.set(name, value);
    user.modified = state.now();
    return {};
  },
);

const adminDeleteUserAttributes = operation(
  Named.extend({ UserAttributeNames: z.array(z.string()) }),
  async ({ UserAttributeNames, ...input }, state) => {
    const { pool, user } = await found(state, input);
    const unknown = UserAttributeNames.find((name) => name.startsWith('custom:') && !pool.schema.has(name));
    if (unknown) throw invalid(`Invalid user attributes: user.${unknown}: Attribute does not exist in the schema.\n`);
    for (const name of UserAttributeNames) if (name !== 'sub') user.attributes.delete(name);
    user.modified = state.now();
    return {};
  },
);

const adminSetUserPassword = operation(
  Named.extend({ Password: z.string(), Permanent: z.boolean().default(false) }),
  async ({ Password, Permanent, ...input }, state) => {
    const { pool, user } = await found(state, input);
    checkPassword(Password, pool.passwordPolicy);
    setPassword(pool, user, Password);
    user.status = Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
    if (!Permanent) user.passwordUntil = state.now() + (pool.passwordPolicy.TemporaryPasswordValidityDays ?? 7) * day;
    user.modified = state.now();
    return {};
  },
);

const adminEnableUser = operation(Named, async (input, state) => {
  const { user } = await found(state, input);
  user.enabled = true;
  user.modified = state.now();
  return {};
});

/** A disabled user cannot sign in or refresh; the refresh tokens are revoked. */
const adminDisableUser = operation(Named, async (input, state) => {
  const { user } = await found(state, input);
  user.enabled = false;
  user.modified = state.now();
  state.signIns.endAll(user.sub);
  return {};
});

const adminUserGlobalSignOut = operation(Named, async (input, state) => {
  const { user } = await found(state, input);
  state.signIns.endAll(user.sub);
  return {};
});

export const adminUserOperations: Record<string, Operation> = {
  AdminCreateUser: adminCreateUser,
  AdminGetUser: adminGetUser,
  AdminDeleteUser: adminDeleteUser,
  AdminUpdateUserAttributes: adminUpdateUserAttributes,
  AdminDeleteUserAttributes: adminDeleteUserAttributes,
  AdminSetUserPassword: adminSetUserPassword,
  AdminEnableUser: adminEnableUser,
  AdminDisableUser: adminDisableUser,
  AdminUserGlobalSignOut: adminUserGlobalSignOut,
};
