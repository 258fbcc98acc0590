import assert from 'node:assert/strict';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { give, refresh } from '../support/people.ts';
import { assertProblem, type DeployedBackend, deployBackend, idOf, itemsOf, type SignedIn } from './deployed.ts';

/** A customer of the CRM with somebody in every role. */
interface Company {
  id: string;
  admin: SignedIn;
  sales: SignedIn;
  support: SignedIn;
  rows: Record<'companies' | 'contacts' | 'deals' | 'activities', string>;
}

describe('the CRM, as the people of two customers and a stranger meet it', function () {
  this.timeout(180_000);
  let aws: SuiteAws | undefined;
  let crm: DeployedBackend;
  let red: Company;
  let blue: Company;
  let stranger: SignedIn;

  before(async function () {
    aws = await startSuiteAws(this);
    crm = await deployBackend(aws, { example: 'saas-crm' }, { slug: 'saas-crm', region: 'us-west-2' });
    red = await company('red');
    blue = await company('blue');
    stranger = await crm.join({ email: 'stranger@example.com' });
  });
  after(async () => {
    await crm?.remove();
    await aws?.stop();
  });

  /** Founded through the API by its admin; the others are put into their roles by the pool. */
  async function company(name: string): Promise<Company> {
    const founder = await crm.join({ email: `admin@${name}.example.com` });
    const id = idOf(await crm.call('POST', '/v1/organizations', { as: founder, body: { name } }));
    const admin = { ...founder, tokens: await refresh(crm.pool, founder.tokens) };
    const member = async (role: string): Promise<SignedIn> => {
      const person = await crm.join({ email: `${role}@${name}.example.com`, groups: [role], tenant: id });
      return person;
    };
    const [sales, support] = await Promise.all([member('sales'), member('support')]);
    const made = async (path: string, as: SignedIn, body: object) => idOf(await crm.call('POST', path, { as, body }));
    const company_id = await made('/v1/companies', support, { name: `Customer of ${name}` });
    const contact_id = await made('/v1/contacts', sales, { full_name: `Somebody at ${name}`, company_id });
    const deals = await made('/v1/deals', sales, { title: `Deal of ${name}`, contact_id });
    const activities = await made('/v1/activities', sales, { kind: 'call', deal_id: deals });
    return { id, admin, sales, support, rows: { companies: company_id, contacts: contact_id, deals, activities } };
  }

  const roles = ['admin', 'sales', 'support'] as const;
  const entities = ['companies', 'contacts', 'deals', 'activities'] as const;

  it('makes who founds a customer its admin, once', async () => {
    assertProblem(await crm.call('POST', '/v1/organizations', { as: red.admin, body: { name: 'Second' } }), 409);
    const changed = await crm.call('PATCH', `/v1/organizations/${red.id}`, {
      as: red.admin,
      body: { name: 'Red Ltd' },
    });
    assert.equal(changed.status, 200, changed.text);
    const body = { name: 'Taken over' };
    assertProblem(await crm.call('PATCH', `/v1/organizations/${red.id}`, { as: red.sales, body }), 403);
    assertProblem(await crm.call('PATCH', `/v1/organizations/${red.id}`, { as: blue.admin, body }), 404);
    assertProblem(await crm.call('GET', `/v1/organizations/${red.id}`, { as: blue.admin }), 404);
    assert.equal((await crm.call('GET', `/v1/organizations/${red.id}`, { as: red.support })).body.name, 'Red Ltd');
  });

  it('takes the tenant from the token, never from what is sent', async () => {
    for (const forged of [{ organization_id: red.id }, { organization_id: null }])
      assertProblem(
        await crm.call('POST', '/v1/companies', { as: blue.sales, body: { name: 'Forged', ...forged } }),
        400,
      );
    const made = await crm.call('POST', '/v1/companies', { as: blue.sales, body: { name: 'Honest' } });
    assert.equal(made.body.organization_id, blue.id);
    assertProblem(
      await crm.call('PATCH', `/v1/companies/${idOf(made)}`, { as: blue.sales, body: { organization_id: red.id } }),
      400,
    );
  });

  it('hides a row of another customer from everybody, as if it were not there', async () => {
    const nothing = '01a20a8b-6b77-7c62-be69-e488c1a9dd54';
    for (const role of roles) {
      for (const entity of entities) {
        for (const [method, body] of [
          ['GET', undefined],
          ['PATCH', { name: 'Mine' }],
          ['DELETE', undefined],
        ] as const) {
          const ask = (id: string) => crm.call(method, `/v1/${entity}/${id}`, { as: blue[role], body });
          const [theirs, missing] = await Promise.all([ask(red.rows[entity]), ask(nothing)]);
          const plain = ({ status, body: { request_id: _, ...rest } }: typeof theirs) => ({ status, rest });
          assert.deepEqual(plain(theirs), plain(missing), `${method} ${entity} as ${role}`);
          assert.ok([403, 404, 400].includes(theirs.status), `${method} ${entity} as ${role}: ${theirs.text}`);
          assert.ok(!theirs.text.includes('red'), theirs.text);
        }
      }
    }
    for (const entity of entities)
      assert.equal((await crm.call('GET', `/v1/${entity}/${red.rows[entity]}`, { as: red.sales })).status, 200);
  });

  it('lists one’s own customer’s rows, by every way there is', async () => {
    for (const path of [
      '/v1/companies',
      '/v1/contacts',
      '/v1/deals',
      '/v1/activities',
      '/v1/deals?stage=lead',
      '/v1/deals?stage=lead&sort=-closes_on',
      `/v1/deals?contact_id=${red.rows.contacts}`,
      `/v1/contacts?company_id=${red.rows.companies}`,
      `/v1/activities?deal_id=${red.rows.deals}`,
    ]) {
      const answer = await crm.call('GET', path, { as: blue.sales });
      for (const row of itemsOf(answer)) assert.equal(row.organization_id, blue.id, path);
      assert.ok(!answer.text.includes(red.id), path);
    }
    assert.equal(itemsOf(await crm.call('GET', '/v1/deals?stage=lead', { as: red.sales })).length, 1);
  });

  it('does not let a row refer to one of another customer', async () => {
    for (const [path, body] of [
      ['/v1/deals', { title: 'x', contact_id: red.rows.contacts }],
      ['/v1/contacts', { full_name: 'x', company_id: red.rows.companies }],
      ['/v1/activities', { kind: 'call', deal_id: red.rows.deals }],
    ] as const)
      assertProblem(await crm.call('POST', path, { as: blue.sales, body }), 400);
    const deal = { contact_id: red.rows.contacts };
    assertProblem(await crm.call('PATCH', `/v1/deals/${blue.rows.deals}`, { as: blue.sales, body: deal }), 400);
  });

  it('holds every role to what it may do', async () => {
    assertProblem(await crm.call('GET', '/v1/deals', { as: red.support }), 403);
    assertProblem(await crm.call('GET', '/v1/deals', { as: red.admin }), 403);
    assertProblem(await crm.call('DELETE', `/v1/companies/${red.rows.companies}`, { as: red.sales }), 403);
    const name = { full_name: 'Renamed' };
    assertProblem(await crm.call('PATCH', `/v1/contacts/${red.rows.contacts}`, { as: red.admin, body: name }), 403);
    const own = await crm.call('PATCH', `/v1/contacts/${red.rows.contacts}`, { as: red.sales, body: name });
    assert.equal(own.status, 200, own.text);
    assertProblem(await crm.call('DELETE', `/v1/contacts/${red.rows.contacts}`, { as: red.sales }), 409);
  });

  it('gives somebody without a customer nothing but the price list', async () => {
    assert.equal((await crm.call('GET', '/v1/plans')).status, 200);
    for (const entity of ['companies', 'contacts', 'activities'])
      assertProblem(await crm.call('GET', `/v1/${entity}`, { as: stranger }), 403);
    assertProblem(await crm.call('GET', `/v1/organizations/${red.id}`, { as: stranger }), 403);
    for (const entity of entities) assertProblem(await crm.call('GET', `/v1/${entity}`), 401);
  });

  it('forgets a contact that was deleted, everywhere at once, and keeps what refers to nobody else', async () => {
    const contact = idOf(await crm.call('POST', '/v1/contacts', { as: red.sales, body: { full_name: 'Gone' } }));
    assert.equal((await crm.call('DELETE', `/v1/contacts/${contact}`, { as: red.sales })).status, 204);
    assertProblem(await crm.call('GET', `/v1/contacts/${contact}`, { as: red.sales }), 404);
    assertProblem(await crm.call('DELETE', `/v1/contacts/${contact}`, { as: red.sales }), 404);
    assert.ok(!itemsOf(await crm.call('GET', '/v1/contacts', { as: red.sales })).some((row) => row.id === contact));
    const deal = { title: 'With nobody', contact_id: contact };
    assertProblem(await crm.call('POST', '/v1/deals', { as: red.sales, body: deal }), 400);
  });

  it('scores a deal for the sales people, and says which part of the request is wrong', async () => {
    const path = `/v1/deals/${red.rows.deals}/score`;
    const body = { stage: 'offer', amount: 1000 };
    const scored = await crm.call('POST', path, { as: red.sales, body });
    assert.equal(scored.status, 200, scored.text);
    assert.equal(typeof scored.body.score, 'number', scored.text);
    assertProblem(await crm.call('POST', path, { as: red.support, body }), 403);
    assertProblem(await crm.call('POST', path, { as: blue.sales, body }), 404);
    assertProblem(await crm.call('POST', path, { body }), 401);
    const wrong = await crm.call('POST', path, { as: red.sales, body: { stage: 'maybe', amount: -1 } });
    assertProblem(wrong, 400);
  });

  it('follows a change of role at the next token', async () => {
    const person = await crm.join({ email: 'promoted@red.example.com', groups: ['support'], tenant: red.id });
    assertProblem(await crm.call('GET', '/v1/deals', { as: person }), 403);
    await give(crm.pool, { email: person.email, groups: ['sales'] });
    const promoted = { ...person, tokens: await refresh(crm.pool, person.tokens) };
    assert.equal((await crm.call('GET', '/v1/deals', { as: promoted })).status, 200);
  });
});
