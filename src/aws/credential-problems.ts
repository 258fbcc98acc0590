import type { Failure } from '../deployment/ports.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { errorCode, errorMessage } from './failures.ts';

type AwsTarget = { environment: string; profile?: string };

/** Why no credentials could be had. Their providers throw errors that differ by wording only. */
export function credentialProblem(error: unknown, target: AwsTarget): DeploymentProblem {
  const cause = errorMessage(error);
  const named = target.profile === undefined ? '' : ` ${target.profile}`;
  if (/multi-factor authentication/i.test(cause)) {
    return {
      code: 'mfa-required',
      message: `The profile${named} asks for the code of a multi-factor device, which was not given.`,
      hint: 'Deploy from VS Code, which asks for it, or sign in with a session first (aws sso login, aws sts get-session-token).',
      cause,
    };
  }
  if (/sso|login session|token.*(expired|not found|invalid)|expired/i.test(cause)) {
    return {
      code: 'expired-credentials',
      message: 'You are signed out of AWS: the session has expired.',
      hint: target.profile === undefined ? 'Run: aws sso login' : `Run: aws sso login --profile ${target.profile}`,
      cause,
    };
  }
  if (target.profile !== undefined) {
    return {
      code: 'unknown-profile',
      message: `The profile${named} gives no credentials.`,
      hint: `Set it up with: aws configure --profile ${target.profile}. Or choose another profile.`,
      cause,
    };
  }
  return {
    code: 'no-credentials',
    message: 'No AWS credentials were found on this machine.',
    hint: 'Run aws configure or aws sso login, or choose a profile. To try without an account, deploy to the environment local.',
    cause: `${errorCode(error)}: ${cause}`,
  };
}

/** Why credentials that exist do not lead to an identity. */
export function identityProblem(failure: Failure, target: AwsTarget, endpoint: string | undefined): DeploymentProblem {
  const cause = `${failure.code}: ${failure.message}`;
  switch (failure.status) {
    case 'unauthenticated':
      if (failure.code === 'CredentialsProviderError') return credentialProblem(new Error(failure.message), target);
      return /expired/i.test(failure.code)
        ? {
            code: 'expired-credentials',
            message: 'The AWS credentials have expired.',
            hint: 'Sign in again (aws sso login), or renew the temporary credentials, then try again.',
            cause,
          }
        : {
            code: 'invalid-credentials',
            message: 'AWS does not accept the credentials.',
            hint: 'Check the access key of the profile, and the clock of this machine.',
            cause,
          };
    case 'unreachable':
      return {
        code: 'no-answer',
        message: `${endpoint === undefined ? 'AWS' : endpoint} does not answer.`,
        hint:
          endpoint === undefined
            ? 'Check the network connection and any proxy.'
            : 'AWS_ENDPOINT_URL points there; unset it to reach AWS itself.',
        cause,
      };
    case 'throttled':
      return {
        code: 'throttled',
        message: 'AWS turns calls away at the moment.',
        hint: 'Try again in a minute.',
        cause,
      };
    case 'rejected':
      return {
        code: 'access-denied',
        message: 'These credentials may not ask who they belong to.',
        hint: 'Ask whoever administers the account for sts:GetCallerIdentity and the rights that deploying needs.',
        cause,
      };
  }
}
