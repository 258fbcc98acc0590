import { CognitoJwtVerifier } from 'aws-jwt-verify';
import type { Jwks } from 'aws-jwt-verify/jwk';
import * as z from 'zod';

/** The public keys of a user pool. */
export type PublicKeys = (userPoolId: string) => Promise<Jwks>;

export type Verdict =
  | { kind: 'valid'; claims: Record<string, unknown> }
  /** Sound in every other way. */
  | { kind: 'expired' }
  | { kind: 'invalid' };

export type TokenUse = 'id' | 'access';

/** Longer than any lifetime: the library reads the machine's clock, and time is looked at here. */
const anyTime = Number.MAX_SAFE_INTEGER;

const Times = z.looseObject({ exp: z.number(), nbf: z.number().optional() });

interface PoolVerifier {
  verifySync(token: string, options: { clientId: null; tokenUse: TokenUse }): unknown;
}

/**
 * Verifies tokens as API Gateway does: signed by a key of the pool, issued by it, for the use that is asked for, and not
 * expired. A token that was revoked stays good until it expires; API Gateway asks nobody.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
 */
export class TokenVerifier {
  readonly #publicKeys: PublicKeys;
  readonly #now: () => number;
  readonly #verifiers = new Map<string, Promise<PoolVerifier>>();

  /** @param now Milliseconds since the epoch. */
  constructor(publicKeys: PublicKeys, now: () => number = Date.now) {
    this.#publicKeys = publicKeys;
    this.#now = now;
  }

  /** Against the pools of an authorizer, by their ARNs. */
  async verify(token: string, poolArns: readonly string[], tokenUse: TokenUse): Promise<Verdict> {
    for (const arn of poolArns) {
      const userPoolId = /^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/([a-z0-9-]+_[A-Za-z0-9]+)$/.exec(
        arn,
      )?.[1];
      const claims = userPoolId && (await this.#claims(token, userPoolId, tokenUse));
      if (claims) return this.#inTime(claims);
    }
    return { kind: 'invalid' };
  }

  /** Undefined where anything but its time is wrong. */
  async #claims(token: string, userPoolId: string, tokenUse: TokenUse): Promise<Record<string, unknown> | undefined> {
    const verifier = await this.#verifier(userPoolId);
    try {
      // Synchronous: it knows the pool's keys and fetches none, whatever `kid` a token names.
      return z.record(z.string(), z.unknown()).parse(verifier.verifySync(token, { clientId: null, tokenUse }));
    } catch {
      // The library throws for every token that is not sound; which reason it was is not for the caller to know.
      return undefined;
    }
  }

  #inTime(claims: Record<string, unknown>): Verdict {
    const times = Times.safeParse(claims);
    const seconds = this.#now() / 1000;
    if (!times.success || (times.data.nbf ?? 0) > seconds) return { kind: 'invalid' };
    return times.data.exp <= seconds ? { kind: 'expired' } : { kind: 'valid', claims };
  }

  #verifier(userPoolId: string): Promise<PoolVerifier> {
    const known = this.#verifiers.get(userPoolId);
    if (known) return known;
    const made = this.#make(userPoolId);
    this.#verifiers.set(userPoolId, made);
    made.catch(() => this.#verifiers.delete(userPoolId));
    return made;
  }

  async #make(userPoolId: string): Promise<PoolVerifier> {
    const verifier = CognitoJwtVerifier.create({ userPoolId, graceSeconds: anyTime });
    // Every client of the pool may call: the pool's signature says that the token is for one of them.
    verifier.cacheJwks(await this.#publicKeys(userPoolId));
    return verifier;
  }
}
