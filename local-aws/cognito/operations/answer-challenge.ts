import * as z from 'zod';
import { checkAttributes, checkWritable } from '../attributes.ts';
import type { ChallengeStep } from '../challenges.ts';
import { CognitoError, invalid, notAuthorized, wrongCredentials } from '../cognito-error.ts';
import { stepOfCode } from '../one-time-password.ts';
import { type Operation, operation } from '../operation.ts';
import { checkPassword } from '../password-policy.ts';
import { provesPassword } from '../password-proof.ts';
import type { ClientSettings, PoolSettings } from '../pool-settings.ts';
import { type CognitoState, checkSecretHash } from '../state.ts';
import { setPassword, type User } from '../user.ts';
import { afterFirstFactor, afterPassword, signedIn } from './sign-in.ts';

const Answer = z.looseObject({
  ClientId: z.string(),
  ChallengeName: z.string(),
  Session: z.string().nullish(),
  ChallengeResponses: z.record(z.string(), z.string()).default({}),
});

interface Answered {
  state: CognitoState;
  pool: PoolSettings;
  client: ClientSettings;
  responses: Record<string, string>;
}

const respondToAuthChallenge = operation(Answer, (input, state) => answer(input, state));

const adminRespondToAuthChallenge = operation(Answer.extend({ UserPoolId: z.string() }), (input, state) =>
  answer(input, state, input.UserPoolId),
);

async function answer(
  { ClientId, ChallengeName, Session, ChallengeResponses: responses }: z.infer<typeof Answer>,
  state: CognitoState,
  userPoolId?: string,
): Promise<object> {
  const { pool, client } = await state.pools.client(ClientId, userPoolId);
  const session = ChallengeName === 'PASSWORD_VERIFIER' ? responses.PASSWORD_CLAIM_SECRET_BLOCK : Session;
  const { sub, step, ...open } = state.challenges.find(session ?? undefined);
  if (open.clientId !== client.id || step.name !== ChallengeName) throw notAuthorized('Invalid session for the user.');
  const user = state
    .directory(pool.id)
    .all()
    .find((other) => other.sub === sub);
  const answered = { state, pool, client, responses };
  // A proof is good for one try, as is the session of a sign-in of somebody who is not there (any more).
  if (step.name === 'PASSWORD_VERIFIER' || !user) state.challenges.close(session ?? '');
  if (!user) throw wrongCredentials();
  checkSecretHash(client, responses.USERNAME ?? '', responses.SECRET_HASH);
  if (!user.enabled) throw notAuthorized('User is disabled.');
  const next = await take(answered, user, step);
  state.challenges.close(session ?? '');
  return next;
}

async function take(answered: Answered, user: User, step: ChallengeStep): Promise<object> {
  const { state, pool, client, responses } = answered;
  switch (step.name) {
    case 'PASSWORD_VERIFIER': {
      const who = { userPoolId: pool.id, username: user.username };
      const claim = { signature: responses.PASSWORD_CLAIM_SIGNATURE ?? '', timestamp: responses.TIMESTAMP ?? '' };
      if (!user.password || !provesPassword(who, user.password, step.attempt, claim)) throw wrongCredentials();
      return afterPassword(state, pool, client, user);
    }
    case 'NEW_PASSWORD_REQUIRED': {
      const password = responses.NEW_PASSWORD ?? '';
      const given = new Map(
        Object.entries(responses).flatMap(([name, value]) =>
          name.startsWith('userAttributes.') ? [[name.slice('userAttributes.'.length), value] as const] : [],
        ),
      );
      checkWritable(client, given.keys());
      checkAttributes(pool, given, user.attributes);
      checkPassword(password, pool.passwordPolicy);
      setPassword(pool, user, password);
      for (const [name, value] of given) user.attributes.set(name, value);
      user.status = 'CONFIRMED';
      user.modified = state.now();
      return afterFirstFactor(state, pool, client, user);
    }
    case 'SOFTWARE_TOKEN_MFA': {
      takeOneTimeCode(user, responses.SOFTWARE_TOKEN_MFA_CODE ?? '', state.now());
      return signedIn(state, pool, client, user);
    }
    case 'MFA_SETUP':
      if (!step.ready) throw invalid('User has not verified software token mfa');
      return signedIn(state, pool, client, user);
  }
}

/** Takes a code of the user's authenticator app, once. */
function takeOneTimeCode(user: User, code: string, now: number): void {
  const { authenticator } = user;
  const step = authenticator?.secret ? stepOfCode(authenticator.secret, code.trim(), now) : undefined;
  if (!authenticator || step === undefined)
    throw new CognitoError('CodeMismatchException', 'Invalid code received for user');
  if (step <= authenticator.lastStep)
    throw new CognitoError('ExpiredCodeException', 'Your software token has already been used once.');
  authenticator.lastStep = step;
}

export const challengeOperations: Record<string, Operation> = {
  RespondToAuthChallenge: respondToAuthChallenge,
  AdminRespondToAuthChallenge: adminRespondToAuthChallenge,
};
