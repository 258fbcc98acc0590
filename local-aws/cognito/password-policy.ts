import { randomInt } from 'node:crypto';
import type { PasswordPolicyType } from '@aws-sdk/client-cognito-identity-provider';
import { CognitoError } from './cognito-error.ts';

/** What Cognito counts as a symbol; a space counts inside a password only. */
const symbols = '^$*.[]{}()?"!@#%&/\\,><\':;|_~`=+-';

/**
 * Refuses a password that the pool's policy does not allow, in the service's words.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
 */
export function checkPassword(password: string, policy: PasswordPolicyType): void {
  const broken =
    // An unset minimum is eight; 256 is the most that Cognito takes.
    password.length < (policy.MinimumLength ?? 8)
      ? 'Password not long enough'
      : password.length > 256
        ? 'Password is too long'
        : policy.RequireUppercase && !/[A-Z]/.test(password)
          ? 'Password must have uppercase characters'
          : policy.RequireLowercase && !/[a-z]/.test(password)
            ? 'Password must have lowercase characters'
            : policy.RequireNumbers && !/[0-9]/.test(password)
              ? 'Password must have numeric characters'
              : policy.RequireSymbols && !hasSymbol(password)
                ? 'Password must have symbol characters'
                : undefined;
  if (broken !== undefined)
    throw new CognitoError('InvalidPasswordException', `Password did not conform with policy: ${broken}`);
}

function hasSymbol(password: string): boolean {
  return [...password].some((sign) => symbols.includes(sign)) || /^.+ .+$/s.test(password);
}

/** A password that every policy takes, for an invitation. */
export function temporaryPassword(policy: PasswordPolicyType): string {
  const kinds = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%+-=_'];
  const signs = kinds.map(pick);
  while (signs.length < Math.max(12, policy.MinimumLength ?? 8)) signs.push(pick(kinds.join('')));
  // The kinds stand in the order above otherwise.
  for (let at = signs.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [signs[at], signs[other]] = [signs[other] ?? '', signs[at] ?? ''];
  }
  return signs.join('');
}

function pick(from: string): string {
  return from[randomInt(from.length)] ?? '';
}
