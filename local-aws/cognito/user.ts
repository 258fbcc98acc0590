import { randomUUID } from 'node:crypto';
import { Codes } from './code.ts';
import { type PasswordVerifier, passwordVerifier } from './password-proof.ts';
import type { PoolSettings } from './pool-settings.ts';

export type UserStatus = 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD' | 'RESET_REQUIRED';

/** Somebody in a user pool. */
export interface User {
  readonly sub: string;
  /** The pool's name of them: the sub, where an attribute stands in for the user name. */
  readonly username: string;
  readonly attributes: Map<string, string>;
  status: UserStatus;
  enabled: boolean;
  readonly created: number;
  modified: number;
  password: PasswordVerifier | undefined;
  /** Until when a temporary password is good for a sign-in; milliseconds since the epoch. */
  passwordUntil: number | undefined;
  readonly groups: Set<string>;
  readonly codes: Codes;
  /** New values of attributes that take the old one's place when they are verified. */
  readonly pending: Map<string, string>;
  authenticator: Authenticator | undefined;
}

/** An authenticator app. */
export interface Authenticator {
  /** Undefined until a first code has shown that the app has it. */
  secret: string | undefined;
  /** A secret that was given out and waits for a code. The one in use stays until then. */
  waiting: string | undefined;
  name: string;
  enabled: boolean;
  preferred: boolean;
  /** The time step of the last code that was taken: a code is good once. */
  lastStep: number;
}

/** The users of one pool. Gone with the process, like all that moto keeps. */
export class Directory {
  readonly #users = new Map<string, User>();

  all(): User[] {
    return [...this.#users.values()];
  }

  /** By the pool's name of them, their sub, or an attribute that may be used instead. */
  find(pool: PoolSettings, name: string): User | undefined {
    const same = (text: string | undefined) =>
      text !== undefined && (pool.caseSensitive ? text === name : text.toLowerCase() === name.toLowerCase());
    const named = this.#users.get(name) ?? this.all().find((user) => same(user.username) || user.sub === name);
    if (named) return named;
    return this.all().find(
      (user) =>
        pool.usernameAttributes.some((attribute) => same(user.attributes.get(attribute))) ||
        // An alias counts once it is verified.
        pool.aliasAttributes.some(
          (attribute) =>
            same(user.attributes.get(attribute)) &&
            (attribute === 'preferred_username' || user.attributes.get(`${attribute}_verified`) === 'true'),
        ),
    );
  }

  add(
    pool: PoolSettings,
    given: { username: string; attributes: ReadonlyMap<string, string>; status: UserStatus; now: number },
  ): User {
    const sub = randomUUID();
    const user: User = {
      sub,
      username: pool.usernameAttributes.length > 0 ? sub : given.username,
      attributes: new Map([['sub', sub], ...given.attributes]),
      status: given.status,
      enabled: true,
      created: given.now,
      modified: given.now,
      password: undefined,
      passwordUntil: undefined,
      groups: new Set(),
      codes: new Codes(),
      pending: new Map(),
      authenticator: undefined,
    };
    this.#users.set(user.username, user);
    return user;
  }

  remove(user: User): void {
    this.#users.delete(user.username);
  }
}

export function setPassword(pool: PoolSettings, user: User, password: string): void {
  user.password = passwordVerifier({ userPoolId: pool.id, username: user.username }, password);
  user.passwordUntil = undefined;
}

/** Whether a sign-in asks for a code of the authenticator app. */
export function usesAuthenticator(pool: PoolSettings, user: User): boolean {
  const { authenticator } = user;
  if (authenticator?.secret === undefined || !pool.totp || pool.mfa === 'OFF') return false;
  // Where everybody needs a second factor the one that was set up is the one.
  return authenticator.enabled || pool.mfa === 'ON';
}

/** A user as the API shows them. */
export function userView(user: User): Record<string, unknown> {
  return {
    Username: user.username,
    UserStatus: user.status,
    Enabled: user.enabled,
    UserCreateDate: user.created / 1000,
    UserLastModifiedDate: user.modified / 1000,
  };
}

export function attributeList(attributes: ReadonlyMap<string, string>): { Name: string; Value: string }[] {
  return [...attributes].map(([Name, Value]) => ({ Name, Value }));
}

/** How the second factors of a user are set. */
export function factorView({ authenticator }: User): Record<string, unknown> {
  if (!authenticator?.enabled) return {};
  return {
    UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
    ...(authenticator.preferred && { PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' }),
  };
}
