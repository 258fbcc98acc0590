// Signing in without sending the password: SRP-6a as Cognito speaks it (flow USER_SRP_AUTH).
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html

/** The 3072-bit group of RFC 3526, section 4, with generator 2. */
const prime = BigInt(
  '0x' +
    'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD' +
    'EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED' +
    'EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F' +
    '83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B' +
    'E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510' +
    '15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7' +
    'ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C' +
    'BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF',
);
const generator = 2n;

/** The start of a sign-in: a secret number, and what the server gets to see of it. */
export function begin() {
  const secret = toNumber(crypto.getRandomValues(new Uint8Array(128)));
  return { secret, publicValue: power(generator, secret) };
}

/**
 * Proves to Cognito that we know the password.
 * @param {{ secret: bigint, publicValue: bigint }} start
 * @param {{ SALT: string, SRP_B: string, SECRET_BLOCK: string, USER_ID_FOR_SRP: string }} challenge
 * @param {string} userPoolId `us-east-2_AbCdEf`
 * @param {string} password
 * @param {Date} now
 * @returns {Promise<{ signature: string, timestamp: string }>}
 */
export async function answer(start, challenge, userPoolId, password, now) {
  const pool = userPoolId.slice(userPoolId.indexOf('_') + 1);
  const user = challenge.USER_ID_FOR_SRP;
  const server = BigInt(`0x${challenge.SRP_B}`);
  if (server % prime === 0n) throw new Error('The server sent a value that cannot be used.');

  const multiplier = toNumber(await hash(join(padded(prime), padded(generator))));
  const scramble = toNumber(await hash(join(padded(start.publicValue), padded(server))));
  const identity = await hash(text(`${pool}${user}:${password}`));
  const verifier = toNumber(await hash(join(padded(BigInt(`0x${challenge.SALT}`)), identity)));

  const base = modulo(server - multiplier * power(generator, verifier));
  const shared = power(base, start.secret + scramble * verifier);
  const key = (await sign(await sign(padded(scramble), padded(shared)), text('Caldera Derived Key\u0001'))).slice(
    0,
    16,
  );

  const timestamp = timestampOf(now);
  const message = join(text(pool), text(user), fromBase64(challenge.SECRET_BLOCK), text(timestamp));
  return { signature: toBase64(await sign(key, message)), timestamp };
}

/** `Mon Nov 3 07:05:09 UTC 2025`: English, the day without a zero. */
function timestampOf(/** @type {Date} */ now) {
  const [weekday, day, month, year, time] = now.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

function power(/** @type {bigint} */ base, /** @type {bigint} */ exponent) {
  let result = 1n;
  let factor = modulo(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

function modulo(/** @type {bigint} */ value) {
  return ((value % prime) + prime) % prime;
}

/** Bytes of a number as Java writes them: a leading zero where the first bit is set. */
function padded(/** @type {bigint} */ value) {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  else if (/^[89a-f]/.test(hex)) hex = `00${hex}`;
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function toNumber(/** @type {Uint8Array} */ bytes) {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}

function text(/** @type {string} */ value) {
  return new TextEncoder().encode(value);
}

/** @param {Uint8Array[]} parts */
function join(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function hash(/** @type {Uint8Array<ArrayBuffer>} */ bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

async function sign(/** @type {Uint8Array<ArrayBuffer>} */ secret, /** @type {Uint8Array<ArrayBuffer>} */ message) {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}

/** The local AWS sends an identifier that is no base64; it does not look at the signature either. */
function fromBase64(/** @type {string} */ value) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return text(value);
  return Uint8Array.from(atob(value), (sign) => sign.charCodeAt(0));
}

function toBase64(/** @type {Uint8Array} */ bytes) {
  return btoa(String.fromCharCode(...bytes));
}
