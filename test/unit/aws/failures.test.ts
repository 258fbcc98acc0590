import assert from 'node:assert/strict';
import { toFailure } from '../../../src/aws/failures.ts';

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

  it('holds no secret, whatever the service repeats', () => {
    const said =
      'AKIAIOSFODNN7EXAMPLE may not GET https://x/y?X-Amz-Security-Token=tok%2F with secretAccessKey: "wJalr x"';
    const { message } = toFailure(sdkError('AccessDenied', 403, said));
    for (const secret of ['AKIAIOSF', 'tok%2F', 'wJalr']) assert.ok(!message.includes(secret), message);
  });
});
