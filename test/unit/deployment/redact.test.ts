import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redact } from '../../../src/deployment/redact.ts';

const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const token = 'IQoJb3JpZ2luX2VjEXAMPLETOKEN+with/slashes==';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

describe('redaction', () => {
  for (const [what, text, secret] of [
    ['a secret key in a credentials file', `aws_secret_access_key = ${secretKey}`, secretKey],
    ['a secret key in JSON', `{"SecretAccessKey":"${secretKey}","Region":"us-east-2"}`, secretKey],
    ['a session token in an environment', `AWS_SESSION_TOKEN=${token} next`, token],
    [
      'a signed URL',
      `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=A&X-Amz-Signature=abcdef0123456789&X-Amz-Security-Token=${token}`,
      'abcdef0123456789',
    ],
    ['the token of a signed URL', `https://b.s3.amazonaws.com/k?X-Amz-Security-Token=${token}&x=1`, 'EXAMPLETOKEN'],
    ['a bearer header', `Authorization: Bearer ${jwt}`, jwt],
    ['a bare web token', `got ${jwt} back`, jwt],
    [
      'a signature header',
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-2, Signature=deadbeefdeadbeef',
      'deadbeefdeadbeef',
    ],
    ['a password in JSON', '{"username":"a","password":"hunter22"}', 'hunter22'],
    ['an access key id', 'key AKIAIOSFODNN7EXAMPLE used', 'AKIAIOSFODNN7EX'],
    ['a password with spaces', '{"password":"hunter 22, and more"}', 'and more'],
    ['a password in JSON in JSON', '{"body":"{\\"password\\":\\"hunter22\\"}"}', 'hunter22'],
    ['a password in a variable', 'DB_PASSWORD=hunter22', 'hunter22'],
    ['a header of a temporary credential', `x-amz-security-token: ${token}`, 'EXAMPLETOKEN'],
    ['a bare session token', `The canonical string was ${token}`, 'EXAMPLETOKEN'],
    ['an API key', 'x-api-key: abcdef0123456789', 'abcdef0123456789'],
    ['a client secret', 'clientSecret="s3cr3t-value"', 's3cr3t-value'],
    ['a password in an address', 'connect to postgres://admin:hunter22@db.example:5432/x failed', 'hunter22'],
    ['a private key that is cut off', '-----BEGIN PRIVATE KEY-----\nMIIabc', 'MIIabc'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', 'MIIabc'],
  ] as const) {
    it(`takes out ${what}`, () => {
      const redacted = redact(text);
      assert.ok(!redacted.includes(secret), redacted);
      assert.match(redacted, /\[redacted\]/);
    });
  }

  it('leaves what is around a secret', () => {
    assert.equal(
      redact('{"SecretAccessKey":"abc","Region":"us-east-2"}'),
      '{"SecretAccessKey":"[redacted]","Region":"us-east-2"}',
    );
  });

  for (const text of [
    'CREATE_COMPLETE backdrift-shop-dev-lambda',
    'arn:aws:iam::111122223333:role/backdrift-shop-dev',
    'GET http://127.0.0.1:4577/_api/abc/live/health: 200 OK',
    'password policy: 12 characters',
    'http://127.0.0.1:4577/a@b and https://example.com:8443/x:y@z',
    'The profile default asks for a token.',
  ]) {
    it(`leaves ${text}`, () => assert.equal(redact(text), text));
  }

  it('takes out a secret key wherever it stands, and is done after one go', () => {
    const key = fc.string({ unit: fc.constantFrom(...'abcdefABCDEF0123456789/+'), minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(fc.string(), key, fc.string(), (before, secret, after) => {
        const redacted = redact(`${before} secret_access_key=${secret} ${after}`);
        assert.ok(!redacted.includes(secret));
        assert.equal(redact(redacted), redacted);
      }),
      { numRuns: 500 },
    );
  });

  it('takes its time with a long line of nothing, but not long', function () {
    this.timeout(2_000);
    redact(`${'a'.repeat(200_000)} ${'X-Amz-'.repeat(20_000)}`);
    redact('password="'.repeat(20_000));
    redact('-----BEGIN PRIVATE KEY-----'.repeat(20_000));
    redact('a://'.repeat(50_000));
    redact(`a://${'b:'.repeat(50_000)}`);
  });
});
