import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { notAuthorized, userNotFound } from './cognito-error.ts';
import { type ClientSettings, type PoolSettings, regionOf } from './pool-settings.ts';
import { type Claims, issuerOf, type SigningKeys } from './signing-keys.ts';
import type { User } from './user.ts';

/** One sign-in: what its refresh token is good for, and what its tokens have in common. */
export interface SignIn {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly sub: string;
  /** `origin_jti` of its tokens. */
  readonly origin: string;
  /** Seconds since the epoch: `auth_time`. */
  readonly since: number;
  /** Milliseconds since the epoch, when the refresh token ends. */
  readonly until: number;
  refreshToken: string;
  revoked: boolean;
}

const AccessClaims = z.looseObject({
  sub: z.string(),
  exp: z.number(),
  token_use: z.literal('access'),
  client_id: z.string(),
  origin_jti: z.string(),
});

/** Who has signed in, and the tokens that they get for it. */
export class SignIns {
  readonly #keys: SigningKeys;
  readonly #now: () => number;
  readonly #byRefreshToken = new Map<string, SignIn>();
  readonly #byOrigin = new Map<string, SignIn>();

  constructor(keys: SigningKeys, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  begin(pool: PoolSettings, client: ClientSettings, user: User): SignIn {
    const now = this.#now();
    const signIn: SignIn = {
      userPoolId: pool.id,
      clientId: client.id,
      sub: user.sub,
      origin: randomUUID(),
      since: Math.floor(now / 1000),
      until: now + client.seconds.refresh * 1000,
      refreshToken: randomBytes(384).toString('base64url'),
      revoked: false,
    };
    this.#byRefreshToken.set(signIn.refreshToken, signIn);
    this.#byOrigin.set(signIn.origin, signIn);
    return signIn;
  }

  /** The sign-in that a refresh token belongs to, while the token is good. */
  resume(refreshToken: string, clientId: string): SignIn {
    const signIn = this.#byRefreshToken.get(refreshToken);
    if (!signIn || signIn.clientId !== clientId) throw notAuthorized('Invalid Refresh Token');
    if (signIn.revoked) throw notAuthorized('Refresh Token has been revoked');
    if (signIn.until <= this.#now()) throw notAuthorized('Refresh Token has expired');
    return signIn;
  }

  /** A new refresh token in the old one's place; it ends when the old one would have. */
  rotate(signIn: SignIn): void {
    this.#byRefreshToken.delete(signIn.refreshToken);
    signIn.refreshToken = randomBytes(384).toString('base64url');
    this.#byRefreshToken.set(signIn.refreshToken, signIn);
  }

  /** Undefined: no refresh token of ours. */
  find(refreshToken: string): SignIn | undefined {
    return this.#byRefreshToken.get(refreshToken);
  }

  /** Everywhere at once. */
  endAll(sub: string): void {
    for (const signIn of this.#byOrigin.values()) if (signIn.sub === sub) signIn.revoked = true;
  }

  /** `groups` in the order in which the token names them. */
  async tokens(
    signIn: SignIn,
    who: { client: ClientSettings; user: User; groups: readonly string[] },
  ): Promise<{ IdToken: string; AccessToken: string; ExpiresIn: number; TokenType: 'Bearer' }> {
    const { client, user, groups } = who;
    const now = Math.floor(this.#now() / 1000);
    const common: Claims = {
      sub: user.sub,
      ...(groups.length > 0 && { 'cognito:groups': groups }),
      iss: issuerOf(signIn.userPoolId),
      origin_jti: signIn.origin,
      event_id: randomUUID(),
      auth_time: signIn.since,
      iat: now,
    };
    const id: Claims = {
      ...readableClaims(client, user),
      ...common,
      'cognito:username': user.username,
      aud: client.id,
      token_use: 'id',
      exp: now + client.seconds.id,
      jti: randomUUID(),
    };
    const access: Claims = {
      ...common,
      client_id: client.id,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: user.username,
      exp: now + client.seconds.access,
      jti: randomUUID(),
    };
    return {
      IdToken: await this.#keys.sign(signIn.userPoolId, id),
      AccessToken: await this.#keys.sign(signIn.userPoolId, access),
      ExpiresIn: client.seconds.access,
      TokenType: 'Bearer',
    };
  }

  /** The sign-in that an access token belongs to, for what users do about themselves. */
  async ofAccessToken(token: string): Promise<SignIn> {
    const userPoolId = poolNamedIn(token);
    const claims = userPoolId === undefined ? undefined : await this.#keys.read(userPoolId, token);
    const access = AccessClaims.safeParse(claims);
    if (!access.success) throw notAuthorized('Invalid Access Token');
    if (access.data.exp * 1000 <= this.#now()) throw notAuthorized('Access Token has expired');
    const signIn = this.#byOrigin.get(access.data.origin_jti);
    if (!signIn) throw userNotFound();
    if (signIn.revoked) throw notAuthorized('Access Token has been revoked');
    return signIn;
  }
}

/** The user's attributes that the client may see. The verified marks are booleans, everything else is text. */
function readableClaims(client: ClientSettings, user: User): Claims {
  return Object.fromEntries(
    [...user.attributes]
      .filter(([name]) => client.readable.has(name))
      .map(([name, value]) => [name, name.endsWith('_verified') ? value === 'true' : value]),
  );
}

/** The pool that an unverified token names as its issuer: whose key to try. */
function poolNamedIn(token: string): string | undefined {
  const [, payload] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    const issuer = z.looseObject({ iss: z.string() }).safeParse(claims).data?.iss;
    const userPoolId = issuer?.split('/').at(-1);
    if (userPoolId === undefined) return undefined;
    regionOf(userPoolId);
    return userPoolId;
  } catch {
    // Not a token at all, or one of no pool.
    return undefined;
  }
}
