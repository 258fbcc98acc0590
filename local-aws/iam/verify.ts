import type { IncomingMessage } from 'node:http';
import { queryOf } from '../aws-request.ts';
import { type CredentialStore, isLocalKey, type RoleCredentials } from './credentials.ts';
import type { Refusal } from './refusal.ts';
import { isSignedBy } from './signature.ts';
import { type SignedRequest, signingTime } from './signed-request.ts';

/** How far a request's clock may be off. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const tolerance = 15 * 60_000;
/** The longest that a presigned address may be good for, in seconds. */
const longestExpiry = 604_800;

export const signatureMismatch: Refusal = {
  code: 'SignatureDoesNotMatch',
  message:
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
};

/** Whose request this is; undefined: somebody whose credentials were not made here, which nobody checks. */
export type Identified = { credentials: RoleCredentials } | { refusal: Refusal } | undefined;

/** By the key id and the session token alone, before anything is read of the body. */
export function identify(
  store: CredentialStore,
  { accessKeyId, sessionToken }: Pick<SignedRequest, 'accessKeyId' | 'sessionToken'>,
): Identified {
  const credentials = store.find(accessKeyId);
  if (credentials === undefined) {
    if (!isLocalKey(accessKeyId)) return undefined;
    // Of a local AWS that has ended or was reset: the role may be another by now.
    return {
      refusal: {
        code: 'InvalidKey',
        message: 'The AWS Access Key Id you provided does not exist in our records.',
        details: { AWSAccessKeyId: accessKeyId },
      },
    };
  }
  if (sessionToken !== credentials.sessionToken)
    return { refusal: { code: 'InvalidToken', message: 'The provided token is malformed or otherwise invalid.' } };
  return { credentials };
}

/** What is wrong with the time or the signature of a request; undefined when nothing is. */
export async function signatureProblem(
  credentials: RoleCredentials,
  signed: SignedRequest,
  request: Pick<IncomingMessage, 'headers' | 'url' | 'method'>,
  body: Buffer | undefined,
  now: number,
): Promise<Refusal | undefined> {
  const problem = timeProblem(signed, request, now);
  if (problem !== undefined) return problem;
  if (signed.service === 's3') {
    const unsigned = Object.keys(request.headers).filter(
      (name) => name.startsWith('x-amz-') && !signed.signedHeaders.includes(name) && !harmless.has(name),
    );
    if (unsigned.length > 0)
      return {
        code: 'AccessDenied',
        message: 'There were headers present in the request which were not signed',
        details: { HeadersNotSigned: unsigned.join(', ') },
      };
  }
  return (await isSignedBy(credentials, signed, request, body)) ? undefined : signatureMismatch;
}

/** Headers that change nothing in what is asked. */
const harmless = new Set(['x-amz-user-agent', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token']);

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function timeProblem(signed: SignedRequest, request: Pick<IncomingMessage, 'url'>, now: number): Refusal | undefined {
  const signedAt = signingTime(signed.time);
  if (Number.isNaN(signedAt) || signed.signature === '' || !signed.time.startsWith(signed.date))
    return {
      code: 'MalformedSignature',
      message: "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
    };
  if (signed.style === 'header') {
    if (Math.abs(now - signedAt) <= tolerance) return undefined;
    return {
      code: 'TimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
      details: { RequestTime: signed.time, ServerTime: iso(now), MaxAllowedSkewMilliseconds: String(tolerance) },
    };
  }
  const text = queryOf(request).get('X-Amz-Expires') ?? '';
  const seconds = Number(text);
  const malformed = (message: string): Refusal => ({ code: 'MalformedSignature', message });
  if (text === '' || !Number.isInteger(seconds)) return malformed('X-Amz-Expires should be a number');
  if (seconds < 0) return malformed('X-Amz-Expires must be non-negative');
  if (seconds > longestExpiry)
    return malformed(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${longestExpiry} seconds`,
    );
  if (signedAt - now > tolerance) return { code: 'AccessDenied', message: 'Request is not yet valid' };
  const expires = signedAt + seconds * 1000;
  if (now <= expires) return undefined;
  return {
    code: 'AccessDenied',
    message: 'Request has expired',
    details: { 'X-Amz-Expires': text, Expires: iso(expires), ServerTime: iso(now) },
  };
}

function iso(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
