import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { prepareEntity } from '../../../../src/runtime/entity.ts';
import { cognitoUserPool } from '../../../../src/runtime/members/cognito.ts';
import { prepareTeam } from '../../../../src/runtime/members/team.ts';
import { serve, serveMembers } from '../../../../src/runtime/serve.ts';
import type { World } from '../../../../src/runtime/world.ts';
import type { MemberVerb } from '../../../../src/stacks/members/operations.ts';
import { type Answered, type Asked, proxyEvent, readResponse } from '../../runtime/bench.ts';
import { type Pool, signUp } from '../../support/people.ts';
import { anybody } from '../project.ts';
import type { Row } from '../rows.ts';
import type { Scenario, Stage, Step } from '../scenario.ts';

type Claims = Record<string, unknown> & { sub: string; email: string };

/** The founding of a tenant, which is a create with more to do. */
export function foundingScenario(stage: Stage): Step[] {
  const company = new Company(stage, undefined);
  const found = async (status: number, caller: Claims) => {
    const body = await stage.rows.body(company.entity);
    const answer = await stage.ask({ body, claims: caller });
    assert.equal(answer.status, status, JSON.stringify(answer.body));
  };
  return [
    {
      title: 'a tenant',
      run: () => company.use(async () => found(201, await company.person())),
    },
    {
      title: 'a tenant, once more after the user pool did not answer',
      run: () =>
        company.use(async () => {
          const founder = await company.person();
          await company.found(founder, () => Promise.reject(new Error('the user pool does not answer')));
          await found(200, founder);
        }),
    },
  ];
}

/** The end of a tenant, which is a delete with more to do. */
export function dissolvingScenario(stage: Stage): Step[] {
  const company = new Company(stage, undefined);
  const step = (
    title: string,
    status: number,
    by: (founder: Claims) => Claims,
    headers: Record<string, string> = {},
  ) => ({
    title,
    run: () =>
      company.use(async () => {
        const { claims, path } = await company.tenant();
        const answer = await stage.ask({ path, claims: by(claims), headers });
        assert.equal(answer.status, status, JSON.stringify(answer.body));
      }),
  });
  return [
    step('a tenant, by its only member', 204, (founder) => founder),
    step('a tenant that was changed since', 412, (founder) => founder, { 'If-Match': '"another"' }),
    step('a tenant, by somebody who is no member', 404, (founder) => ({ ...founder, sub: randomUUID() })),
  ];
}

/** One of the functions that manage members. */
export function memberScenario(verb: MemberVerb, model: unknown): Scenario {
  return (stage) => {
    const company = new Company(stage, model);
    const step = (title: string, run: () => Promise<void>): Step => ({ title, run: () => company.use(run) });
    const [leader = '', other = leader] = stage.project.blueprint.auth?.roles ?? [];
    const expect = async (status: number, asked: Asked) => {
      const answer = await stage.ask(asked);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
    };
    const { user } = company.keys;
    const steps: Record<MemberVerb, Step[]> = {
      list: [
        step('members', async () => {
          const { claims, path } = await company.tenant();
          await expect(200, { claims, path });
        }),
      ],
      invite: [
        step('somebody without an account', async () => {
          const { claims, path } = await company.tenant();
          await expect(201, { claims, path, body: { email: address(), role: other } });
        }),
      ],
      invitations: [
        step('one’s own', async () => {
          const person = await company.person();
          await expect(200, { claims: person });
        }),
      ],
      accept: [
        ...[
          { role: leader, before: other },
          { role: other, before: leader },
        ].map(({ role, before }) =>
          step(`an invitation as ${role}, by somebody with a group from before`, async () => {
            const { claims, path } = await company.tenant();
            const person = await company.person([before]);
            await company.ask('invite', { claims, path, body: { email: person.email, role } });
            await expect(200, { claims: person, path });
          }),
        ),
      ],
      change: [
        step('a member’s role', async () => {
          const { claims, path } = await company.tenant();
          const { sub } = await company.member(claims, path, other);
          await expect(200, { claims, path: { ...path, [user]: sub }, body: { role: leader } });
        }),
      ],
      remove: [
        step('a member', async () => {
          const { claims, path } = await company.tenant();
          const { sub } = await company.member(claims, path, other);
          await expect(204, { claims, path: { ...path, [user]: sub } });
        }),
      ],
    };
    return steps[verb];
  };
}

