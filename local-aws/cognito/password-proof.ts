import { createHash, createHmac, getDiffieHellman, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The server's half of SRP-6a as Cognito speaks it: a verifier is kept instead of the password, and a client proves that
 * it knows the password without sending it.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export interface PasswordVerifier {
  salt: bigint;
  verifier: bigint;
}

/** The 3072-bit group of RFC 3526, section 4, with generator 2. */
const prime = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const generator = 2n;
const multiplier = number(sha256(bytes(prime), bytes(generator)));

/** Who proves: the pool's id and the user's own id in it. */
export interface Prover {
  userPoolId: string;
  username: string;
}

export function passwordVerifier(
  who: Prover,
  password: string,
  salt = BigInt(`0x${randomBytes(16).toString('hex')}`),
): PasswordVerifier {
  const identity = sha256(`${poolName(who)}${who.username}:${password}`);
  return { salt, verifier: power(generator, number(sha256(bytes(salt), identity))) };
}

/** For sign-ins that do send the password. */
export function isPassword(who: Prover, known: PasswordVerifier, password: string): boolean {
  return passwordVerifier(who, password, known.salt).verifier === known.verifier;
}

/** One attempt: what the server keeps between the two requests, and what the client gets to see. */
export interface ProofAttempt {
  clientValue: bigint;
  secret: bigint;
  serverValue: bigint;
  block: Buffer;
}

/** Undefined: the client's value is one that would give the proof away, or no number. */
export function beginProof(known: PasswordVerifier, srpA: string): ProofAttempt | undefined {
  if (!/^[0-9a-f]{1,1024}$/i.test(srpA)) return undefined;
  const clientValue = BigInt(`0x${srpA}`);
  if (clientValue % prime === 0n) return undefined;
  const secret = number(randomBytes(32));
  const serverValue = (multiplier * known.verifier + power(generator, secret)) % prime;
  return { clientValue, secret, serverValue, block: randomBytes(512) };
}

export function provesPassword(
  who: Prover,
  known: PasswordVerifier,
  attempt: ProofAttempt,
  claim: { signature: string; timestamp: string },
): boolean {
  const scramble = number(sha256(bytes(attempt.clientValue), bytes(attempt.serverValue)));
  const shared = power((attempt.clientValue * power(known.verifier, scramble)) % prime, attempt.secret);
  const extracted = createHmac('sha256', bytes(scramble)).update(bytes(shared)).digest();
  const key = createHmac('sha256', extracted).update('Caldera Derived Key\u0001').digest().subarray(0, 16);
  const expected = createHmac('sha256', key)
    .update(`${poolName(who)}${who.username}`)
    .update(attempt.block)
    .update(claim.timestamp)
    .digest();
  const given = Buffer.from(claim.signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function poolName({ userPoolId }: Prover): string {
  return userPoolId.slice(userPoolId.indexOf('_') + 1);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

/** Bytes of a number as Java writes them: a leading zero where the first bit is set. */
function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

function number(buffer: Buffer): bigint {
  return BigInt(`0x${buffer.toString('hex')}`);
}

function sha256(...parts: (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
