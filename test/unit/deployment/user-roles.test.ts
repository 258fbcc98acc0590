import assert from 'node:assert/strict';
import { deploy } from '../../../src/deployment/engine.ts';
import type { Connection } from '../../../src/deployment/ports.ts';
import { type RoleWish, userRoles } from '../../../src/deployment/user-roles.ts';
import { auth, blueprint } from '../../builders/blueprint.ts';
import { stackOf } from '../../builders/stacks.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';

const shop = blueprint({ name: 'Shop', auth: auth({ roles: ['admin', 'clerk', 'viewer'] }) });

/** An account in which the pool of `shop` is deployed, with two of its three roles, and anna has signed up. */
async function account(): Promise<FakeAccount> {
  const made = new FakeAccount();
  const pool = stackOf({
    layer: 'cognito',
    resources: { UserPool: 'AWS::Cognito::UserPool' },
    outputs: { UserPoolId: 'UserPool' },
  });
  await made.clock.run(
    deploy(
      { project: 'shop', blueprint: '', stacks: [pool], host: 'laptop' },
      { connection: made.connection(), clock: made.clock, artifacts: made.artifacts },
      () => {},
      new AbortController().signal,
    ),
  );
  made.users.deployedGroups.add('admin').add('clerk');
  made.users.signUp('anna@example.com');
  return made;
}

const ask = (made: FakeAccount, wish: Partial<RoleWish>, connection: Partial<Connection> = {}) =>
  made.clock.run(
    userRoles({ ...made.connection(), ...connection }, made.clock, shop, { email: 'anna@example.com', ...wish }),
  );

async function refusal(made: FakeAccount, wish: Partial<RoleWish>, connection: Partial<Connection> = {}) {
  const outcome = await ask(made, wish, connection);
  assert.equal(outcome.status, 'refused');
  return outcome.status === 'refused' ? outcome.problem : undefined;
}

describe('roles that are given by hand', () => {
  it('are shown, given and taken, in the order of the Blueprint', async () => {
    const made = await account();
    assert.deepEqual(await ask(made, {}), { status: 'found', roles: [] });
    assert.deepEqual(await ask(made, { add: 'clerk' }), { status: 'found', roles: ['clerk'] });
    assert.deepEqual(await ask(made, { add: 'admin' }), { status: 'found', roles: ['admin', 'clerk'] });
    assert.deepEqual(await ask(made, { add: 'admin' }), { status: 'found', roles: ['admin', 'clerk'] });
    assert.deepEqual(await ask(made, { remove: 'admin', add: 'clerk' }), { status: 'found', roles: ['clerk'] });
    assert.deepEqual(await ask(made, { remove: 'admin' }), { status: 'found', roles: ['clerk'] });
  });

  it('go to a user who is there, and say which tenant they are in', async () => {
    const made = await account();
    assert.equal((await refusal(made, { email: 'nobody@example.com', add: 'admin' }))?.code, 'unknown-user');
    made.users.signUp('tom@example.com', 'tenant-1');
    const outcome = await ask(made, { email: 'tom@example.com' });
    assert.deepEqual(outcome, { status: 'found', roles: [], tenant: 'tenant-1' });
  });

  it('are roles of the Blueprint that are deployed', async () => {
    const made = await account();
    const misspelt = await refusal(made, { add: 'admni' });
    assert.deepEqual([misspelt?.code, misspelt?.hint], ['unknown-role', 'Did you mean admin?']);
    assert.equal((await refusal(made, { remove: '__proto__' }))?.code, 'unknown-role');
    assert.equal((await refusal(made, { add: 'viewer' }))?.code, 'role-not-deployed');
  });

  it('need a pool of this project', async () => {
    assert.equal((await refusal(new FakeAccount(), {}))?.code, 'users-not-deployed');
    const made = await account();
    const connection: Partial<Connection> = {
      cloudFormation: Object.assign(Object.create(made.cloudFormation), {
        describeStack: async (name: string) => {
          const found = await made.cloudFormation.describeStack(name);
          if (found.status === 'found') found.stack.tags = {};
          return found;
        },
      }),
    };
    assert.equal((await refusal(made, { add: 'admin' }, connection))?.code, 'users-not-deployed');
  });

  it('say why when AWS refuses', async () => {
    const made = await account();
    const failure = { status: 'rejected', code: 'AccessDeniedException', message: 'no' } as const;
    for (const name of ['find', 'addToGroup', 'groups'] as const) {
      const users = Object.assign(Object.create(made.users), { [name]: async () => failure });
      const problem = await refusal(made, { add: 'admin' }, { users });
      assert.deepEqual([problem?.code, problem?.cause], ['AccessDeniedException', 'no'], name);
    }
  });
});
