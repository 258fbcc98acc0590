import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProvider, type InitiateAuthResponse } from '@aws-sdk/client-cognito-identity-provider';
import { answerSrp, beginSrp } from './srp.ts';

/** A user pool and the client that people sign in with. */
export interface Pool {
  /** Of the local AWS. */
  endpoint: string;
  region: string;
  userPoolId: string;
  clientId: string;
}

/** Somebody who uses a deployed backend. Only the email is needed. */
export interface Person {
  /** Their name at the pool. */
  email: string;
  password?: string;
  /** What the backend would have made them: groups of the pool (roles), and the tenant they belong to. */
  groups?: readonly string[];
  tenant?: string;
  /** The pool's own id of them, in the tokens `sub`: known after `signUp`. */
  sub?: string;
}

export interface Tokens {
  /** For the API: `Authorization: <id>`. */
  id: string;
  access: string;
  refresh: string;
}

/** Strong enough for every policy that the tests deploy. */
export const goodPassword = 'Correct-horse-7-battery';

/** The pool that a stack of the layer cognito made. */
export async function poolOfStack(endpoint: string, stackName: string, region = 'us-east-2'): Promise<Pool> {
  const cloudFormation = new CloudFormation({ endpoint, region, credentials });
  try {
    const { Stacks } = await cloudFormation.describeStacks({ StackName: stackName });
    const output = (name: string): string => {
      const value = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
      if (!value) throw new Error(`${stackName} has no output ${name}.`);
      return value;
    };
    return { endpoint, region, userPoolId: output('UserPoolId'), clientId: output('UserPoolClientId') };
  } finally {
    cloudFormation.destroy();
  }
}

/** Makes an account that can sign in, with the groups and the tenant of the person. */
export async function signUp(pool: Pool, person: Person): Promise<Person & { sub: string }> {
  return withCognito(pool, async (cognito) => {
    const Username = person.email;
    const { UserSub: sub } = await cognito.signUp({
      ClientId: pool.clientId,
      Username,
      Password: person.password ?? goodPassword,
      UserAttributes: [{ Name: 'email', Value: person.email }],
    });
    if (!sub) throw new Error(`${person.email} got no account.`);
    await cognito.adminConfirmSignUp({ UserPoolId: pool.userPoolId, Username });
    await giveWith(cognito, pool, person);
    return { ...person, sub };
  });
}

/** Adds a person to their groups and sets their tenant: seen in the tokens of their next sign-in or refresh. */
export async function give(pool: Pool, person: Person): Promise<void> {
  await withCognito(pool, (cognito) => giveWith(cognito, pool, person));
}

async function giveWith(cognito: CognitoIdentityProvider, pool: Pool, person: Person): Promise<void> {
  const who = { UserPoolId: pool.userPoolId, Username: person.email };
  for (const GroupName of person.groups ?? []) await cognito.adminAddUserToGroup({ ...who, GroupName });
  if (person.tenant !== undefined)
    await cognito.adminUpdateUserAttributes({
      ...who,
      UserAttributes: [{ Name: 'custom:tenant_id', Value: person.tenant }],
    });
}

/** Signs in as a browser does: with SRP, so that the password is never sent. */
export async function signIn(pool: Pool, person: Person): Promise<Tokens> {
  return withCognito(pool, async (cognito) => {
    const result = await passwordStep(cognito, pool, person);
    if (!result.AuthenticationResult)
      throw new Error(`${person.email} is asked for ${result.ChallengeName}: this sign-in answers no challenge.`);
    return tokensOf(result);
  });
}

/** A new account that is signed in. */
export async function join(pool: Pool, person: Person): Promise<Person & { sub: string; tokens: Tokens }> {
  const made = await signUp(pool, person);
  return { ...made, tokens: await signIn(pool, made) };
}

/** New tokens with what the person is by now. */
export async function refresh(pool: Pool, tokens: Tokens): Promise<Tokens> {
  return withCognito(pool, async (cognito) =>
    tokensOf(
      await cognito.initiateAuth({
        ClientId: pool.clientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: tokens.refresh },
      }),
      tokens.refresh,
    ),
  );
}

/** The first two steps of a sign-in with SRP, and what the pool says to them: tokens, or the next challenge. */
export async function passwordStep(
  cognito: CognitoIdentityProvider,
  pool: Pool,
  person: Person,
): Promise<InitiateAuthResponse> {
  const start = beginSrp();
  const first = await cognito.initiateAuth({
    ClientId: pool.clientId,
    AuthFlow: 'USER_SRP_AUTH',
    AuthParameters: { USERNAME: person.email, SRP_A: start.publicValue },
  });
  const given = first.ChallengeParameters ?? {};
  const challenge = {
    SALT: given.SALT ?? '',
    SRP_B: given.SRP_B ?? '',
    SECRET_BLOCK: given.SECRET_BLOCK ?? '',
    USER_ID_FOR_SRP: given.USER_ID_FOR_SRP ?? '',
  };
  const { signature, timestamp } = answerSrp(start, challenge, pool.userPoolId, person.password ?? goodPassword);
  return cognito.respondToAuthChallenge({
    ClientId: pool.clientId,
    ChallengeName: 'PASSWORD_VERIFIER',
    Session: first.Session,
    ChallengeResponses: {
      USERNAME: challenge.USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: challenge.SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: signature,
      TIMESTAMP: timestamp,
    },
  });
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A client of the pool's service, for what has no function here; ended by `destroy()`. */
export function cognitoOf(pool: Pick<Pool, 'endpoint' | 'region'>): CognitoIdentityProvider {
  return new CognitoIdentityProvider({ endpoint: pool.endpoint, region: pool.region, credentials, maxAttempts: 1 });
}

async function withCognito<Result>(
  pool: Pool,
  action: (cognito: CognitoIdentityProvider) => Promise<Result>,
): Promise<Result> {
  const cognito = cognitoOf(pool);
  try {
    return await action(cognito);
  } finally {
    cognito.destroy();
  }
}

function tokensOf({ AuthenticationResult }: InitiateAuthResponse, known?: string): Tokens {
  const { IdToken: id, AccessToken: access, RefreshToken = known } = AuthenticationResult ?? {};
  if (!id || !access || !RefreshToken) throw new Error('A sign-in that gave no tokens.');
  return { id, access, refresh: RefreshToken };
}
