import { durationSeconds } from '../duration.ts';
import type { Finding } from '../finding.ts';
import type { Check } from './check.ts';

/**
 * Limits of Cognito: CreateUserPoolClient, AccessTokenValidity and IdTokenValidity 5 minutes to 1 day,
 * RefreshTokenValidity 60 minutes to 10 years, and longer than both others.
 */
const bounds = {
  access: { least: '5m', most: '1d' },
  id: { least: '5m', most: '1d' },
  refresh: { least: '1h', most: '3650d' },
} as const;

/** Sign-in settings that the service would refuse. */
export const checkAuth: Check = ({ draft }) => {
  const { auth } = draft;
  if (auth === undefined) return [];
  const findings: Finding[] = [];
  for (const token of ['access', 'id', 'refresh'] as const) {
    const { least, most } = bounds[token];
    const length = durationSeconds(auth.tokens[token]);
    if (length >= durationSeconds(least) && length <= durationSeconds(most)) continue;
    findings.push({
      code: 'out-of-range',
      message: `The ${token} token cannot be valid for ${auth.tokens[token]}.`,
      hint: `Write a duration from ${least} to ${most}.`,
      path: ['auth', 'tokens', token],
    });
  }
  const refresh = durationSeconds(auth.tokens.refresh);
  const longest = Math.max(durationSeconds(auth.tokens.access), durationSeconds(auth.tokens.id));
  if (findings.length === 0 && refresh <= longest) {
    findings.push({
      code: 'out-of-range',
      message: 'The refresh token must outlast the access and id tokens.',
      hint: 'Write a longer `refresh`, or shorter `access` and `id`.',
      path: ['auth', 'tokens', 'refresh'],
    });
  }
  return findings;
};
