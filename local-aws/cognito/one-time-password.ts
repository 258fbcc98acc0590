import { createHmac, randomBytes } from 'node:crypto';

/** One-time passwords of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds. */
const stepSeconds = 30;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret in base32, as authenticator apps take it. */
export function newSecret(): string {
  return [...randomBytes(32)].map((byte) => alphabet[byte % 32] ?? 'A').join('');
}

/**
 * The time step that a code belongs to, or undefined when it is not one of now: the step before and the step after
 * count as well, for clocks that are off.
 */
export function stepOfCode(secret: string, code: string, millis: number): number | undefined {
  const now = Math.floor(millis / 1000 / stepSeconds);
  return [now, now - 1, now + 1].find((step) => codeOfStep(secret, step) === code);
}

/** The code of a time. */
export function codeAt(secret: string, millis: number): string {
  return codeOfStep(secret, Math.floor(millis / 1000 / stepSeconds));
}

function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
