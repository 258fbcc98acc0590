import assert from 'node:assert/strict';
import { redact, toFailure } from '../../../src/aws/failures.ts';

/** An error as the SDK throws it. */
function sdkError(name: string, httpStatusCode: number | undefined, message = 'what the service said'): Error {
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, { $metadata: { httpStatusCode } });
}

describe('what an error of the SDK means', () => {
  const cases: [string, number | undefined, string][] = [
    ['Throttling', 400, 'throttled'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['SomethingElse', 429, 'throttled'],
    ['ConditionalRequestConflict', 409, 'throttled'],
    ['ServiceUnavailable', 503, 'unreachable'],
    ['InternalFailure', 500, 'unreachable'],
    ['TimeoutError', undefined, 'unreachable'],
    ['ExpiredToken', 400, 'unauthenticated'],
    ['InvalidClientTokenId', 403, 'unauthenticated'],
    ['CredentialsProviderError', undefined, 'unauthenticated'],
    ['AccessDenied', 403, 'rejected'],
    ['ValidationError', 400, 'rejected'],
    // A quota: trying again does not raise it.
    ['LimitExceededException', 400, 'rejected'],
  ];
  for (const [name, status, expected] of cases) {
    it(`${name}${status === undefined ? '' : ` with ${status}`} is ${expected}`, () => {
      const failure = toFailure(sdkError(name, status));
      assert.deepEqual([failure.status, failure.code], [expected, name]);
    });
  }

  it('a connection that is refused is known by the system’s code, also without a message', () => {
    const error = Object.assign(new AggregateError([new Error('a'), new Error('b')]), { code: 'ECONNREFUSED' });
    assert.deepEqual(toFailure(error), { status: 'unreachable', code: 'ECONNREFUSED', message: 'ECONNREFUSED' });
  });

  it('a bug is thrown on', () => {
    assert.throws(() => toFailure(new TypeError('x is undefined')), TypeError);
    assert.throws(() => toFailure('a string'));
  });

  it('does not repeat what was signed', () => {
    const canonical = 'The request signature … x-amz-security-token:FwoGZXIvYXdzEBYaD';
    assert.ok(!toFailure(sdkError('SignatureDoesNotMatch', 403, canonical)).message.includes('FwoG'));
  });
});

describe('redact', () => {
  it('takes keys, signatures and tokens out, and leaves the rest', () => {
    const text =
      'AKIAIOSFODNN7EXAMPLE GET https://x/y?X-Amz-Signature=abc123&X-Amz-Security-Token=tok%2F&z=1 aws_secret_access_key = wJalr "sessionToken":"FwoG"';
    const clean = redact(text);
    for (const secret of ['IOSFODNN7EXAMPLE', 'abc123', 'tok%2F', 'wJalr', 'FwoG'])
      assert.ok(!clean.includes(secret), clean);
    assert.ok(clean.includes('https://x/y?') && clean.includes('z=1'), clean);
  });
});
