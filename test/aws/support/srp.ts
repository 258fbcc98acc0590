import { createHash, createHmac, getDiffieHellman, randomBytes } from 'node:crypto';

/**
 * A client's half of SRP-6a as Cognito speaks it (flow USER_SRP_AUTH): the password is proved and never sent.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export interface SrpStart {
  secret: bigint;
  /** What the server gets to see: SRP_A, in hexadecimal. */
  publicValue: string;
}

export interface SrpChallenge {
  SALT: string;
  SRP_B: string;
  SECRET_BLOCK: string;
  USER_ID_FOR_SRP: string;
}

/** The 3072-bit group of RFC 3526, section 4, with generator 2. */
const prime = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const generator = 2n;

export function beginSrp(): SrpStart {
  const secret = number(randomBytes(128));
  return { secret, publicValue: power(generator, secret).toString(16) };
}

/** @param userPoolId `us-east-2_AbCdEf` */
export function answerSrp(
  start: SrpStart,
  challenge: SrpChallenge,
  userPoolId: string,
  password: string,
  now = new Date(),
): { signature: string; timestamp: string } {
  const pool = userPoolId.slice(userPoolId.indexOf('_') + 1);
  const user = challenge.USER_ID_FOR_SRP;
  const server = BigInt(`0x${challenge.SRP_B}`);
  const scramble = number(sha256(bytes(BigInt(`0x${start.publicValue}`)), bytes(server)));
  const exponent = number(sha256(bytes(BigInt(`0x${challenge.SALT}`)), sha256(`${pool}${user}:${password}`)));
  const multiplier = number(sha256(bytes(prime), bytes(generator)));
  const base = modulo(server - multiplier * power(generator, exponent));
  const shared = power(base, start.secret + scramble * exponent);
  const extracted = createHmac('sha256', bytes(scramble)).update(bytes(shared)).digest();
  const key = createHmac('sha256', extracted).update('Caldera Derived Key\u0001').digest().subarray(0, 16);
  const timestamp = timestampOf(now);
  const signature = createHmac('sha256', key)
    .update(`${pool}${user}`)
    .update(Buffer.from(challenge.SECRET_BLOCK, 'base64'))
    .update(timestamp)
    .digest('base64');
  return { signature, timestamp };
}

/** `Mon Nov 3 07:05:09 UTC 2025`: English, the day without a zero. */
function timestampOf(now: Date): string {
  const [weekday, day, month, year, time] = now.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = modulo(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

function modulo(value: bigint): bigint {
  return ((value % prime) + prime) % prime;
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
