import { Misconfigured } from '../misconfigured.ts';
import type { World } from '../world.ts';

/** The user pool as the functions that manage members see it. Every call may be made again: it finds its work done. */
export interface UserPool {
  /** A user by id; undefined where there is none. */
  find(user: string): Promise<PoolUser | undefined>;
  /**
   * Makes an account for an address and mails a temporary password; mails a new one where such an account waits to be
   * used; does nothing where somebody uses the address.
   */
  invite(address: string): Promise<void>;
  /** Which tenant a user's tokens name from now on. Taking it away from a user who is gone is done already. */
  setTenant(user: string, tenant: string | undefined): Promise<void>;
  groupsOf(user: string): Promise<string[]>;
  join(user: string, group: string): Promise<void>;
  leave(user: string, group: string): Promise<void>;
  /** Takes back every refresh and access token. */
  signOut(user: string): Promise<void>;
}

export interface PoolUser {
  /** Only one that the user has proved to read mail at. */
  verifiedEmail?: string;
  tenant?: string;
}

/** The pool, for a function that has been given one. */
export function poolOf({ users }: World): UserPool {
  if (users === undefined) throw new Misconfigured('the environment variable USER_POOL_ID is not set');
  return users;
}
