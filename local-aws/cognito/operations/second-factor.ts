import * as z from 'zod';
import { existing } from '../attributes.ts';
import { CognitoError, invalid, notAuthorized } from '../cognito-error.ts';
import { newSecret, stepOfCode } from '../one-time-password.ts';
import { type Operation, operation } from '../operation.ts';
import type { PoolSettings } from '../pool-settings.ts';
import { signedInUser } from '../signed-in-user.ts';
import type { CognitoState } from '../state.ts';
import type { User } from '../user.ts';

/** Who sets up an authenticator app: somebody signed in, or somebody who has to before the sign-in is done. */
const Who = z.looseObject({ AccessToken: z.string().nullish(), Session: z.string().nullish() });

interface SettingUp {
  pool: PoolSettings;
  user: User;
  /** Goes on with the sign-in that waits for it. */
  session?: string;
}

async function settingUp(
  state: CognitoState,
  { AccessToken, Session }: z.infer<typeof Who>,
  ready: boolean,
): Promise<SettingUp> {
  if (AccessToken) return signedInUser(state, AccessToken);
  if (!Session) throw invalid('Either an access token or a session is needed.');
  const { userPoolId, clientId, sub, step } = state.challenges.find(Session);
  const { pool, client } = await state.pools.client(clientId, userPoolId);
  const user = state
    .directory(userPoolId)
    .all()
    .find((other) => other.sub === sub);
  if (step.name !== 'MFA_SETUP' || !user) throw notAuthorized('Invalid session for the user.');
  const next = { userPoolId, clientId, sub, step: { name: 'MFA_SETUP' as const, ready } };
  return { pool, user, session: state.challenges.open(next, client.seconds.challenge) };
}

const associateSoftwareToken = operation(Who, async (who, state) => {
  const { pool, user, session } = await settingUp(state, who, false);
  if (!pool.totp)
    throw new CognitoError('InvalidParameterException', 'Software token MFA is not enabled for the userPool.');
  const secret = newSecret();
  user.authenticator ??= {
    secret: undefined,
    waiting: undefined,
    name: '',
    enabled: false,
    preferred: false,
    lastStep: 0,
  };
  user.authenticator.waiting = secret;
  return { SecretCode: secret, ...(session && { Session: session }) };
});

const verifySoftwareToken = operation(
  Who.extend({ UserCode: z.string(), FriendlyDeviceName: z.string().nullish() }),
  async ({ UserCode, FriendlyDeviceName, ...who }, state) => {
    const asking = who.AccessToken ? undefined : state.challenges.find(who.Session ?? undefined);
    const user = asking
      ? state
          .directory(asking.userPoolId)
          .all()
          .find(({ sub }) => sub === asking.sub)
      : (await signedInUser(state, who.AccessToken ?? '')).user;
    const authenticator = user?.authenticator;
    const secret = authenticator?.waiting ?? authenticator?.secret;
    const step = secret === undefined ? undefined : stepOfCode(secret, UserCode.trim(), state.now());
    if (!authenticator || step === undefined)
      throw new CognitoError('EnableSoftwareTokenMFAException', 'Code mismatch');
    const { session } = await settingUp(state, who, true);
    Object.assign(authenticator, { secret, waiting: undefined, lastStep: step, name: FriendlyDeviceName ?? '' });
    // Set up on the way in, it is the second factor from now on.
    if (session) Object.assign(authenticator, { enabled: true, preferred: true });
    return { Status: 'SUCCESS', ...(session && { Session: session }) };
  },
);

const Settings = z.looseObject({ Enabled: z.boolean().optional(), PreferredMfa: z.boolean().optional() });
const Preference = z.looseObject({ SoftwareTokenMfaSettings: Settings.nullish() });

function prefer(user: User, pool: PoolSettings, settings: z.infer<typeof Settings> | null | undefined): void {
  if (!settings) return;
  if (settings.Enabled && !user.authenticator?.secret) throw invalid('User has not verified software token mfa');
  if (settings.Enabled && !pool.totp) throw invalid('Software token MFA is not enabled for the userPool.');
  if (!user.authenticator) return;
  user.authenticator.enabled = settings.Enabled ?? false;
  user.authenticator.preferred = user.authenticator.enabled && (settings.PreferredMfa ?? false);
}

const setUserMfaPreference = operation(
  Preference.extend({ AccessToken: z.string().min(1) }),
  async ({ AccessToken, SoftwareTokenMfaSettings }, state) => {
    const { pool, user } = await signedInUser(state, AccessToken);
    prefer(user, pool, SoftwareTokenMfaSettings);
    return {};
  },
);

const adminSetUserMfaPreference = operation(
  Preference.extend({ UserPoolId: z.string(), Username: z.string() }),
  async ({ UserPoolId, Username, SoftwareTokenMfaSettings }, state) => {
    const pool = await state.pools.pool(UserPoolId);
    prefer(existing(pool, state.directory(pool.id), Username), pool, SoftwareTokenMfaSettings);
    return {};
  },
);

export const secondFactorOperations: Record<string, Operation> = {
  AssociateSoftwareToken: associateSoftwareToken,
  VerifySoftwareToken: verifySoftwareToken,
  SetUserMFAPreference: setUserMfaPreference,
  AdminSetUserMFAPreference: adminSetUserMfaPreference,
};
