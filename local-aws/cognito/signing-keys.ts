import { createSign, generateKeyPair, type KeyObject, randomUUID, verify } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';

export type Claims = Record<string, unknown>;

/** A public key as `/.well-known/jwks.json` gives it. */
export type PublicKey = { kid: string; alg: 'RS256'; use: 'sig'; kty: 'RSA'; n: string; e: string };

interface Pair {
  kid: string;
  secret: KeyObject;
  open: KeyObject;
}

const PublicParts = z.object({ n: z.string(), e: z.string() });
const Payload = z.record(z.string(), z.unknown());

/** A key of its own for each pool, made when it is first needed: a token of one pool is worth nothing at another. */
export class SigningKeys {
  readonly #pairs = new Map<string, Promise<Pair>>();

  async publicKeys(userPoolId: string): Promise<{ keys: PublicKey[] }> {
    const { kid, open } = await this.#pair(userPoolId);
    const { n, e } = PublicParts.parse(open.export({ format: 'jwk' }));
    return { keys: [{ kid, alg: 'RS256', use: 'sig', kty: 'RSA', n, e }] };
  }

  async sign(userPoolId: string, claims: Claims): Promise<string> {
    const { kid, secret } = await this.#pair(userPoolId);
    const signed = `${base64url({ kid, alg: 'RS256' })}.${base64url(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(secret, 'base64url')}`;
  }

  /** The claims of a token that this pool signed; undefined for any other text. Neither time nor use is looked at. */
  async read(userPoolId: string, token: string): Promise<Claims | undefined> {
    const [header, payload, signature, ...more] = token.split('.');
    if (!header || !payload || !signature || more.length > 0) return undefined;
    const { open } = await this.#pair(userPoolId);
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify('RSA-SHA256', signed, open, Buffer.from(signature, 'base64url'))) return undefined;
    return Payload.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  }

  #pair(userPoolId: string): Promise<Pair> {
    const known = this.#pairs.get(userPoolId);
    if (known) return known;
    const made = promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then(({ publicKey, privateKey }) => ({
      kid: randomUUID(),
      secret: privateKey,
      open: publicKey,
    }));
    this.#pairs.set(userPoolId, made);
    return made;
  }
}

/** `https://cognito-idp.us-east-2.amazonaws.com/us-east-2_AbCdEf`: the `iss` of a pool's tokens. */
export function issuerOf(userPoolId: string): string {
  return `https://cognito-idp.${userPoolId.split('_')[0]}.amazonaws.com/${userPoolId}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
