import assert from 'node:assert/strict';
import { createHash, createHmac, getDiffieHellman, randomBytes } from 'node:crypto';
import { answer, begin } from '../../../examples/task-manager/web/srp.js';

/** A server of our own that keeps a verifier and never sees the password, as Cognito does. */
class SignInServer {
  readonly #verifier: bigint;
  readonly #salt = BigInt(`0x${randomBytes(16).toString('hex')}`);
  readonly #secret = BigInt(`0x${randomBytes(64).toString('hex')}`);
  readonly #block = randomBytes(600);

  constructor(password: string) {
    const identity = createHash('sha256').update(`AbCdEf123user-1:${password}`).digest();
    const x = number(createHash('sha256').update(bytes(this.#salt)).update(identity).digest());
    this.#verifier = power(2n, x);
  }

  get #publicValue(): bigint {
    const multiplier = number(createHash('sha256').update(bytes(prime)).update(bytes(2n)).digest());
    return (multiplier * this.#verifier + power(2n, this.#secret)) % prime;
  }

  challenge() {
    return {
      SALT: this.#salt.toString(16),
      SRP_B: this.#publicValue.toString(16),
      SECRET_BLOCK: this.#block.toString('base64'),
      USER_ID_FOR_SRP: 'user-1',
    };
  }

  accepts(client: bigint, { signature, timestamp }: { signature: string; timestamp: string }): boolean {
    const u = number(createHash('sha256').update(bytes(client)).update(bytes(this.#publicValue)).digest());
    const shared = power((client * power(this.#verifier, u)) % prime, this.#secret);
    const extracted = createHmac('sha256', bytes(u)).update(bytes(shared)).digest();
    const key = createHmac('sha256', extracted).update('Caldera Derived Key\u0001').digest().subarray(0, 16);
    const expected = createHmac('sha256', key)
      .update('AbCdEf123user-1')
      .update(this.#block)
      .update(timestamp)
      .digest('base64');
    return signature === expected;
  }
}

const prime = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);

function number(buffer: Buffer): bigint {
  return BigInt(`0x${buffer.toString('hex')}`);
}

function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % prime;
    if (bit === '1') result = (result * base) % prime;
  }
  return result;
}

const now = new Date('2025-11-03T07:05:09Z');

describe('Signing in to the task manager', () => {
  it('proves the password without sending it', async () => {
    for (let round = 0; round < 8; round++) {
      const server = new SignInServer('Correct-horse-1');
      const start = begin();
      const proof = await answer(start, server.challenge(), 'us-east-2_AbCdEf123', 'Correct-horse-1', now);
      assert.ok(server.accepts(start.publicValue, proof));
    }
  });

  it('proves nothing with another password', async () => {
    const server = new SignInServer('Correct-horse-1');
    const start = begin();
    const proof = await answer(start, server.challenge(), 'us-east-2_AbCdEf123', 'Correct-horse-2', now);
    assert.ok(!server.accepts(start.publicValue, proof));
  });

  it('writes the time as Cognito reads it', async () => {
    const { timestamp } = await answer(begin(), new SignInServer('x').challenge(), 'us-east-2_AbCdEf123', 'x', now);
    assert.equal(timestamp, 'Mon Nov 3 07:05:09 UTC 2025');
  });

  it('takes a block that is no base64, as the local AWS sends it', async () => {
    const challenge = { ...new SignInServer('x').challenge(), SECRET_BLOCK: '0a1b-2c' };
    assert.ok((await answer(begin(), challenge, 'us-east-2_AbCdEf123', 'x', now)).signature.length > 0);
  });

  it('refuses a server that would give the secret away', async () => {
    const challenge = { ...new SignInServer('x').challenge(), SRP_B: '0' };
    await assert.rejects(answer(begin(), challenge, 'us-east-2_AbCdEf123', 'x', now), /cannot be used/);
  });
});
