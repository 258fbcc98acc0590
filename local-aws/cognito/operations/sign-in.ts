import * as z from 'zod';
import type { ChallengeStep } from '../challenges.ts';
import { CognitoError, invalid, notAuthorized, userNotFound, wrongCredentials } from '../cognito-error.ts';
import { type Operation, operation } from '../operation.ts';
import { beginProof, isPassword, passwordVerifier } from '../password-proof.ts';
import type { ClientSettings, PoolSettings } from '../pool-settings.ts';
import { type CognitoState, checkSecretHash } from '../state.ts';
import { type User, usesAuthenticator } from '../user.ts';

const Parameters = z.record(z.string(), z.string()).default({});

const InitiateAuth = z.looseObject({ ClientId: z.string(), AuthFlow: z.string(), AuthParameters: Parameters });

interface Asked {
  pool: PoolSettings;
  client: ClientSettings;
  parameters: Record<string, string>;
  state: CognitoState;
}

const initiateAuth = operation(InitiateAuth, async ({ ClientId, AuthFlow, AuthParameters }, state) => {
  const { pool, client } = await state.pools.client(ClientId);
  const asked = { pool, client, parameters: AuthParameters, state };
  switch (AuthFlow) {
    case 'USER_SRP_AUTH':
      demandFlow(client, 'USER_SRP_AUTH', 'USER_SRP_AUTH', 'ALLOW_USER_SRP_AUTH');
      return proofOfPassword(asked);
    case 'USER_PASSWORD_AUTH':
      demandFlow(client, 'USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH', 'ALLOW_USER_PASSWORD_AUTH');
      return withPassword(asked);
    case 'REFRESH_TOKEN_AUTH':
    case 'REFRESH_TOKEN':
      return refresh(asked);
    default:
      throw notHere(AuthFlow);
  }
});

const adminInitiateAuth = operation(
  InitiateAuth.extend({ UserPoolId: z.string() }),
  async ({ UserPoolId, ClientId, AuthFlow, AuthParameters }, state) => {
    const { pool, client } = await state.pools.client(ClientId, UserPoolId);
    const asked = { pool, client: { ...client, hidesUsers: false }, parameters: AuthParameters, state };
    switch (AuthFlow) {
      case 'ADMIN_USER_PASSWORD_AUTH':
      case 'ADMIN_NO_SRP_AUTH':
        demandFlow(client, AuthFlow, 'ADMIN_NO_SRP_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH');
        return withPassword(asked);
      case 'USER_SRP_AUTH':
        demandFlow(client, AuthFlow, 'USER_SRP_AUTH', 'ALLOW_USER_SRP_AUTH');
        return proofOfPassword(asked);
      case 'REFRESH_TOKEN_AUTH':
      case 'REFRESH_TOKEN':
        return refresh(asked);
      default:
        throw notHere(AuthFlow);
    }
  },
);

function demandFlow(client: ClientSettings, flow: string, ...allowing: string[]): void {
  if (!allowing.some((name) => client.flows.has(name)))
    throw invalid(
      flow.startsWith('ADMIN') ? 'Auth flow not enabled for this client' : `${flow} flow not enabled for this client`,
    );
}

function notHere(flow: string): CognitoError {
  return new CognitoError(
    'UnsupportedOperationException',
    `The local AWS signs in with USER_SRP_AUTH, USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH and REFRESH_TOKEN_AUTH, not with ${flow}.`,
  );
}

/** The first step of SRP. Who is not there gets a challenge as well, which nothing answers. */
function proofOfPassword({ pool, client, parameters, state }: Asked): object {
  const name = parameters.USERNAME ?? '';
  checkSecretHash(client, name, parameters.SECRET_HASH);
  const user = state.directory(pool.id).find(pool, name);
  if (!user && !client.hidesUsers) throw userNotFound();
  const username = user?.username ?? invented(pool, name);
  const known = user?.password ?? passwordVerifier({ userPoolId: pool.id, username }, 'nobody’s', saltOf(pool, name));
  const attempt = beginProof(known, parameters.SRP_A ?? '');
  if (!attempt) throw invalid('Missing required parameter SRP_A');
  const block = attempt.block.toString('base64');
  // The block is the session: it has to come back with the proof.
  state.challenges.open(
    { userPoolId: pool.id, clientId: client.id, sub: user?.sub, step: { name: 'PASSWORD_VERIFIER', attempt } },
    client.seconds.challenge,
    block,
  );
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: {
      SALT: known.salt.toString(16),
      SECRET_BLOCK: block,
      SRP_B: attempt.serverValue.toString(16),
      USERNAME: username,
      USER_ID_FOR_SRP: username,
    },
  };
}

