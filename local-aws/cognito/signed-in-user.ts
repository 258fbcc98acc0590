import { notAuthorized, userNotFound } from './cognito-error.ts';
import type { ClientSettings, PoolSettings } from './pool-settings.ts';
import type { SignIn } from './sign-ins.ts';
import type { CognitoState } from './state.ts';
import type { Directory, User } from './user.ts';

export interface SignedInUser {
  pool: PoolSettings;
  client: ClientSettings;
  directory: Directory;
  user: User;
  signIn: SignIn;
}

/** Whose access token it is; refuses one that is expired, revoked, forged, or of somebody who is not there any more. */
export async function signedInUser(state: CognitoState, accessToken: string): Promise<SignedInUser> {
  const signIn = await state.signIns.ofAccessToken(accessToken);
  const { pool, client } = await state.pools.client(signIn.clientId, signIn.userPoolId);
  const directory = state.directory(pool.id);
  const user = directory.all().find(({ sub }) => sub === signIn.sub);
  if (!user) throw userNotFound();
  if (!user.enabled) throw notAuthorized('User is disabled.');
  return { pool, client, directory, user, signIn };
}
