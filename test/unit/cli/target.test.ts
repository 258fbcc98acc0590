import assert from 'node:assert/strict';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { chooseTarget, targetWords } from '../../../src/cli/target.ts';
import { isLoopback } from '../../../src/deployment/target.ts';

const { blueprint } = parseBlueprint(`project: { name: Shop }
region: us-west-2
environments: { dev: {}, prod: { region: us-east-1, account: "123456789012", protected: true } }
`);

function choose(wish: Parameters<typeof chooseTarget>[1], variables: Record<string, string> = {}) {
  if (blueprint === undefined) throw new Error('not sound');
  return chooseTarget(blueprint, wish, variables);
}

describe('choosing where to deploy to', () => {
  it('takes the first environment of the Blueprint', () => {
    assert.deepEqual(choose({}), {
      status: 'chosen',
      target: { kind: 'aws', environment: 'dev', region: 'us-west-2', protected: false },
    });
  });

  it('takes region, account and protection from the environment, the profile from the option', () => {
    assert.deepEqual(choose({ environment: 'prod', profile: 'work' }), {
      status: 'chosen',
      target: {
        kind: 'aws',
        environment: 'prod',
        region: 'us-east-1',
        account: '123456789012',
        protected: true,
        profile: 'work',
      },
    });
  });

  it('never takes a profile to the local AWS, and no address that is not on this machine', () => {
    const local = (endpoint: string) => ({
      status: 'chosen',
      target: { kind: 'local', environment: 'local', region: 'us-west-2', endpoint },
    });
    const wish = { environment: 'local', profile: 'work' };
    assert.deepEqual(choose(wish), local('http://127.0.0.1:4577'));
    assert.deepEqual(choose(wish, { AWS_ENDPOINT_URL: 'http://localhost:5000' }), local('http://localhost:5000'));
    assert.deepEqual(choose(wish, { AWS_ENDPOINT_URL: 'https://aws.example.com' }), local('http://127.0.0.1:4577'));
  });

  it('does not take a name that only looks like an environment', () => {
    for (const environment of ['constructor', '__proto__', 'Dev', '']) {
      assert.equal(choose({ environment }).status, 'unknown', environment);
    }
  });

  it('says in words what must not be confused', () => {
    const dev = choose({});
    if (dev.status !== 'chosen') throw new Error('not chosen');
    assert.equal(targetWords(dev.target, '1', undefined), 'us-west-2, account 1');
    assert.match(targetWords(dev.target, '1', 'http://127.0.0.1:5000'), /NOT at AWS/);
    const local = choose({ environment: 'local' });
    if (local.status !== 'chosen') throw new Error('not chosen');
    assert.match(targetWords(local.target, '1', 'http://127.0.0.1:4577'), /^the local AWS/);
  });
});

describe('isLoopback', () => {
  it('trusts this machine in every spelling, and nothing else', () => {
    for (const endpoint of [
      'http://127.0.0.1',
      'http://127.1:4577',
      'https://localhost:1',
      'http://[::1]:80',
      'http://0x7f000001/',
    ]) {
      assert.equal(isLoopback(endpoint), true, endpoint);
    }
    for (const endpoint of [
      'http://128.0.0.1',
      'http://localhost.evil.com',
      'http://127.0.0.1.nip.io',
      'http://user@127.0.0.1',
      'file:///127.0.0.1',
      'http://0.0.0.0',
      'http://[::ffff:8.8.8.8]',
      '127.0.0.1:4577',
      '',
    ]) {
      assert.equal(isLoopback(endpoint), false, endpoint);
    }
  });
});
