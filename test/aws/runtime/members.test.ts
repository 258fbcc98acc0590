import assert from 'node:assert/strict';
import { type Bench, startBench } from '../support/bench.ts';
import type { Answered, Asked } from './bench.ts';
import { type Claims, deployMembers, type MemberAction, type MembersBackend } from './members-backend.ts';

const blueprint = `
auth: { roles: [admin, sales, support] }
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities:
  - name: organization
    fields: [{ name: name, required: true }, { name: slug, unique: true }]
api: { resources: [{ entity: organization, operations: [create, get, update, delete] }] }
`;

describe('tenants and their members', function () {
  this.timeout(60_000);
  let bench: Bench | undefined;
  let backend: MembersBackend;
  before(async function () {
    bench = await startBench(this);
    backend = await deployMembers(bench, blueprint);
  });
  afterEach(() => {
    delete backend.before.each;
  });
  after(async () => {
    backend?.stop();
    await bench?.stop();
  });

  let people = 0;
  const address = (): string => `person-${people++}@example.com`;
  const ask = (action: MemberAction, claims: Claims | undefined, asked: Asked = {}): Promise<Answered> =>
    backend.ask(action, { ...asked, ...(claims === undefined ? {} : { claims }) });
  const fails = (action: string) => {
    backend.before.each = (call) => {
      if (call.action === action) throw Object.assign(new Error('no'), { name: 'InternalErrorException' });
    };
  };

  interface Person {
    email: string;
    sub: string;
    /** As a token that is issued now would say. */
    now(): Promise<Claims>;
  }
  async function somebody(email = address()): Promise<Person> {
    const { sub } = await backend.signUp(email);
    return { email, sub, now: () => backend.claims(sub) };
  }
  /** Somebody with a tenant of their own. */
  async function founder(): Promise<Person & { tenant: string }> {
    const person = await somebody();
    const made = await ask('create', await person.now(), { body: { name: `of ${person.email}` } });
    assert.equal(made.status, 201, JSON.stringify([made.body, backend.log.at(-2)]));
    return { ...person, tenant: String(made.body.id) };
  }
  async function invited(by: Person & { tenant: string }, person: Person, role: string): Promise<Answered> {
    return ask('invite', await by.now(), { path: { id: by.tenant }, body: { email: person.email, role } });
  }
  async function member(of: Person & { tenant: string }, role: string): Promise<Person & { tenant: string }> {
    const person = await somebody();
    assert.equal((await invited(of, person, role)).status, 201);
    const joined = await ask('accept', await person.now(), { path: { id: of.tenant } });
    assert.equal(joined.status, 200, JSON.stringify([joined.body, backend.log.at(-2)]));
    return { ...person, tenant: of.tenant };
  }
  async function team(of: Person & { tenant: string }): Promise<Record<string, string>> {
    const page = await ask('list', await of.now(), { path: { id: of.tenant } });
    assert.equal(page.status, 200, JSON.stringify(page.body));
    assert.ok(Array.isArray(page.body.items));
    return Object.fromEntries(page.body.items.map(({ email, role, status }) => [email, `${role} ${status}`]));
  }
  async function groups(person: Person): Promise<string> {
    return String((await person.now())['cognito:groups']);
  }
  const tenantOf = async (person: Person) => (await person.now())['custom:tenant_id'] || undefined;
  async function rowsAbout(sub: string): Promise<Record<string, unknown>[]> {
    const { Items = [] } = await backend.documents.scan({ TableName: backend.membersTable });
    return Items.filter((item) => JSON.stringify(item).includes(sub));
  }

  describe('creating a tenant', () => {
    it('makes the caller its admin, in the table and in the pool, and asks to refresh the tokens', async () => {
      const person = await somebody();
      const answer = await ask('create', await person.now(), { body: { name: 'Acme' } });
      assert.equal(answer.status, 201, JSON.stringify([answer.body, backend.log.at(-2)]));
      assert.equal(answer.headers['x-token-refresh'], 'required');
      assert.match(String(answer.headers['access-control-expose-headers']), /X-Token-Refresh/);
      const claims = await person.now();
      assert.equal(claims['custom:tenant_id'], answer.body.id);
      assert.equal(claims['cognito:groups'], 'admin');
      assert.equal((await ask('get', claims, { id: String(answer.body.id) })).status, 200);
      assert.deepEqual(await team({ ...person, tenant: String(answer.body.id) }), { [person.email]: 'admin active' });
    });

    it('is for people who signed in, and takes neither tenant nor id from the body', async () => {
      assert.equal((await ask('create', undefined, { body: { name: 'x' } })).status, 401);
      const person = await somebody();
      for (const field of ['id', 'organization_id', 'custom:tenant_id', '__proto__']) {
        const answer = await ask('create', await person.now(), { text: `{"name":"x","${field}":"mine"}` });
        assert.equal(answer.status, 400, field);
      }
      assert.equal(await tenantOf(person), undefined);
      assert.deepEqual(await rowsAbout(person.sub), []);
    });

    it('is done once: with a new token and with an old one', async () => {
      const person = await somebody();
      const old = await person.now();
      const made = await ask('create', old, { body: { name: 'One' } });
      assert.equal(made.status, 201);
      assert.equal((await ask('create', old, { body: { name: 'Two' } })).status, 409);
      assert.equal((await ask('create', await person.now(), { body: { name: 'Three' } })).status, 409);
      assert.equal(await tenantOf(person), made.body.id);
    });

    it('of twenty calls at once makes one tenant', async () => {
      const person = await somebody();
      const claims = await person.now();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, number) => ask('create', claims, { body: { name: `Race ${number}` } })),
      );
      const made = answers.filter(({ status }) => status === 201);
      assert.equal(made.length, 1);
      for (const { status, body } of answers) {
        assert.ok([200, 201, 409].includes(status), JSON.stringify(body));
        if (status === 200) assert.equal(body.id, made[0]?.body.id);
      }
      const { Items = [] } = await backend.documents.scan({ TableName: backend.tenantsTable });
      assert.equal(Items.filter(({ name }) => String(name).startsWith('Race')).length, 1);
      assert.deepEqual(await team({ ...person, tenant: String(made[0]?.body.id) }), { [person.email]: 'admin active' });
      assert.equal((await ask('create', claims, { body: { name: 'Again' } })).status, 409);
    });

    for (const action of ['AdminUpdateUserAttributes', 'AdminAddUserToGroup']) {
      it(`is finished by the same call again when ${action} failed`, async () => {
        const person = await somebody();
        const claims = await person.now();
        fails(`cognito-idp:${action}`);
        const broken = await ask('create', claims, { body: { name: 'Broken' } });
        assert.equal(broken.status, 500);
        delete backend.before.each;
        // Nobody is let in by what is there so far.
        assert.equal(await groups(person), '');
        const again = await ask('create', claims, { body: { name: 'Other words' } });
        assert.equal(again.status, 200, JSON.stringify(again.body));
        assert.equal(again.body.name, 'Broken');
        assert.equal(again.headers['x-token-refresh'], 'required');
        assert.equal(await tenantOf(person), again.body.id);
        assert.equal(await groups(person), 'admin');
        assert.equal((await ask('create', claims, { body: { name: 'Third' } })).status, 409);
      });
    }

    it('leaves nothing behind when the row cannot be', async () => {
      const taken = await somebody();
      const body = { name: 'Taken', slug: `slug-${taken.sub}` };
      assert.equal((await ask('create', await taken.now(), { body })).status, 201);
      const other = await somebody();
      const answer = await ask('create', await other.now(), { body });
      assert.deepEqual(
        [answer.status, answer.body.errors],
        [409, [{ field: 'slug', message: 'is taken by another organization' }]],
      );
      assert.deepEqual(await rowsAbout(other.sub), []);
      assert.equal((await ask('create', await other.now(), { body: { name: 'Free' } })).status, 201);
    });
  });

  describe('the list of members', () => {
    it('is for members of the tenant in the path', async () => {
      const [own, other] = [await founder(), await founder()];
      const stranger = await somebody();
      for (const action of ['list', 'invite', 'change', 'remove'] as const) {
        const path = { id: own.tenant, user_id: own.sub };
        assert.equal((await ask(action, undefined, { path })).status, 401, action);
        assert.equal((await ask(action, await stranger.now(), { path })).status, 403, action);
        const answer = await ask(action, await other.now(), { path, body: { role: 'admin', email: 'a@example.com' } });
        const missing = await ask(action, await other.now(), {
          path: { ...path, id: 'no-such' },
          body: { role: 'admin' },
        });
        assert.equal(answer.status, 404, action);
        assert.deepEqual(answer.body, missing.body, 'another tenant looks like none');
      }
    });

    it('has pages', async () => {
      const admin = await founder();
      for (let number = 0; number < 5; number++)
        await ask('invite', await admin.now(), {
          path: { id: admin.tenant },
          body: { email: `page-${number}@example.com`, role: 'sales' },
        });
      const seen: unknown[] = [];
      let cursor: unknown;
      do {
        const query = { limit: '2', ...(typeof cursor === 'string' ? { cursor } : {}) };
        const page = await ask('list', await admin.now(), { path: { id: admin.tenant }, query });
        assert.ok(Array.isArray(page.body.items) && page.body.items.length <= 2);
        seen.push(...page.body.items.map(({ email }) => email));
        cursor = page.body.next_cursor;
      } while (cursor !== null);
      assert.equal(new Set(seen).size, 6);
    });

    it('shows no row of ours, and nothing of other tenants', async () => {
      const admin = await founder();
      await founder();
      const page = await ask('list', await admin.now(), { path: { id: admin.tenant } });
      assert.ok(Array.isArray(page.body.items));
      assert.deepEqual(Object.keys(page.body.items[0]).sort(), [
        'created_at',
        'email',
        'organization_id',
        'role',
        'status',
        'updated_at',
        'user_id',
      ]);
      assert.equal(page.body.items.length, 1);
    });
  });

  describe('inviting', () => {
    it('answers the same whoever has the address', async () => {
      const admin = await founder();
      const known = await somebody();
      const elsewhere = await founder();
      const unknown = { email: address(), sub: '', now: admin.now };
      const answers = [];
      for (const person of [known, elsewhere, unknown]) {
        const answer = await invited(admin, person, 'sales');
        const { email, user_id, created_at, updated_at, ...rest } = answer.body;
        assert.equal(email, person.email);
        assert.match(String(user_id), /^invited-[0-9a-f]{40}$/);
        answers.push([answer.status, Object.keys(answer.headers), rest]);
      }
      assert.deepEqual(answers[0], answers[1]);
      assert.deepEqual(answers[0], answers[2]);
      // Nobody is captured by an invitation.
      assert.equal(await tenantOf(known), undefined);
      assert.equal(await tenantOf(elsewhere), elsewhere.tenant);
    });

    it('mails a password where there is no account, and again when asked again', async () => {
      const admin = await founder();
      const email = address();
      const body = { email: email.toUpperCase(), role: 'sales' };
      const first = await ask('invite', await admin.now(), { path: { id: admin.tenant }, body });
      assert.equal(first.status, 201);
      assert.equal(first.body.email, email);
      const again = await ask('invite', await admin.now(), {
        path: { id: admin.tenant },
        body: { ...body, role: 'support' },
      });
      assert.equal(again.status, 200);
      assert.equal(again.body.user_id, first.body.user_id);
      assert.equal(again.body.created_at, first.body.created_at);
      assert.equal((await team(admin))[email], 'support invited');
      const mails = bench?.cognito.mailbox.all().filter(({ to }) => to === email) ?? [];
      assert.deepEqual(
        mails.map(({ kind }) => kind),
        ['invitation', 'invitation'],
      );
      const claims = await backend.claims(email);
      assert.equal(claims['custom:tenant_id'] ?? '', '');
      assert.equal(claims['cognito:groups'], '');
    });

    it('is for admins, by the table and not by the token', async () => {
      const admin = await founder();
      const sales = await member(admin, 'sales');
      const body = { email: address(), role: 'admin' };
      const claims = await sales.now();
      assert.equal((await ask('invite', claims, { path: { id: admin.tenant }, body })).status, 403);
      const boast = { ...claims, 'cognito:groups': 'admin' };
      assert.equal((await ask('invite', boast, { path: { id: admin.tenant }, body })).status, 403);
    });

    it('says field by field what is wrong', async () => {
      const admin = await founder();
      const claims = await admin.now();
      const errorsOf = async (body: unknown) => {
        const answer = await ask('invite', claims, { path: { id: admin.tenant }, body });
        assert.equal(answer.status, 400, JSON.stringify(answer.body));
        assert.ok(Array.isArray(answer.body.errors));
        return answer.body.errors.map(({ field }) => field).sort();
      };
      assert.deepEqual(await errorsOf({}), ['email', 'role']);
      assert.deepEqual(await errorsOf({ email: null, role: 1 }), ['email', 'role']);
      assert.deepEqual(await errorsOf({ email: 'a@example.com', role: 'owner' }), ['role']);
      const more = {
        email: 'a@example.com',
        role: 'sales',
        status: 'active',
        user_id: 'x',
        organization_id: 'y',
        z: 1,
      };
      assert.deepEqual(await errorsOf(more), ['organization_id', 'status', 'user_id', 'z']);
      const wrong = [
        '',
        'a',
        '@',
        'a@b',
        'a b@example.com',
        'a@example.com\n',
        'a@@example.com',
        `${'a'.repeat(250)}@b.cc`,
      ];
      // The Kelvin sign becomes a k in lower case: two addresses must never become one.
      for (const email of [...wrong, '\u212aim@example.com', 'ä@example.com'])
        assert.deepEqual(await errorsOf({ email, role: 'sales' }), ['email'], email);
      for (const text of ['', '[]', '{', 'null', '"x"'])
        assert.equal((await ask('invite', claims, { path: { id: admin.tenant }, text })).status, 400, text);
    });

    it('knows who is a member already', async () => {
      const admin = await founder();
      const sales = await member(admin, 'sales');
      assert.equal((await invited(admin, sales, 'admin')).status, 409);
      assert.equal((await invited(admin, admin, 'sales')).status, 409);
      assert.equal(await groups(sales), 'sales');
    });
  });

  describe('accepting', () => {
    it('is seen by the person, and makes them a member', async () => {
      const admin = await founder();
      const person = await somebody();
      assert.deepEqual((await ask('invitations', await person.now())).body, { items: [], next_cursor: null });
      await invited(admin, person, 'support');
      const mine = await ask('invitations', await person.now());
      assert.ok(Array.isArray(mine.body.items));
      assert.deepEqual(
        mine.body.items.map(({ organization_id, role, status }) => [organization_id, role, status]),
        [[admin.tenant, 'support', 'invited']],
      );
      const joined = await ask('accept', await person.now(), { path: { id: admin.tenant } });
      assert.deepEqual([joined.status, joined.body.user_id, joined.body.status], [200, person.sub, 'active']);
      assert.equal(joined.headers['x-token-refresh'], 'required');
      assert.equal(await tenantOf(person), admin.tenant);
      assert.equal(await groups(person), 'support');
      assert.deepEqual(await team({ ...person, tenant: admin.tenant }), {
        [admin.email]: 'admin active',
        [person.email]: 'support active',
      });
      assert.deepEqual((await ask('invitations', await person.now())).body.items, []);
    });

    it('is for the verified address only, whatever the token says', async () => {
      const admin = await founder();
      const victim = address();
      await ask('invite', await admin.now(), { path: { id: admin.tenant }, body: { email: victim, role: 'admin' } });
      const thief = await somebody();
      const claims = { ...(await thief.now()), email: victim, email_verified: 'true' };
      assert.equal((await ask('accept', claims, { path: { id: admin.tenant } })).status, 404);
      assert.deepEqual((await ask('invitations', claims)).body.items, []);
      const unverified = await somebody();
      await ask('invite', await admin.now(), {
        path: { id: admin.tenant },
        body: { email: unverified.email, role: 'admin' },
      });
      await backend.cognito.adminUpdateUserAttributes({
        UserPoolId: backend.pool.userPoolId,
        Username: unverified.sub,
        UserAttributes: [{ Name: 'email_verified', Value: 'false' }],
      });
      assert.equal((await ask('accept', await unverified.now(), { path: { id: admin.tenant } })).status, 404);
      assert.equal(await tenantOf(unverified), undefined);
    });

    it('looks the same without an invitation and without a tenant', async () => {
      const admin = await founder();
      const claims = await (await somebody()).now();
      const answers = await Promise.all(
        [admin.tenant, 'no-such', '_backdrift#user#x', '', '__proto__', 'x'.repeat(3000)].map((id) =>
          ask('accept', claims, { path: { id } }),
        ),
      );
      for (const answer of answers) assert.deepEqual([answer.status, answer.body], [404, answers[0]?.body]);
      assert.equal((await ask('accept', undefined, { path: { id: admin.tenant } })).status, 401);
    });

    it('needs to leave another tenant first', async () => {
      const [admin, other] = [await founder(), await founder()];
      await member(other, 'admin');
      assert.equal((await invited(admin, other, 'sales')).status, 201);
      assert.equal((await ask('accept', await other.now(), { path: { id: admin.tenant } })).status, 409);
      assert.equal(await tenantOf(other), other.tenant);
      const left = await ask('remove', await other.now(), { path: { id: other.tenant, user_id: other.sub } });
      assert.equal(left.status, 204, JSON.stringify(left.body));
      assert.equal((await ask('accept', await other.now(), { path: { id: admin.tenant } })).status, 200);
      assert.equal(await tenantOf(other), admin.tenant);
      assert.equal(await groups(other), 'sales');
    });

    it('is finished by the same call again', async () => {
      const admin = await founder();
      for (const action of ['AdminUpdateUserAttributes', 'AdminAddUserToGroup', 'AdminListGroupsForUser']) {
        const person = await somebody();
        await invited(admin, person, 'sales');
        const claims = await person.now();
        fails(`cognito-idp:${action}`);
        assert.equal((await ask('accept', claims, { path: { id: admin.tenant } })).status, 500, action);
        delete backend.before.each;
        assert.equal((await ask('accept', claims, { path: { id: admin.tenant } })).status, 200, action);
        assert.equal((await ask('accept', claims, { path: { id: admin.tenant } })).status, 200, 'and once more');
        assert.deepEqual([await tenantOf(person), await groups(person)], [admin.tenant, 'sales']);
      }
    });

    it('of two invitations at once takes one', async () => {
      const [one, two] = [await founder(), await founder()];
      const person = await somebody();
      await invited(one, person, 'admin');
      await invited(two, person, 'admin');
      const claims = await person.now();
      const answers = await Promise.all(
        [one, two].map(({ tenant }) => ask('accept', claims, { path: { id: tenant } })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      const tenant = answers[0]?.status === 200 ? one.tenant : two.tenant;
      assert.equal(await tenantOf(person), tenant);
    });

    it('takes away groups that were left over', async () => {
      const admin = await founder();
      const person = await somebody();
      await backend.cognito.adminAddUserToGroup({
        UserPoolId: backend.pool.userPoolId,
        Username: person.sub,
        GroupName: 'admin',
      });
      await invited(admin, person, 'sales');
      await ask('accept', await person.now(), { path: { id: admin.tenant } });
      assert.equal(await groups(person), 'sales');
    });

    it('is over when the invitation was taken back', async () => {
      const admin = await founder();
      const person = await somebody();
      const invitation = await invited(admin, person, 'sales');
      const path = { id: admin.tenant, user_id: String(invitation.body.user_id) };
      assert.equal((await ask('remove', await admin.now(), { path })).status, 204);
      assert.equal((await ask('remove', await admin.now(), { path })).status, 404);
      assert.equal((await ask('accept', await person.now(), { path: { id: admin.tenant } })).status, 404);
    });

    it('gives the role that the invitation has by now', async () => {
      const admin = await founder();
      const person = await somebody();
      const invitation = await invited(admin, person, 'admin');
      const path = { id: admin.tenant, user_id: String(invitation.body.user_id) };
      assert.equal((await ask('change', await admin.now(), { path, body: { role: 'sales' } })).status, 200);
      await ask('accept', await person.now(), { path: { id: admin.tenant } });
      assert.equal(await groups(person), 'sales');
    });
  });

  describe('changing a role', () => {
    it('is told to the pool, and asked for by admins', async () => {
      const admin = await founder();
      const sales = await member(admin, 'sales');
      const path = { id: admin.tenant, user_id: sales.sub };
      const change = async (by: Person, role: string) => ask('change', await by.now(), { path, body: { role } });
      assert.equal((await change(sales, 'admin')).status, 403);
      const changed = await change(admin, 'admin');
      assert.deepEqual([changed.status, changed.body.role], [200, 'admin']);
      assert.equal(await groups(sales), 'admin');
      assert.equal((await change(sales, 'support')).status, 200, 'an admin may step down while there is another');
      assert.equal(await groups(sales), 'support');
      assert.equal((await change(sales, 'admin')).status, 403);
      assert.equal((await change(admin, 'king')).status, 400);
      assert.equal((await change(admin, 'support')).status, 200, 'the same again is fine');
    });

    it('knows nobody outside', async () => {
      const [admin, other] = [await founder(), await founder()];
      for (const user_id of [other.sub, 'nobody', '_', '__proto__', 'x'.repeat(2000), '%'])
        for (const action of ['change', 'remove'] as const) {
          const answer = await ask(action, await admin.now(), {
            path: { id: admin.tenant, user_id },
            body: { role: 'sales' },
          });
          assert.equal(answer.status, 404, `${action} ${user_id.slice(0, 20)}`);
        }
      assert.equal(await groups(other), 'admin');
    });

    it('leaves one admin at least', async () => {
      const admin = await founder();
      const path = { id: admin.tenant, user_id: admin.sub };
      assert.equal((await ask('change', await admin.now(), { path, body: { role: 'sales' } })).status, 409);
      assert.equal((await ask('remove', await admin.now(), { path })).status, 409);
      const second = await member(admin, 'admin');
      assert.equal((await ask('change', await admin.now(), { path, body: { role: 'sales' } })).status, 200);
      assert.equal(await groups(admin), 'sales');
      const alone = { id: admin.tenant, user_id: second.sub };
      assert.equal((await ask('remove', await second.now(), { path: alone })).status, 409);
    });

    it('of two admins who demote each other leaves one, again and again', async () => {
      for (let round = 0; round < 6; round++) {
        const admin = await founder();
        const second = await member(admin, 'admin');
        const [one, two] = [await admin.now(), await second.now()];
        const body = { role: 'sales' };
        const answers = await Promise.all([
          ask('change', one, { path: { id: admin.tenant, user_id: second.sub }, body }),
          ask(round % 2 === 0 ? 'change' : 'remove', two, { path: { id: admin.tenant, user_id: admin.sub }, body }),
        ]);
        const done = answers.filter(({ status }) => status < 300).length;
        assert.equal(done, 1, JSON.stringify(answers.map(({ status }) => status)));
        const { Items = [] } = await backend.documents.scan({ TableName: backend.membersTable });
        const admins = Items.filter(
          ({ organization_id, role, status }) =>
            organization_id === admin.tenant && role === 'admin' && status === 'active',
        );
        assert.equal(admins.length, 1);
        const inPool = [await groups(admin), await groups(second)].filter((names) => names === 'admin');
        assert.equal(inPool.length, 1, 'the pool says the same');
      }
    });

    it('of two admins who both leave keeps one', async () => {
      for (let round = 0; round < 4; round++) {
        const admin = await founder();
        const second = await member(admin, 'admin');
        const leaving = await Promise.all([admin, second].map(async (person) => [person, await person.now()] as const));
        const answers = await Promise.all(
          leaving.map(([{ sub }, claims]) => ask('remove', claims, { path: { id: admin.tenant, user_id: sub } })),
        );
        assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
      }
    });

    it('of many changes at once leaves pool and table the same', async () => {
      const admin = await founder();
      const person = await member(admin, 'sales');
      const claims = await admin.now();
      const path = { id: admin.tenant, user_id: person.sub };
      const roles = ['admin', 'sales', 'support', 'admin', 'support', 'sales', 'admin', 'support'];
      const answers = await Promise.all(roles.map((role) => ask('change', claims, { path, body: { role } })));
      for (const { status, body } of answers) assert.ok([200, 503].includes(status), JSON.stringify(body));
      const role = (await team(admin))[person.email]?.split(' ')[0];
      assert.equal(await groups(person), role);
    });

    it('is finished by the same call again', async () => {
      const admin = await founder();
      const person = await member(admin, 'admin');
      const path = { id: admin.tenant, user_id: person.sub };
      fails('cognito-idp:AdminRemoveUserFromGroup');
      assert.equal((await ask('change', await admin.now(), { path, body: { role: 'sales' } })).status, 500);
      // Not an admin any more for whoever asks the table, whatever the pool says.
      delete backend.before.each;
      assert.equal((await invited({ ...person, tenant: admin.tenant }, await somebody(), 'sales')).status, 403);
      assert.equal((await ask('change', await admin.now(), { path, body: { role: 'sales' } })).status, 200);
      assert.equal(await groups(person), 'sales');
    });
  });

  describe('removing', () => {
    it('takes tenant, group and sign-in away, and an old token opens nothing here', async () => {
      const admin = await founder();
      const person = await member(admin, 'sales');
      const old = await person.now();
      const path = { id: admin.tenant, user_id: person.sub };
      assert.equal((await ask('remove', await admin.now(), { path })).status, 204);
      assert.deepEqual([await tenantOf(person), await groups(person)], [undefined, '']);
      assert.deepEqual(await rowsAbout(person.sub), []);
      assert.equal((await ask('list', old, { path })).status, 404, 'with the token from before');
      assert.equal((await ask('list', await person.now(), { path })).status, 403, 'with a new one');
      assert.equal((await ask('remove', await admin.now(), { path })).status, 404);
      assert.equal((await ask('create', await person.now(), { body: { name: 'Own' } })).status, 201, 'free to found');
    });

    it('is for admins, and for oneself', async () => {
      const admin = await founder();
      const [one, two] = [await member(admin, 'sales'), await member(admin, 'support')];
      const path = { id: admin.tenant, user_id: two.sub };
      assert.equal((await ask('remove', await one.now(), { path })).status, 403);
      const left = await ask('remove', await two.now(), { path });
      assert.deepEqual([left.status, left.headers['x-token-refresh']], [204, 'required']);
      assert.equal(await tenantOf(two), undefined);
      const unknown = { id: admin.tenant, user_id: 'nobody' };
      assert.equal((await ask('remove', await one.now(), { path: unknown })).status, 403, 'learns nothing');
    });

    it('is finished by the same call again, by the admin or the one who leaves', async () => {
      const admin = await founder();
      const actions = ['ListGroupsForUser', 'RemoveUserFromGroup', 'UpdateUserAttributes', 'UserGlobalSignOut'];
      for (const [position, name] of actions.entries()) {
        const person = await member(admin, 'sales');
        const path = { id: admin.tenant, user_id: person.sub };
        const claims = await person.now();
        fails(`cognito-idp:Admin${name}`);
        assert.equal((await ask('remove', await admin.now(), { path })).status, 500, name);
        delete backend.before.each;
        assert.equal((await team(admin))[person.email], 'sales removing');
        assert.equal(
          (await ask('create', { ...claims, 'custom:tenant_id': '' }, { body: { name: 'Now' } })).status,
          409,
        );
        const again = await ask('remove', position % 2 === 0 ? await admin.now() : claims, { path });
        assert.equal(again.status, 204, JSON.stringify(again.body));
        assert.deepEqual(await rowsAbout(person.sub), []);
        assert.deepEqual([await tenantOf(person), await groups(person)], [undefined, '']);
      }
    });

    it('of somebody whose account is gone works too', async () => {
      const admin = await founder();
      const person = await member(admin, 'sales');
      await backend.cognito.adminDeleteUser({ UserPoolId: backend.pool.userPoolId, Username: person.sub });
      const path = { id: admin.tenant, user_id: person.sub };
      assert.equal((await ask('remove', await admin.now(), { path })).status, 204);
      assert.deepEqual(await rowsAbout(person.sub), []);
    });

    it('against a change of role at the same time never leaves a group behind', async () => {
      for (let round = 0; round < 5; round++) {
        const admin = await founder();
        const person = await member(admin, 'sales');
        const claims = await admin.now();
        const path = { id: admin.tenant, user_id: person.sub };
        const [removed] = await Promise.all([
          ask('remove', claims, { path }),
          ask('change', claims, { path, body: { role: 'admin' } }),
        ]);
        assert.equal(removed?.status, 204, JSON.stringify(removed?.body));
        assert.deepEqual([await tenantOf(person), await groups(person)], [undefined, '']);
        assert.deepEqual(await rowsAbout(person.sub), []);
      }
    });
  });

  describe('deleting a tenant', () => {
    const dissolve = async (by: Person & { tenant: string }) => ask('delete', await by.now(), { id: by.tenant });

    it('takes its only member, its invitations and its name away', async () => {
      const admin = await founder();
      const person = await somebody();
      await invited(admin, person, 'admin');
      const gone = await dissolve(admin);
      assert.deepEqual([gone.status, gone.headers['x-token-refresh']], [204, 'required'], JSON.stringify(gone.body));
      assert.deepEqual([await tenantOf(admin), await groups(admin)], [undefined, '']);
      const { Items = [] } = await backend.documents.scan({ TableName: backend.membersTable });
      assert.deepEqual(
        Items.filter((item) => JSON.stringify(item).includes(admin.tenant)),
        [],
      );
      assert.deepEqual(await rowsAbout(admin.sub), []);
      assert.equal((await ask('accept', await person.now(), { path: { id: admin.tenant } })).status, 404);
      assert.equal((await ask('create', await admin.now(), { body: { name: 'Next' } })).status, 201);
    });

    it('is for an admin who is alone in it', async () => {
      const [admin, other] = [await founder(), await founder()];
      const sales = await member(admin, 'sales');
      assert.equal((await dissolve(sales)).status, 403, 'although the Blueprint lets everybody delete');
      assert.equal((await dissolve(admin)).status, 409);
      assert.equal((await ask('delete', await other.now(), { id: admin.tenant })).status, 404);
      assert.equal((await ask('delete', undefined, { id: admin.tenant })).status, 401);
      await member(admin, 'admin');
      assert.equal((await dissolve(admin)).status, 409);
      // It is open again.
      await member(admin, 'support');
      assert.equal((await ask('get', await admin.now(), { id: admin.tenant })).status, 200);
    });

    it('against somebody who joins at the same time leaves nobody in a tenant that is gone', async () => {
      for (let round = 0; round < 5; round++) {
        const admin = await founder();
        const person = await somebody();
        await invited(admin, person, round % 2 === 0 ? 'sales' : 'admin');
        const [claims, theirs] = [await admin.now(), await person.now()];
        const [deleted, joined] = await Promise.all([
          ask('delete', claims, { id: admin.tenant }),
          ask('accept', theirs, { path: { id: admin.tenant } }),
        ]);
        const outcome = [deleted?.status, joined?.status].join(' ');
        assert.ok(['204 404', '409 200', '409 404'].includes(outcome), outcome);
        assert.equal(await tenantOf(person), joined?.status === 200 ? admin.tenant : undefined);
      }
    });

    it('is finished by the same call again', async () => {
      for (const action of ['AdminRemoveUserFromGroup', 'AdminUpdateUserAttributes']) {
        const admin = await founder();
        const claims = await admin.now();
        fails(`cognito-idp:${action}`);
        assert.equal((await ask('delete', claims, { id: admin.tenant })).status, 500);
        delete backend.before.each;
        assert.equal((await ask('delete', claims, { id: admin.tenant })).status, 204, action);
        assert.equal((await ask('delete', claims, { id: admin.tenant })).status, 404, action);
        assert.deepEqual([await tenantOf(admin), await groups(admin)], [undefined, '']);
        assert.deepEqual(await rowsAbout(admin.sub), []);
      }
    });
  });

  // Last: about everything that was called before.
  describe('all of it', () => {
    it('says nothing of people in the log', () => {
      const lines = JSON.stringify(backend.log);
      assert.ok(backend.log.length > 100);
      assert.doesNotMatch(lines, /@example\.com|person-/);
      assert.doesNotMatch(lines, /[0-9a-f]{8}-[0-9a-f]{4}-/, 'no id of a person or tenant');
    });

    it('has every right that it needs, and no other', () => {
      assert.doesNotMatch(JSON.stringify(backend.log), /AccessDenied|Misconfigured/);
      const unused = [...backend.granted].filter((right) => !backend.used.has(right));
      assert.deepEqual(unused, []);
    });
  });
});
