import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { type LivingProject, livingProject } from '../support/living-project.ts';
import { localAwsFor } from '../support/local-aws.ts';
import {
  cognitoOf,
  goodPassword,
  type Person,
  type Pool,
  passwordStep,
  poolOfStack,
  refresh,
  signIn,
  type Tokens,
} from '../support/people.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/saas-crm');
const read = (file: string) => readFileSync(path.join(example, file), 'utf8');
const functions = ['functions/score-deal.mjs', 'functions/send-mail.mjs', 'functions/nightly-report.mjs'];
const document = z.looseObject({ region: z.string() }).parse(parse(read('backdrift.yaml')));

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** Somebody who is signed in. */
type User = Person & { sub: string; tokens: Tokens };

/** The example as it is deployed, called over HTTP as its users call it: tokens of the pool, roles enforced. */
describe('two companies in one CRM', function () {
  this.timeout(240_000);
  let local: LocalAws | undefined;
  let project: LivingProject | undefined;
  let pool: Pool;
  let api = '';
  const said: string[] = [];

  before(async function () {
    local = await localAwsFor(this, { log: (line) => said.push(line) });
    project = await livingProject(
      local.url,
      'saas-crm',
      Object.fromEntries(functions.map((file) => [file, read(file)])),
    );
    const { outcome } = await project.deploy({ ...document, region: 'us-east-2' });
    assert.equal(outcome.result, 'succeeded', JSON.stringify(outcome));
    assert.ok(outcome.apiUrl);
    api = `${outcome.apiUrl}/v1`;
    pool = await poolOfStack(local.url, 'backdrift-saas-crm-local-cognito');
  });
  after(async () => {
    await project?.stop();
    await local?.stop();
  });

  async function call(user: User | undefined, method: string, route: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${api}${route}`, {
      method,
      headers: {
        ...(user === undefined ? {} : { authorization: user.tokens.id }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type');
    if (response.status >= 400) assert.equal(type, 'application/problem+json', `${method} ${route} ${text}`);
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      body: z.record(z.string(), z.unknown()).parse(parsed),
    };
  }
  async function answers(status: number, ...asked: Parameters<typeof call>): Promise<Answer> {
    const answer = await call(...asked);
    assert.equal(answer.status, status, JSON.stringify([asked.slice(1), answer.body, ...said.slice(-5)]));
    return answer;
  }
  /** New tokens, where the answer asks for them. */
  async function renewed(user: User, answer: Answer): Promise<User> {
    assert.equal(answer.headers.get('x-token-refresh'), 'required');
    return { ...user, tokens: await refresh(pool, user.tokens) };
  }
  const mailbox = z.object({ mail: z.array(z.object({ to: z.string(), kind: z.string(), code: z.string() })) });
  /** The code or password that was mailed last. */
  async function mailed(to: string, kind: string): Promise<string> {
    const { mail } = mailbox.parse(await (await fetch(`${local?.url}/_local/mail`)).json());
    const found = mail.filter((one) => one.to === to && one.kind === kind).at(-1);
    assert.ok(found, `no ${kind} mail to ${to}`);
    return found.code;
  }
  /** Signs up, proves the address with the code that is mailed, signs in. */
  async function newcomer(email: string): Promise<User> {
    const cognito = cognitoOf(pool);
    try {
      const { UserSub: sub = '' } = await cognito.signUp({
        ClientId: pool.clientId,
        Username: email,
        Password: goodPassword,
        UserAttributes: [{ Name: 'email', Value: email }],
      });
      const ConfirmationCode = await mailed(email, 'sign-up');
      await cognito.confirmSignUp({ ClientId: pool.clientId, Username: email, ConfirmationCode });
      return { email, sub, tokens: await signIn(pool, { email }) };
    } finally {
      cognito.destroy();
    }
  }
  const items = ({ body }: Answer) => z.array(z.record(z.string(), z.unknown())).parse(body.items);

  let anna: User;
  let berta: User;
  let carl: User;
  let acme = '';
  let globex = '';

  it('are founded by their first people', async () => {
    [anna, berta, carl] = [
      await newcomer('anna@acme.example'),
      await newcomer('berta@globex.example'),
      await newcomer('carl@mail.example'),
    ];
    await answers(401, undefined, 'POST', '/organizations', { name: 'Nobody' });
    await answers(403, anna, 'POST', '/companies', { name: 'Too early' });
    const made = await answers(201, anna, 'POST', '/organizations', { name: 'Acme' });
    anna = await renewed(anna, made);
    acme = String(made.body.id);
    const other = await answers(201, berta, 'POST', '/organizations', { name: 'Globex' });
    berta = await renewed(berta, other);
    globex = String(other.body.id);
    await answers(409, anna, 'POST', '/organizations', { name: 'Second' });
    await answers(200, anna, 'PATCH', `/organizations/${acme}`, { name: 'Acme Inc' });
    await answers(404, anna, 'GET', `/organizations/${globex}`);
    await answers(404, anna, 'PATCH', `/organizations/${globex}`, { name: 'Mine' });
    await answers(201, anna, 'POST', '/companies', { name: 'Customer of Acme' });
  });

  it('cannot be entered by writing one’s own tenant', async () => {
    const cognito = cognitoOf(pool);
    try {
      for (const UserAttributes of [
        [{ Name: 'custom:tenant_id', Value: acme }],
        [
          { Name: 'name', Value: 'Carl' },
          { Name: 'custom:tenant_id', Value: acme },
        ],
      ])
        await assert.rejects(
          cognito.updateUserAttributes({ AccessToken: carl.tokens.access, UserAttributes }),
          (error: unknown) => error instanceof Error && error.name === 'NotAuthorizedException',
        );
      await assert.rejects(
        cognito.signUp({
          ClientId: pool.clientId,
          Username: 'mallory@mail.example',
          Password: goodPassword,
          UserAttributes: [
            { Name: 'email', Value: 'mallory@mail.example' },
            { Name: 'custom:tenant_id', Value: acme },
          ],
        }),
        (error: unknown) => error instanceof Error && error.name === 'NotAuthorizedException',
      );
    } finally {
      cognito.destroy();
    }
    const again = { ...carl, tokens: await refresh(pool, carl.tokens) };
    await answers(403, again, 'GET', `/organizations/${acme}`);
    await answers(403, again, 'GET', `/organizations/${acme}/members`);
  });

  it('invite, whoever has the address', async () => {
    await answers(404, berta, 'POST', `/organizations/${acme}/members`, { email: 'x@y.example', role: 'sales' });
    await answers(400, anna, 'POST', `/organizations/${acme}/members`, { email: 'nonsense', role: 'sales' });
    for (const email of [carl.email, berta.email, 'dora@new.example'])
      await answers(201, anna, 'POST', `/organizations/${acme}/members`, { email, role: 'sales' });
    const listed = await answers(200, anna, 'GET', `/organizations/${acme}/members`);
    assert.deepEqual(
      items(listed)
        .map(({ email, role, status }) => `${email} ${role} ${status}`)
        .sort(),
      [
        'anna@acme.example admin active',
        'berta@globex.example sales invited',
        'carl@mail.example sales invited',
        'dora@new.example sales invited',
      ],
    );
    await answers(409, berta, 'POST', `/organizations/${acme}/members/accept`);
    await answers(200, berta, 'GET', `/organizations/${globex}`);
  });

  it('are joined by who accepts', async () => {
    const mine = await answers(200, carl, 'GET', '/organizations/invitations');
    assert.deepEqual(
      items(mine).map(({ organization_id }) => organization_id),
      [acme],
    );
    await answers(404, carl, 'POST', '/organizations/nothing/members/accept');
    await answers(404, carl, 'POST', `/organizations/${globex}/members/accept`);
    const accepted = await answers(200, carl, 'POST', `/organizations/${acme}/members/accept`);
    carl = await renewed(carl, accepted);
    const seen = await answers(200, carl, 'GET', '/companies');
    assert.deepEqual(
      items(seen).map(({ name }) => name),
      ['Customer of Acme'],
    );
    await answers(200, carl, 'GET', '/deals');
    await answers(403, carl, 'PATCH', `/organizations/${acme}`, { name: 'Carl’s' });
    await answers(403, carl, 'POST', `/organizations/${acme}/members`, { email: 'e@f.example', role: 'admin' });
  });

  it('are joined by somebody who had no account, with the password from the mail', async () => {
    const email = 'dora@new.example';
    const password = await mailed(email, 'invitation');
    const cognito = cognitoOf(pool);
    try {
      const { ChallengeName, Session } = await passwordStep(cognito, pool, { email, password });
      assert.equal(ChallengeName, 'NEW_PASSWORD_REQUIRED');
      await cognito.respondToAuthChallenge({
        ClientId: pool.clientId,
        ChallengeName,
        Session,
        ChallengeResponses: { USERNAME: email, NEW_PASSWORD: goodPassword },
      });
    } finally {
      cognito.destroy();
    }
    let dora: User = { email, sub: '', tokens: await signIn(pool, { email }) };
    const accepted = await answers(200, dora, 'POST', `/organizations/${acme}/members/accept`);
    dora = await renewed(dora, accepted);
    await answers(200, dora, 'GET', '/deals');
    const left = await answers(204, dora, 'DELETE', `/organizations/${acme}/members/${accepted.body.user_id}`);
    assert.equal(left.headers.get('x-token-refresh'), 'required');
  });

  it('give and take roles', async () => {
    const member = `/organizations/${acme}/members/${carl.sub}`;
    await answers(403, carl, 'PATCH', member, { role: 'admin' });
    await answers(400, anna, 'PATCH', member, { role: 'emperor' });
    await answers(404, berta, 'PATCH', member, { role: 'admin' });
    await answers(409, anna, 'PATCH', `/organizations/${acme}/members/${anna.sub}`, { role: 'sales' });
    await answers(200, anna, 'PATCH', member, { role: 'support' });
    carl = { ...carl, tokens: await refresh(pool, carl.tokens) };
    await answers(403, carl, 'GET', '/deals');
    await answers(200, anna, 'PATCH', member, { role: 'admin' });
    carl = { ...carl, tokens: await refresh(pool, carl.tokens) };
    await answers(200, carl, 'PATCH', `/organizations/${acme}`, { name: 'Acme & Carl' });
  });

  it('let nobody in who was removed', async () => {
    await answers(204, anna, 'DELETE', `/organizations/${acme}/members/${carl.sub}`);
    // The token from before is good until it expires, except where members are managed.
    await answers(404, carl, 'GET', `/organizations/${acme}/members`);
    await assert.rejects(refresh(pool, carl.tokens), 'the refresh token is taken back');
    carl = { ...carl, tokens: await signIn(pool, carl) };
    await answers(403, carl, 'GET', '/companies');
    await answers(403, carl, 'GET', `/organizations/${acme}`);
    await answers(403, carl, 'GET', `/organizations/${acme}/members`);
    await answers(404, carl, 'POST', `/organizations/${acme}/members/accept`);
    await answers(201, carl, 'POST', '/organizations', { name: 'Carl’s own' });
  });

  it('needed no right that a role lacks', async () => {
    const { denials } = z
      .object({ denials: z.array(z.unknown()) })
      .parse(await (await fetch(`${local?.url}/_local/denials`)).json());
    assert.deepEqual(denials, []);
  });
});
