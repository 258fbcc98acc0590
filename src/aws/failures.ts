import type { Failure } from '../deployment/ports.ts';
import { redact } from '../deployment/redact.ts';

/** Error codes of AWS services that mean the same everywhere. Everything else is a refusal with its own code. */
const throttling = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'SlowDown',
  'PriorRequestNotComplete',
  // S3: another conditional write to the same key runs; the answer to sending it again is the true one.
  'ConditionalRequestConflict',
]);

const signedOut = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'InvalidToken',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'AuthFailure',
  'CredentialsProviderError',
  'TokenProviderError',
  'TokenRefreshRequired',
]);

const network = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'TimeoutError',
  'RequestTimeout',
  'AbortError',
]);

/**
 * What an exception of the SDK means. Not for bugs: what is neither an answer of a service nor of the network is
 * thrown on.
 */
export function toFailure(error: unknown): Failure {
  const { code, httpStatus, message } = describe(error);
  if (throttling.has(code) || httpStatus === 429) return { status: 'throttled', code, message };
  // Messages about signatures repeat what was signed, tokens included.
  if (signedOut.has(code)) return { status: 'unauthenticated', code, message: signedOutMessage(code, message) };
  if (network.has(code) || (httpStatus !== undefined && httpStatus >= 500))
    return { status: 'unreachable', code, message };
  if (httpStatus === undefined) throw error;
  return { status: 'rejected', code, message };
}

/** The service's or the system's own code of an error: `ValidationError`, `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  return describe(error).code;
}

export function errorMessage(error: unknown): string {
  return describe(error).message;
}

function describe(error: unknown): { code: string; httpStatus: number | undefined; message: string } {
  if (!(error instanceof Error)) return { code: 'Unknown', httpStatus: undefined, message: redact(String(error)) };
  const metadata = '$metadata' in error && typeof error.$metadata === 'object' ? error.$metadata : undefined;
  const httpStatus =
    metadata && 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
      ? metadata.httpStatusCode
      : undefined;
  // An attempt at several addresses ends in an AggregateError without a message; `code` is the system's.
  const system = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const code = system !== undefined && network.has(system) ? system : error.name;
  return { code, httpStatus, message: redact(error.message === '' ? code : error.message) };
}

function signedOutMessage(code: string, message: string): string {
  if (code === 'RequestTimeTooSkewed' || code === 'RequestExpired') {
    return 'The clock of this machine differs too much from that of AWS.';
  }
  if (code === 'SignatureDoesNotMatch' || code === 'InvalidSignatureException') {
    return 'AWS does not accept the signature: the secret access key is not the one of this access key.';
  }
  return message;
}
