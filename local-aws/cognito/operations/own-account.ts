import * as z from 'zod';
import { Attributes, checkAttributes, checkFree, checkWritable } from '../attributes.ts';
import { CognitoError, invalid, notAuthorized } from '../cognito-error.ts';
import { type Operation, operation } from '../operation.ts';
import { checkPassword } from '../password-policy.ts';
import { isPassword } from '../password-proof.ts';
import { signedInUser } from '../signed-in-user.ts';
import type { CodeDelivery } from '../state.ts';
import { attributeList, factorView, setPassword } from '../user.ts';

const Signed = z.looseObject({ AccessToken: z.string().min(1) });

const getUser = operation(Signed, async ({ AccessToken }, state) => {
  const { user, client } = await signedInUser(state, AccessToken);
  const readable = [...user.attributes].filter(([name]) => name === 'sub' || client.readable.has(name));
  return { Username: user.username, UserAttributes: attributeList(new Map(readable)), ...factorView(user) };
});

const updateUserAttributes = operation(
  Signed.extend({ UserAttributes: Attributes }),
  async ({ AccessToken, UserAttributes }, state) => {
    const { pool, client, directory, user } = await signedInUser(state, AccessToken);
    checkWritable(client, UserAttributes.keys());
    checkAttributes(pool, UserAttributes, user.attributes);
    checkFree(pool, directory, UserAttributes, user);
    const sent: CodeDelivery[] = [];
    for (const [name, value] of UserAttributes) {
      const verifies = name === 'email' && pool.autoVerified.includes(name) && value !== user.attributes.get(name);
      if (verifies) {
        // Codes are kept under the address that they went to: the pending one or the new one.
        if (pool.verifiedBeforeUpdate.includes(name)) user.pending.set(name, value);
        else user.attributes.set(name, value).set(`${name}_verified`, 'false');
        sent.push(state.sendCode(pool, user, `attribute:${name}`, 'verify-attribute', value));
      } else user.attributes.set(name, value);
    }
    user.modified = state.now();
    return { CodeDeliveryDetailsList: sent };
  },
);

const deleteUserAttributes = operation(
  Signed.extend({ UserAttributeNames: z.array(z.string()) }),
  async ({ AccessToken, UserAttributeNames }, state) => {
    const { pool, client, user } = await signedInUser(state, AccessToken);
    checkWritable(client, UserAttributeNames);
    const required = UserAttributeNames.find((name) => pool.schema.get(name)?.Required);
    if (required) throw invalid(`user.${required}: Required attribute cannot be deleted.`);
    for (const name of UserAttributeNames) user.attributes.delete(name);
    user.modified = state.now();
    return {};
  },
);

const getUserAttributeVerificationCode = operation(
  Signed.extend({ AttributeName: z.string() }),
  async ({ AccessToken, AttributeName }, state) => {
    const { pool, user } = await signedInUser(state, AccessToken);
    if (AttributeName !== 'email') throw invalid('The local AWS sends codes to emails only.');
    const email = user.pending.get('email') ?? user.attributes.get('email');
    if (email === undefined) throw invalid('User does not have an attribute of that name.');
    return { CodeDeliveryDetails: state.sendCode(pool, user, 'attribute:email', 'verify-attribute', email) };
  },
);

const verifyUserAttribute = operation(
  Signed.extend({ AttributeName: z.string(), Code: z.string() }),
  async ({ AccessToken, AttributeName, Code }, state) => {
    const { pool, directory, user } = await signedInUser(state, AccessToken);
    user.codes.check(`attribute:${AttributeName}`, Code.trim(), state.now());
    const value = user.pending.get(AttributeName);
    if (value !== undefined) {
      checkFree(pool, directory, new Map([[AttributeName, value]]), user);
      user.attributes.set(AttributeName, value);
      user.pending.delete(AttributeName);
    }
    user.attributes.set(`${AttributeName}_verified`, 'true');
    user.codes.spend(`attribute:${AttributeName}`);
    user.modified = state.now();
    return {};
  },
);

const changePassword = operation(
  Signed.extend({ PreviousPassword: z.string(), ProposedPassword: z.string() }),
  async ({ AccessToken, PreviousPassword, ProposedPassword }, state) => {
    const { pool, user } = await signedInUser(state, AccessToken);
    const who = { userPoolId: pool.id, username: user.username };
    if (!user.password || !isPassword(who, user.password, PreviousPassword))
      throw notAuthorized('Incorrect username or password.');
    checkPassword(ProposedPassword, pool.passwordPolicy);
    setPassword(pool, user, ProposedPassword);
    user.modified = state.now();
    return {};
  },
);

const deleteUser = operation(Signed, async ({ AccessToken }, state) => {
  const { directory, user } = await signedInUser(state, AccessToken);
  state.signIns.endAll(user.sub);
  directory.remove(user);
  return {};
});

const globalSignOut = operation(Signed, async ({ AccessToken }, state) => {
  const { user } = await signedInUser(state, AccessToken);
  state.signIns.endAll(user.sub);
  return {};
});

const revokeToken = operation(
  z.looseObject({ Token: z.string(), ClientId: z.string(), ClientSecret: z.string().optional() }),
  async ({ Token, ClientId, ClientSecret }, state) => {
    const { client } = await state.pools.client(ClientId);
    if (client.secret !== ClientSecret) throw notAuthorized('Invalid client secret.');
    if (!client.revocable) throw invalid('Token revocation is not enabled for this client.');
    const signIn = state.signIns.find(Token);
    if (!signIn) {
      if (Token.split('.').length === 3)
        throw new CognitoError('UnsupportedTokenTypeException', 'Only refresh tokens can be revoked.');
      return {};
    }
    if (signIn.clientId !== client.id) throw notAuthorized('Refresh token is not of this client.');
    signIn.revoked = true;
    return {};
  },
);

export const ownAccountOperations: Record<string, Operation> = {
  GetUser: getUser,
  UpdateUserAttributes: updateUserAttributes,
  DeleteUserAttributes: deleteUserAttributes,
  GetUserAttributeVerificationCode: getUserAttributeVerificationCode,
  VerifyUserAttribute: verifyUserAttribute,
  ChangePassword: changePassword,
  DeleteUser: deleteUser,
  GlobalSignOut: globalSignOut,
  RevokeToken: revokeToken,
};
