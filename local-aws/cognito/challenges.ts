import { randomBytes } from 'node:crypto';
import { notAuthorized } from './cognito-error.ts';
import type { ProofAttempt } from './password-proof.ts';

/** What a sign-in waits for. */
export type ChallengeStep =
  | { name: 'PASSWORD_VERIFIER'; attempt: ProofAttempt }
  | { name: 'NEW_PASSWORD_REQUIRED' }
  | { name: 'SOFTWARE_TOKEN_MFA' }
  /** `ready`: the authenticator app was verified. */
  | { name: 'MFA_SETUP'; ready: boolean };

export interface Challenge {
  userPoolId: string;
  clientId: string;
  /** Undefined: nobody has that name, and the caller is not to notice. */
  sub: string | undefined;
  step: ChallengeStep;
  /** Milliseconds since the epoch. */
  until: number;
}

/** Sign-ins under way, by the session that the client sends back. Each session is good for one step. */
export class Challenges {
  readonly #now: () => number;
  readonly #open = new Map<string, Challenge>();

  constructor(now: () => number) {
    this.#now = now;
  }

  open(challenge: Omit<Challenge, 'until'>, seconds: number, session = randomBytes(96).toString('base64url')): string {
    this.#sweep();
    this.#open.set(session, { ...challenge, until: this.#now() + seconds * 1000 });
    return session;
  }

  /** The challenge of a session. It stays open until `close`: a mistyped code may be tried again. */
  find(session: string | undefined): Challenge {
    const challenge = this.#open.get(session ?? '');
    if (!challenge) throw notAuthorized('Invalid session for the user.');
    if (challenge.until <= this.#now()) throw notAuthorized('Invalid session for the user, session is expired.');
    return challenge;
  }

  close(session: string): void {
    this.#open.delete(session);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [session, { until }] of this.#open) if (until + 600_000 <= now) this.#open.delete(session);
  }
}
