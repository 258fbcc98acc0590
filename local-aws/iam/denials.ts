import type { RoleSession } from './credentials.ts';
import type { Demand } from './demands/demand.ts';

/** One thing that a function was refused, however often. */
export interface Denial {
  /** The function's name. */
  readonly session: string;
  readonly action: string;
  readonly resource: string;
  readonly count: number;
}

/** More than this is a function in a loop over ever other resources. */
const most = 1_000;

/** What functions were refused, for `GET /_local/denials`: a test that ends without any has roles that are enough. */
export class Denials {
  readonly #seen = new Map<string, Denial>();

  note({ sessionName: session }: RoleSession, { action, resource }: Pick<Demand, 'action' | 'resource'>): void {
    const key = `${session} ${action} ${resource}`;
    const count = (this.#seen.get(key)?.count ?? 0) + 1;
    if (count > 1 || this.#seen.size < most) this.#seen.set(key, { session, action, resource, count });
  }

  /** In the order in which they first happened. */
  all(): Denial[] {
    return [...this.#seen.values()];
  }

  /** What one function was refused. */
  forget(session: string): void {
    for (const [key, denial] of this.#seen) if (denial.session === session) this.#seen.delete(key);
  }

  clear(): void {
    this.#seen.clear();
  }
}
