import type { LogStream } from './function-logs.ts';
import type { FunctionWorker } from './function-worker.ts';
import type { FunctionError } from './worker-messages.ts';

/** One execution environment with where its lines go. */
export interface Instance {
  worker: FunctionWorker;
  stream: LogStream;
  /** True until its first invocation is over. */
  fresh: boolean;
  /** The invocation under way wants the lines too. */
  onLine?: (line: string) => void;
}

type Started = Instance | { error: FunctionError };

interface Slot {
  revision: string;
  instances: Set<Instance>;
  idle: Instance[];
  /** Being started, which counts against the limit too. */
  starting: number;
  waiting: { resolve: (instance: Started) => void; start: () => Promise<Started> }[];
}

/** A function's execution environments at a time; more requests than that wait. Lambda has a thousand, this machine has few cores. */
const perFunction = 4;

/** Execution environments that are kept warm over all functions; beyond it the one that has been idle longest ends. */
const warmLimit = 32;

/** Warm workers by function. A change of the function's code or configuration (its revision) ends the old ones. */
export class FunctionPool {
  readonly #slots = new Map<string, Slot>();
  /** Idle instances over all functions, the longest idle first. */
  readonly #idle = new Set<Instance>();
  #stopped = false;

  /** An idle instance of the revision, a new one, or the next that becomes free. */
  async acquire(functionKey: string, revision: string, start: () => Promise<Started>): Promise<Started> {
    if (this.#stopped) return { error: { errorType: 'Stopped', errorMessage: 'The local AWS is stopping.' } };
    const slot = this.#slot(functionKey, revision);
    const idle = slot.idle.pop();
    if (idle) {
      this.#idle.delete(idle);
      return idle;
    }
    if (slot.instances.size + slot.starting >= perFunction)
      return new Promise((resolve) => slot.waiting.push({ resolve, start }));
    return this.#start(slot, start);
  }

  /** Gives an instance back after an invocation. */
  release(instance: Instance): void {
    delete instance.onLine;
    instance.fresh = false;
    const slot = this.#slotOf(instance);
    if (!instance.worker.alive) return;
    // Its function was deployed anew meanwhile.
    if (!slot || this.#stopped) {
      void instance.worker.stop();
      return;
    }
    const next = slot.waiting.shift();
    if (next) {
      next.resolve(instance);
      return;
    }
    slot.idle.push(instance);
    this.#idle.add(instance);
    for (const oldest of this.#idle) {
      if (this.#idle.size <= warmLimit) break;
      this.#take(oldest);
      void oldest.worker.stop();
    }
  }

  /** Forgets an instance whose worker has ended; whoever waits gets a new one. */
  drop(instance: Instance): void {
    this.#idle.delete(instance);
    const slot = this.#slotOf(instance);
    if (!slot) return;
    this.#take(instance);
    const next = slot.waiting.shift();
    if (next) void this.#start(slot, next.start).then(next.resolve);
  }

  /** Ends every worker. What waits for one is told so. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const instances = [...this.#slots.values()].flatMap((slot) => [...slot.instances]);
    for (const slot of this.#slots.values())
      for (const { resolve } of slot.waiting.splice(0))
        resolve({ error: { errorType: 'Stopped', errorMessage: 'The local AWS is stopping.' } });
    await Promise.all(instances.map(({ worker }) => worker.stop()));
    this.#slots.clear();
    this.#idle.clear();
  }

  #slot(functionKey: string, revision: string): Slot {
    const known = this.#slots.get(functionKey);
    if (known?.revision === revision) return known;
    const slot: Slot = { revision, instances: new Set(), idle: [], starting: 0, waiting: [] };
    this.#slots.set(functionKey, slot);
    if (known) {
      for (const instance of known.idle) {
        this.#idle.delete(instance);
        void instance.worker.stop();
      }
      // Requests that waited for the old revision have not begun: the new one serves them as well.
      for (const waiting of known.waiting) slot.waiting.push(waiting);
      for (const waiting of slot.waiting.splice(0, perFunction))
        void this.#start(slot, waiting.start).then(waiting.resolve);
    }
    return slot;
  }

  async #start(slot: Slot, start: () => Promise<Started>): Promise<Started> {
    slot.starting += 1;
    let started: Started;
    try {
      started = await start();
    } catch (error) {
      started = {
        error: { errorType: 'Runtime.Unknown', errorMessage: error instanceof Error ? error.message : String(error) },
      };
    }
    slot.starting -= 1;
    if (this.#stopped && !('error' in started)) {
      await started.worker.stop();
      return { error: { errorType: 'Stopped', errorMessage: 'The local AWS is stopping.' } };
    }
    if ('error' in started) {
      const next = slot.waiting.shift();
      if (next) void this.#start(slot, next.start).then(next.resolve);
    } else slot.instances.add(started);
    return started;
  }

  #slotOf(instance: Instance): Slot | undefined {
    for (const slot of this.#slots.values()) if (slot.instances.has(instance)) return slot;
    return undefined;
  }

  #take(instance: Instance): void {
    this.#idle.delete(instance);
    for (const slot of this.#slots.values()) {
      if (!slot.instances.delete(instance)) continue;
      const at = slot.idle.indexOf(instance);
      if (at >= 0) slot.idle.splice(at, 1);
    }
  }
}
