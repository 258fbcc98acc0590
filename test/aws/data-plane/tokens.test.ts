import assert from 'node:assert/strict';
import { createHmac, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import * as z from 'zod';
import { type Bench, startBench } from '../support/bench.ts';
import { call, calls, cognitoScheme, deployApi, deployFunction } from '../support/deployed-api.ts';
import { cognitoOf, give, join, type Pool, refresh, type Tokens } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';

const echo = `exports.handler = async (event) => ({
  statusCode: 200, body: JSON.stringify(event.requestContext.authorizer?.claims ?? {}),
});`;

const Claims = z.record(z.string(), z.string());

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (token: string, index: 0 | 1): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());

describe('the authorizer of a deployed API', () => {
  let bench: Bench;
  let address: string;
  let pool: Pool;
  let other: Pool;
  let ann: Tokens;
  let stranger: Tokens;

  before(async function () {
    bench = await startBench(this);
    await deployFunction(bench, 'claims', echo);
    pool = await deployPool(bench, { groups: ['admin', 'member', 'viewer'] });
    other = await deployPool(bench);
    address = await deployApi(bench, {
      components: {
        securitySchemes: {
          Pool: cognitoScheme([pool.userPoolId]),
          Both: cognitoScheme([other.userPoolId, pool.userPoolId]),
          Shaped: cognitoScheme([pool.userPoolId], { identityValidationExpression: 'ey.+' }),
          Gone: cognitoScheme(['us-east-2_Nobody']),
        },
      },
      paths: {
        '/mine': { get: calls('claims', { security: [{ Pool: [] }] }) },
        '/both': { get: calls('claims', { security: [{ Both: [] }] }) },
        '/shaped': { get: calls('claims', { security: [{ Shaped: [] }] }) },
        '/gone': { get: calls('claims', { security: [{ Gone: [] }] }) },
        '/scoped': { get: calls('claims', { security: [{ Pool: ['tasks/read', 'aws.cognito.signin.user.admin'] }] }) },
        '/elsewhere': { get: calls('claims', { security: [{ Pool: ['tasks/read'] }] }) },
      },
    });
    ann = (await join(pool, { email: 'ann@example.org' })).tokens;
    stranger = (await join(other, { email: 'ann@example.org' })).tokens;
  });
  after(() => bench?.stop());

  const ask = (authorization: string | undefined, path = '/mine') =>
    call(`${address}${path}`, authorization === undefined ? {} : { headers: { authorization } });

  async function assertRefused(authorization: string | undefined, why: string, path = '/mine'): Promise<void> {
    const answer = await ask(authorization, path);
    assert.deepEqual([answer.status, answer.json()], [401, { message: 'Unauthorized' }], why);
    assert.equal(answer.headers.get('x-amzn-errortype'), 'UnauthorizedException', why);
  }

  it('lets the ID token of its pool in, and no request without one', async () => {
    const answer = await ask(ann.id);
    assert.equal(answer.status, 200);
    assert.equal(Claims.parse(answer.json()).email, 'ann@example.org');
    await assertRefused(undefined, 'no header');
    await assertRefused('', 'an empty header');
    await assertRefused('Bearer', 'the word alone');
    await assertRefused('Bearer ', 'no token after the word');
    await assertRefused(`Basic ${ann.id}`, 'another scheme');
  });

  it('refuses an access token where the method has no scopes, and an ID token where it has some', async () => {
    await assertRefused(ann.access, 'an access token');
    await assertRefused(ann.id, 'an ID token', '/scoped');
    assert.equal((await ask(ann.access, '/scoped')).status, 200);
    await assertRefused(ann.access, 'none of the scopes', '/elsewhere');
    await assertRefused(ann.refresh, 'a refresh token');
  });

  it('refuses another pool’s token, and takes both where both are its pools', async () => {
    await assertRefused(stranger.id, 'a token of another pool');
    assert.equal((await ask(stranger.id, '/both')).status, 200);
    assert.equal((await ask(ann.id, '/both')).status, 200);
    await assertRefused(ann.id, 'a pool that is not there', '/gone');
  });

  it('refuses whoever names the right issuer with the wrong key', async () => {
    // The other pool's own key signs what this pool would say.
    await assertRefused(await bench.cognito.sign(other.userPoolId, read(ann.id, 1)), 'signed by the other pool');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const kid of [read(ann.id, 0).kid, 'unknown', '../../etc/passwd', undefined]) {
      const signed = `${part({ alg: 'RS256', ...(kid === undefined ? {} : { kid }) })}.${ann.id.split('.')[1]}`;
      const forged = `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
      await assertRefused(forged, `a key of one's own under the id ${kid}`);
    }
  });

  it('refuses the tricks with the algorithm', async () => {
    const [, payload, signature] = ann.id.split('.');
    const { kid } = read(ann.id, 0);
    for (const alg of ['none', 'None', 'NONE', '', 'RS384', 'PS256', 'ES256']) {
      await assertRefused(`${part({ alg, kid })}.${payload}.`, `${alg} without a signature`);
      await assertRefused(`${part({ alg, kid })}.${payload}.${signature}`, `${alg} with the true signature`);
    }
    // The public key, which everybody has, as a secret.
    const { keys } = await bench.cognito.publicKeys(pool.userPoolId);
    const pem = createPublicKey({ key: { ...keys[0] }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const signed = `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${payload}`;
    await assertRefused(`${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`, 'HS256');
    const jwk = { ...keys[0] };
    const header = { alg: 'RS256', kid: 'mine', jwk, jku: `${bench.url}/keys`, x5u: `${bench.url}/keys` };
    await assertRefused(`${part(header)}.${payload}.${signature}`, 'a key that the token brings');
  });

  it('refuses a payload that was changed', async () => {
    const [header, , signature] = ann.id.split('.');
    for (const change of [{ sub: 'somebody' }, { 'custom:tenant_id': 't' }, { 'cognito:groups': ['admin'] }, {}])
      await assertRefused(
        `${header}.${part({ ...read(ann.id, 1), changed: 1, ...change })}.${signature}`,
        JSON.stringify(change),
      );
  });

  it('refuses what is signed but says another issuer, use, or no time', async () => {
    const claims = read(ann.id, 1);
    const sign = (change: Record<string, unknown>) => bench.cognito.sign(pool.userPoolId, { ...claims, ...change });
    assert.equal((await ask(await sign({}))).status, 200, 'as it is');
    for (const change of [
      { iss: 'https://cognito-idp.us-east-2.amazonaws.com/' },
      { iss: `https://cognito-idp.us-east-1.amazonaws.com/${pool.userPoolId}` },
      { iss: `https://evil.example/${pool.userPoolId}` },
      { iss: undefined },
      { token_use: 'access' },
      { token_use: undefined },
      { exp: undefined },
      { exp: 'tomorrow' },
      { exp: null },
      { nbf: Math.floor(Date.now() / 1000) + 3600 },
    ])
      await assertRefused(await sign(change), JSON.stringify(change));
  });

  it('refuses what is no token, of any length', async () => {
    const [header, payload, signature] = ann.id.split('.');
    for (const text of [
      'nonsense',
      '.',
      '..',
      '...',
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${ann.id}.${signature}`,
      `${header}.${part([])}.${signature}`,
      `${header}.${Buffer.from('{').toString('base64url')}.${signature}`,
      `${ann.id},${ann.id}`,
      `Bearer Bearer ${ann.id}`,
      'a'.repeat(8000),
      `${'a.'.repeat(2000)}b`,
    ])
      await assertRefused(text, text.slice(0, 60));
    const long = await ask(`${header}.${'A'.repeat(12_000)}.${signature}`);
    assert.deepEqual([long.status, long.text], [431, 'HTTP header is larger than 10240 bytes.']);
    await assertRefused('xx', 'not of the form that the authorizer asks for', '/shaped');
    assert.equal((await ask(ann.id, '/shaped')).status, 200);
  });

  it('reads groups and tenant from the token of the next sign-in or refresh, in the order of the groups’ weight', async () => {
    const { tokens } = await join(pool, { email: 'bea@example.org', groups: ['viewer'], tenant: 't-1' });
    await give(pool, { email: 'bea@example.org', groups: ['admin', 'member'], tenant: 't-2' });
    const before = Claims.parse((await ask(tokens.id)).json());
    assert.deepEqual([before['cognito:groups'], before['custom:tenant_id']], ['viewer', 't-1']);
    const after = Claims.parse((await ask((await refresh(pool, tokens)).id)).json());
    assert.deepEqual([after['cognito:groups'], after['custom:tenant_id']], ['admin,member,viewer', 't-2']);
    const access = read(tokens.access, 1);
    assert.deepEqual(
      [access['custom:tenant_id'], access.email, access['cognito:groups']],
      [undefined, undefined, ['viewer']],
      'the access token has groups, no attributes',
    );
  });

  it('goes on taking a token that was revoked, as API Gateway does, until it expires', async () => {
    const { tokens } = await join(pool, { email: 'cid@example.org' });
    const cognito = cognitoOf(pool);
    await cognito.globalSignOut({ AccessToken: tokens.access });
    cognito.destroy();
    assert.equal((await ask(tokens.id)).status, 200);
    bench.advance(3_601_000);
    const late = await ask(tokens.id);
    assert.deepEqual([late.status, late.json()], [401, { message: 'The incoming token has expired' }]);
    await assertRefused(`${tokens.id}x`, 'expired, and not sound either: that it has expired is not told');
  });
});