function address(): string {
  return `${randomUUID()}@example.com`;
}

/** A tenant with its people, made with the functions' own code and all rights. */
class Company {
  readonly #stage: Stage;
  readonly #model: unknown;
  #cognito: CognitoIdentityProvider | undefined;

  constructor(stage: Stage, model: unknown) {
    this.#stage = stage;
    this.#model = model;
  }

  get keys(): { tenant: string; user: string } {
    return prepareTeam(this.#model).keys;
  }

  /** With a client of the user pool for as long as it takes. */
  async use(work: () => Promise<void>): Promise<void> {
    const { endpoint, region } = this.#stage.project;
    this.#cognito = new CognitoIdentityProvider({ endpoint, region, credentials: anybody });
    try {
      await work();
    } finally {
      this.#cognito.destroy();
    }
  }

  /** Somebody with an account and a verified address, as their token says it. */
  async person(groups: string[] = []): Promise<Claims> {
    const email = address();
    const { sub } = await signUp(this.#pool, { email, groups });
    const UserAttributes = [{ Name: 'email_verified', Value: 'true' }];
    await this.#client.adminUpdateUserAttributes({
      UserPoolId: this.#pool.userPoolId,
      Username: email,
      UserAttributes,
    });
    return { sub, email, email_verified: 'true' };
  }

  /** A new tenant, and whoever leads it. */
  async tenant(): Promise<{ claims: Claims; path: Record<string, string> }> {
    const founder = await this.person();
    const made = await this.found(founder);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { key } = this.#tenantModel.entity;
    const tenant = String(made.body[key.partition]);
    const claims = {
      ...founder,
      'custom:tenant_id': tenant,
      'cognito:groups': [...(this.#stage.project.blueprint.auth?.roles ?? [])],
    };
    return { claims, path: { [key.partition]: tenant } };
  }

  /** Somebody who was invited and has accepted. */
  async member(claims: Claims, path: Record<string, string>, role: string): Promise<Claims> {
    const person = await this.person();
    await this.ask('invite', { claims, path, body: { email: person.email, role } });
    const joined = await this.ask('accept', { claims: person, path });
    assert.equal(joined.status, 200, JSON.stringify(joined.body));
    return person;
  }

  async found(founder: Claims, tell?: () => Promise<never>): Promise<Answered> {
    const model = this.#tenantModel;
    const operations = { create: { access: { level: 'authenticated' as const } } };
    const entity = prepareEntity(JSON.parse(JSON.stringify({ ...model, operations })));
    const body: Row = await this.#stage.rows.body(model.entity.name);
    const users = this.#world.users;
    const world = users && tell ? { ...this.#world, users: { ...users, setTenant: tell } } : this.#world;
    const handler = serve('create', async () => ({ entity, world }), surroundings);
    return readResponse(await handler(proxyEvent({ body, claims: founder }), {}));
  }

  async ask(verb: MemberVerb, asked: Asked): Promise<Answered> {
    const team = prepareTeam(this.#model);
    const handler = serveMembers(verb, async () => ({ team, world: this.#world }), surroundings);
    return readResponse(await handler(proxyEvent(asked), {}));
  }

  /** Whose rows are the tenants. */
  get entity(): string {
    const { tenancy } = this.#stage.project.blueprint;
    if (tenancy.mode !== 'multi_tenant') throw new Error('There are no tenants.');
    return tenancy.tenant_entity;
  }

  get #tenantModel() {
    return this.#stage.rows.model(this.entity);
  }

  get #client(): CognitoIdentityProvider {
    if (this.#cognito === undefined) throw new Error('A company is used through use().');
    return this.#cognito;
  }

  get #pool(): Pool {
    const { endpoint, region, outputs } = this.#stage.project;
    const { UserPoolId: userPoolId = '', UserPoolClientId: clientId = '' } = outputs.get('cognito') ?? {};
    return { endpoint, region, userPoolId, clientId };
  }

  get #world(): World {
    return { ...this.#stage.rows.world, users: cognitoUserPool(this.#client, this.#pool.userPoolId) };
  }
}

const surroundings = { origins: [], log: () => {}, ticks: () => 0 };
