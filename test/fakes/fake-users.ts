import type { Users } from '../../src/deployment/ports.ts';

/** The users of one pool and the groups that it has. */
export class FakeUsers implements Users {
  readonly deployedGroups = new Set<string>();
  readonly #users = new Map<string, { name: string; tenant?: string; groups: Set<string> }>();

  signUp(email: string, tenant?: string): void {
    this.#users.set(email, {
      name: `id-of-${email}`,
      ...(tenant === undefined ? {} : { tenant }),
      groups: new Set(),
    });
  }

  find: Users['find'] = async (_pool, email) => {
    const user = this.#users.get(email);
    if (user === undefined) return { status: 'absent' };
    const { name, tenant } = user;
    return { status: 'found', user: { name, ...(tenant === undefined ? {} : { tenant }) } };
  };
  groups: Users['groups'] = async (_pool, name) => ({ status: 'found', names: [...this.#groupsOf(name)] });
  addToGroup: Users['addToGroup'] = async (_pool, name, group) => {
    if (!this.deployedGroups.has(group)) return { status: 'no-group' };
    this.#groupsOf(name).add(group);
    return { status: 'done' };
  };
  removeFromGroup: Users['removeFromGroup'] = async (_pool, name, group) => {
    if (!this.deployedGroups.has(group)) return { status: 'no-group' };
    this.#groupsOf(name).delete(group);
    return { status: 'done' };
  };

  #groupsOf(name: string): Set<string> {
    const user = [...this.#users.values()].find((one) => one.name === name);
    if (user === undefined) throw new Error(`nobody is ${name}`);
    return user.groups;
  }
}