/** The same name gets the same answer each time, as a user who is there would. */
function invented(pool: PoolSettings, name: string): string {
  const hex = saltOf(pool, `${name}#`).toString(16).padStart(32, '0').slice(-32);
  return pool.usernameAttributes.length === 0
    ? name
    : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function saltOf(pool: PoolSettings, name: string): bigint {
  const who = { userPoolId: pool.id, username: name.toLowerCase() };
  return passwordVerifier(who, 'salt', 1n).verifier & ((1n << 128n) - 1n);
}

async function withPassword({ pool, client, parameters, state }: Asked): Promise<object> {
  const name = parameters.USERNAME ?? '';
  checkSecretHash(client, name, parameters.SECRET_HASH);
  const user = state.directory(pool.id).find(pool, name);
  if (!user) throw client.hidesUsers ? wrongCredentials() : userNotFound();
  const who = { userPoolId: pool.id, username: user.username };
  if (!user.password || !isPassword(who, user.password, parameters.PASSWORD ?? '')) throw wrongCredentials();
  return afterPassword(state, pool, client, user);
}

async function refresh({ pool, client, parameters, state }: Asked): Promise<object> {
  const signIn = state.signIns.resume(parameters.REFRESH_TOKEN ?? '', client.id);
  const user = state
    .directory(pool.id)
    .all()
    .find(({ sub }) => sub === signIn.sub);
  if (!user) throw notAuthorized('Invalid Refresh Token');
  checkSecretHash(client, user.username, parameters.SECRET_HASH);
  if (!user.enabled) throw notAuthorized('User is disabled.');
  if (client.rotatesRefreshTokens) throw invalid('Use GetTokensFromRefreshToken: refresh token rotation is enabled.');
  const groups = await state.groupsOf(pool, user);
  return {
    ChallengeParameters: {},
    AuthenticationResult: await state.signIns.tokens(signIn, { client, user, groups }),
  };
}

const getTokensFromRefreshToken = operation(
  z.looseObject({ ClientId: z.string(), RefreshToken: z.string(), ClientSecret: z.string().optional() }),
  async ({ ClientId, RefreshToken, ClientSecret }, state) => {
    const { pool, client } = await state.pools.client(ClientId);
    if (client.secret !== ClientSecret) throw notAuthorized('Invalid client secret.');
    const signIn = state.signIns.resume(RefreshToken, client.id);
    const user = state
      .directory(pool.id)
      .all()
      .find(({ sub }) => sub === signIn.sub);
    if (!user) throw notAuthorized('Invalid Refresh Token');
    if (!user.enabled) throw notAuthorized('User is disabled.');
    if (client.rotatesRefreshTokens) state.signIns.rotate(signIn);
    const tokens = await state.signIns.tokens(signIn, { client, user, groups: await state.groupsOf(pool, user) });
    return {
      AuthenticationResult: {
        ...tokens,
        ...(client.rotatesRefreshTokens && { RefreshToken: signIn.refreshToken }),
      },
    };
  },
);

/** What follows once the password is known to be right: the next challenge, or tokens. */
export async function afterPassword(
  state: CognitoState,
  pool: PoolSettings,
  client: ClientSettings,
  user: User,
): Promise<object> {
  if (!user.enabled) throw notAuthorized('User is disabled.');
  if (user.status === 'UNCONFIRMED') throw new CognitoError('UserNotConfirmedException', 'User is not confirmed.');
  if (user.status === 'RESET_REQUIRED')
    throw new CognitoError('PasswordResetRequiredException', 'Password reset required for the user');
  if (user.status !== 'FORCE_CHANGE_PASSWORD') return afterFirstFactor(state, pool, client, user);
  if ((user.passwordUntil ?? Number.POSITIVE_INFINITY) <= state.now())
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.');
  const shown = [...user.attributes].filter(([name]) => name !== 'sub' && client.readable.has(name));
  return challenge(
    state,
    pool,
    client,
    user,
    { name: 'NEW_PASSWORD_REQUIRED' },
    {
      requiredAttributes: '[]',
      userAttributes: JSON.stringify(Object.fromEntries(shown)),
    },
  );
}

/** The second factor where there is one, else tokens. */
export async function afterFirstFactor(
  state: CognitoState,
  pool: PoolSettings,
  client: ClientSettings,
  user: User,
): Promise<object> {
  if (usesAuthenticator(pool, user))
    return challenge(
      state,
      pool,
      client,
      user,
      { name: 'SOFTWARE_TOKEN_MFA' },
      {
        FRIENDLY_DEVICE_NAME: user.authenticator?.name ?? '',
      },
    );
  if (pool.mfa === 'ON')
    return challenge(
      state,
      pool,
      client,
      user,
      { name: 'MFA_SETUP', ready: false },
      {
        MFAS_CAN_SETUP: JSON.stringify(pool.totp ? ['SOFTWARE_TOKEN_MFA'] : []),
      },
    );
  return signedIn(state, pool, client, user);
}

export async function signedIn(
  state: CognitoState,
  pool: PoolSettings,
  client: ClientSettings,
  user: User,
): Promise<object> {
  const groups = await state.groupsOf(pool, user);
  const signIn = state.signIns.begin(pool, client, user);
  const tokens = await state.signIns.tokens(signIn, { client, user, groups });
  return { ChallengeParameters: {}, AuthenticationResult: { ...tokens, RefreshToken: signIn.refreshToken } };
}

function challenge(
  state: CognitoState,
  pool: PoolSettings,
  client: ClientSettings,
  user: User,
  step: ChallengeStep,
  parameters: Record<string, string>,
): object {
  const session = state.challenges.open(
    { userPoolId: pool.id, clientId: client.id, sub: user.sub, step },
    client.seconds.challenge,
  );
  return {
    ChallengeName: step.name,
    Session: session,
    ChallengeParameters: { USER_ID_FOR_SRP: user.username, ...parameters },
  };
}

export const signInOperations: Record<string, Operation> = {
  InitiateAuth: initiateAuth,
  AdminInitiateAuth: adminInitiateAuth,
  GetTokensFromRefreshToken: getTokensFromRefreshToken,
};
