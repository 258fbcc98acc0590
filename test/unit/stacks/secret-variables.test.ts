import assert from 'node:assert/strict';
import { secretProblems } from '../../../src/stacks/secret-variables.ts';

describe('environment variables that look like secrets', () => {
  for (const [name, value] of [
    ['DB_PASSWORD', 'hunter22'],
    ['STRIPE_SECRET', 'x'],
    ['apiKey', 'abcdef'],
    ['API_KEY', 'abcdef'],
    ['GITHUB_TOKEN', 'x'],
    ['KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
    ['PEM', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
    ['STRIPE', 'sk_live_abcdefghijklmnop'],
    ['DATABASE_URL', 'postgres://admin:hunter22@db.example/x'],
  ] as const) {
    it(`warns of ${name}: ${value.slice(0, 20)}, without repeating it`, () => {
      const [problem, ...others] = secretProblems({ [name]: value }, ['functions', 0, 'environment']);
      assert.deepEqual(others, []);
      assert.equal(problem?.code, 'secret-in-environment');
      assert.equal(problem.severity, 'warning');
      assert.deepEqual(problem.path, ['functions', 0, 'environment', name]);
      if (value.length > 1) assert.ok(!JSON.stringify({ ...problem, path: [] }).includes(value));
    });
  }

  it('lets pass what only speaks of a secret', () => {
    const environment = {
      DB_PASSWORD: '/shop/dev/db-password',
      API_KEY: 'arn:aws:secretsmanager:us-east-2:123456789012:secret:x',
      TOKEN: '{{resolve:secretsmanager:x}}',
      TOKEN_URL: 'https://login.example/token',
      SECRET_NAME: 'shop-key',
      PASSWORD_MIN_LENGTH: '12',
      SENDER: 'hello@example.com',
      PRIMARY_KEY: 'id',
      KEYBOARD: 'us',
      PASSWORD: '',
      SITE: 'https://shop.example:8443/a:b@c',
    };
    assert.deepEqual(secretProblems(environment, []), []);
  });
});
