import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from '../../../src/aws/connect.ts';
import type { Target } from '../../../src/deployment/target.ts';
import { type Moto, motoFor } from '../support/moto.ts';

type AwsTarget = Extract<Target, { kind: 'aws' }>;
const dev: AwsTarget = { kind: 'aws', environment: 'dev', region: 'us-east-2', protected: false };

/** Runs with these AWS variables and no others. */
async function withVariables<T>(variables: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const saved = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
  }
}

describe('connecting', () => {
  let moto: Moto | undefined;
  let directory: string;
  let base: Record<string, string>;

  before(async function () {
    moto = await motoFor(this);
    directory = await mkdtemp(path.join(tmpdir(), 'backdrift-connect-'));
    base = {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_CONFIG_FILE: path.join(directory, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(directory, 'credentials'),
    };
    await writeFile(
      path.join(directory, 'credentials'),
      '[team]\naws_access_key_id = AKIATEAMTEAMTEAMTEAM\naws_secret_access_key = topsecret\n',
    );
    await writeFile(
      path.join(directory, 'config'),
      [
        '[profile gone-sso]',
        'sso_start_url = https://example.invalid/start',
        'sso_region = us-east-1',
        'sso_account_id = 123456789012',
        'sso_role_name = dev',
        '[profile with-mfa]',
        'role_arn = arn:aws:iam::123456789012:role/dev',
        'source_profile = team',
        'mfa_serial = arn:aws:iam::123456789012:mfa/anna',
      ].join('\n'),
    );
  });

  after(async () => {
    await moto?.stop();
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  it('finds credentials in the environment and says who they are, and where calls really go', async () => {
    const variables = { ...base, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    const outcome = await withVariables(variables, () => connect(dev));
    assert.equal(outcome.status, 'connected', JSON.stringify(outcome));
    if (outcome.status !== 'connected') return;
    assert.equal(outcome.connection.identity.account, '123456789012');
    assert.equal(outcome.connection.endpoint, moto?.endpoint);
    outcome.connection.close();
  });

  it('takes the named profile', async () => {
    const calls: string[] = [];
    const outcome = await withVariables(base, () =>
      connect(
        { ...dev, profile: 'team' },
        { onCall: ({ service, operation }) => calls.push(`${service} ${operation}`) },
      ),
    );
    assert.equal(outcome.status, 'connected', JSON.stringify(outcome));
    assert.deepEqual(calls, ['STS GetCallerIdentity']);
    if (outcome.status === 'connected') outcome.connection.close();
  });

  it('refuses another account than the Blueprint allows, naming both', async () => {
    const outcome = await withVariables(base, () => connect({ ...dev, profile: 'team', account: '999999999999' }));
    assert.equal(outcome.status === 'failed' && outcome.problem.code, 'wrong-account');
    const message = outcome.status === 'failed' ? outcome.problem.message : '';
    assert.match(message, /999999999999/);
    assert.match(message, /123456789012/);
  });

  const failing: { name: string; code: string; target: AwsTarget; variables?: Record<string, string> }[] = [
    { name: 'no credentials anywhere', code: 'no-credentials', target: dev },
    { name: 'a profile that is not there', code: 'unknown-profile', target: { ...dev, profile: 'nobody' } },
    { name: 'an SSO session that ended', code: 'expired-credentials', target: { ...dev, profile: 'gone-sso' } },
    { name: 'a profile that wants a code', code: 'mfa-required', target: { ...dev, profile: 'with-mfa' } },
    {
      name: 'an AWS that does not answer',
      code: 'no-answer',
      target: { ...dev, profile: 'team' },
      variables: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    },
  ];
  for (const { name, code, target, variables } of failing) {
    it(`says what to do about ${name}`, async () => {
      const outcome = await withVariables({ ...base, ...variables }, () => connect(target));
      assert.equal(outcome.status, 'failed');
      if (outcome.status !== 'failed') return;
      assert.equal(outcome.problem.code, code, JSON.stringify(outcome.problem));
      assert.notEqual(outcome.problem.hint, undefined);
      assert.ok(!JSON.stringify(outcome).includes('topsecret'));
    });
  }

  it('asks for the code of a multi-factor device', async () => {
    const asked: string[] = [];
    const outcome = await withVariables(base, () =>
      connect(
        { ...dev, profile: 'with-mfa' },
        {
          mfaCode: async (serial) => {
            asked.push(serial);
            return '123456';
          },
        },
      ),
    );
    assert.deepEqual(asked, ['arn:aws:iam::123456789012:mfa/anna']);
    if (outcome.status === 'connected') outcome.connection.close();
  });
});

describe('connecting to the local AWS', () => {
  const local = (endpoint: string): Target => ({ kind: 'local', environment: 'local', region: 'us-east-2', endpoint });
  let server: Server | undefined;

  afterEach(async () => {
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    server = undefined;
  });

  it('refuses an address that is not on this machine', async () => {
    for (const endpoint of [
      'http://10.0.0.1:4577',
      'http://127.0.0.1.example.com',
      'http://localhost.example.com',
      'ftp://127.0.0.1',
      'http://me:pw@127.0.0.1',
      'nonsense',
    ]) {
      const outcome = await connect(local(endpoint));
      assert.equal(outcome.status === 'failed' && outcome.problem.code, 'not-loopback', endpoint);
    }
  });

  it('says to start it where nothing answers', async () => {
    const outcome = await connect(local('http://127.0.0.1:9'));
    assert.equal(outcome.status === 'failed' && outcome.problem.code, 'local-aws-not-running');
    assert.match(outcome.status === 'failed' ? (outcome.problem.hint ?? '') : '', /Start the local AWS/);
  });

  it('does not take another program for it', async () => {
    server = createServer((_request, response) => response.writeHead(404).end());
    const port = await new Promise<number>((resolve) =>
      server?.listen(0, '127.0.0.1', () => {
        const address = server?.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    const outcome = await connect(local(`http://127.0.0.1:${port}`));
    assert.equal(outcome.status === 'failed' && outcome.problem.code, 'not-a-local-aws');
  });
});
