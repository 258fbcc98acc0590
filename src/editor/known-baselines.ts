import type { Baseline } from '../changes/baseline.ts';
import type { LiveStack } from '../deployment/live.ts';
import type { Target } from '../deployment/target.ts';
import { readBaseline, removeBaseline, writeBaseline } from '../workspace/baseline.ts';
import type { Log } from './log.ts';

/** What was deployed last, as this machine knows it: read once and kept until somebody looks at the account again. */
export class KnownBaselines {
  readonly #log: Pick<Log, 'warn'>;
  readonly #known = new Map<string, Promise<Baseline | undefined>>();

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  /** Needs no credentials and no network. */
  get(directory: string, target: Target): Promise<Baseline | undefined> {
    const key = keyOf(directory, target);
    const known = this.#known.get(key);
    if (known) return known;
    const read = this.#read(directory, target);
    this.#known.set(key, read);
    return read;
  }

  /** Another window or the command line may have deployed meanwhile. */
  forget(directory: string, target: Target): void {
    this.#known.delete(keyOf(directory, target));
  }

  async keep(directory: string, target: Target, baseline: Baseline): Promise<void> {
    this.#known.set(keyOf(directory, target), Promise.resolve(baseline));
    try {
      await writeBaseline(directory, baseline, new Date());
    } catch (error) {
      this.#log.warn(`What is deployed could not be kept for the next window: ${String(error)}`);
    }
  }

  /** Nothing of the project is in this account. */
  async remove(directory: string, target: Target, account: string): Promise<void> {
    this.#known.set(keyOf(directory, target), Promise.resolve(undefined));
    await removeBaseline({ directory, environment: target.environment, region: target.region, account });
  }

  async #read(directory: string, target: Target): Promise<Baseline | undefined> {
    const { environment, region } = target;
    const account = target.kind === 'aws' ? target.account : undefined;
    const found = await readBaseline({ directory, environment, region, ...(account === undefined ? {} : { account }) });
    if (found.kind === 'unusable') this.#log.warn(`${found.file} cannot be used as a baseline: ${found.reason}`);
    return found.kind === 'found' ? found.baseline : undefined;
  }
}

/** The baseline without what is gone from the account: that would be created again. */
export function withoutLost(baseline: Baseline, live: readonly LiveStack[]): Baseline | undefined {
  const there = new Set(live.map((stack) => stack.name));
  const stacks = baseline.stacks.filter((stack) => there.has(stack.name));
  return stacks.length === 0 ? undefined : { ...baseline, stacks };
}

function keyOf(directory: string, { environment, region }: Target): string {
  return JSON.stringify([directory, environment, region]);
}
