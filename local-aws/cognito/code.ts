import { randomInt } from 'node:crypto';
import { CognitoError } from './cognito-error.ts';

/** What a code is good for. An attribute's name, for its verification. */
export type CodePurpose = 'sign-up' | 'reset-password' | `attribute:${string}`;

interface Code {
  code: string;
  /** Milliseconds since the epoch. */
  expires: number;
  wrong: number;
}

const hour = 3_600_000;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html#quotas-code-validity */
const validity = (purpose: CodePurpose) => (purpose === 'reset-password' ? hour : 24 * hour);

/** Wrong guesses until a code is of no use any more. Cognito does not publish its number. */
const guesses = 5;

/** The codes that were sent to one user, one for each purpose: a new one takes the old one's place. */
export class Codes {
  readonly #codes = new Map<CodePurpose, Code>();

  /** Six digits. */
  issue(purpose: CodePurpose, now: number): string {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    this.#codes.set(purpose, { code, expires: now + validity(purpose), wrong: 0 });
    return code;
  }

  /** Refuses what is not the code; lets it through until `spend`, so that a refused password does not cost a code. */
  check(purpose: CodePurpose, given: string, now: number): void {
    const known = this.#codes.get(purpose);
    if (!known || known.expires <= now)
      throw new CognitoError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
    if (known.wrong >= guesses)
      throw new CognitoError('LimitExceededException', 'Attempt limit exceeded, please try after some time.');
    if (known.code !== given) {
      known.wrong += 1;
      throw new CognitoError('CodeMismatchException', 'Invalid verification code provided, please try again.');
    }
  }

  spend(purpose: CodePurpose): void {
    this.#codes.delete(purpose);
  }
}
