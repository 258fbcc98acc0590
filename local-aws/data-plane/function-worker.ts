import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { providedPackages, workerEntry } from './bundled-files.ts';
import { type FunctionError, type Invocation, WorkerMessage, type WorkerSettings } from './worker-messages.ts';

export interface WorkerOptions {
  taskRoot: string;
  handler: string;
  environment: Record<string, string>;
  /** The function's memory: what its JavaScript heap may grow to. */
  memoryMegabytes: number;
  onLog(line: Extract<WorkerMessage, { kind: 'log' }>): void;
  /** Bytes that were written to stdout or stderr past the console. */
  onOutput(text: string): void;
  /** The worker is gone, for whatever reason. */
  onExit(): void;
}

export type Outcome =
  | { kind: 'result'; payload: string }
  | { kind: 'failed'; error: FunctionError }
  /** The time was up; the worker was killed. */
  | { kind: 'timeout' };

/** Lambda gives initialisation ten seconds. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initLimitMillis = 10_000;

/** One execution environment of a function: a worker thread that answers one invocation at a time. */
export class FunctionWorker {
  readonly #worker: Worker;
  readonly #ready: Promise<FunctionError | undefined>;
  #settleReady: (error: FunctionError | undefined) => void = () => {};
  #settleInvocation: ((outcome: Outcome) => void) | undefined;
  #crash: FunctionError | undefined;
  #exited = false;
  #stopping = false;
  /** Milliseconds from start to ready; undefined until then. */
  initMillis: number | undefined;

  constructor(options: WorkerOptions) {
    const settings: WorkerSettings = {
      taskRoot: options.taskRoot,
      handler: options.handler,
      provided: [...providedPackages],
    };
    const started = performance.now();
    this.#ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    this.#worker = new Worker(workerEntry(), {
      workerData: settings,
      env: options.environment,
      // Nothing of how this process was started is the function's business.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMegabytes },
      stdout: true,
      stderr: true,
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => options.onOutput(text));
    }
    this.#worker.on('message', (given: unknown) => {
      const message = WorkerMessage.safeParse(given);
      // The function's own code may post to the parent as well; what is not ours is none of our business.
      if (!message.success) return;
      if (message.data.kind === 'log') options.onLog(message.data);
      else if (message.data.kind === 'ready') {
        this.initMillis = performance.now() - started;
        this.#settleReady(undefined);
      } else if (message.data.kind === 'init-failed') this.#settleReady(message.data.error);
      else if (message.data.kind === 'crashed') this.#crash = message.data.error;
      else if (message.data.kind === 'result') this.#settle({ kind: 'result', payload: message.data.payload });
      else this.#settle({ kind: 'failed', error: message.data.error });
    });
    this.#worker.on('error', (error: unknown) => {
      this.#crash ??= workerError(error);
    });
    this.#worker.on('exit', (code) => {
      this.#exited = true;
      const error = this.#crash ?? exitError(code);
      this.#settleReady(error);
      this.#settle({ kind: 'failed', error });
      options.onExit();
    });
  }

  /** Undefined once the handler is loaded; what went wrong when it could not be. */
  async ready(): Promise<FunctionError | undefined> {
    const limit = setTimeout(() => {
      this.#settleReady({
        errorType: 'Sandbox.Timedout',
        errorMessage: `The function was not initialised after ${initLimitMillis / 1000} seconds`,
      });
    }, initLimitMillis);
    try {
      return await this.#ready;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Calls the handler. The worker must be ready and idle. */
  invoke(invocation: Invocation): Promise<Outcome> {
    if (this.#exited) return Promise.resolve({ kind: 'failed', error: this.#crash ?? exitError(0) });
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.#settle({ kind: 'timeout' });
          void this.stop();
        },
        Math.max(0, invocation.deadline - Date.now()),
      );
      this.#settleInvocation = (outcome) => {
        clearTimeout(timer);
        this.#settleInvocation = undefined;
        resolve(outcome);
      };
      this.#worker.postMessage(invocation);
    });
  }

  /** Whether it can be given another invocation. */
  get alive(): boolean {
    return !this.#exited && !this.#stopping;
  }

  /** Ends the thread, also in the middle of a busy loop. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#worker.terminate();
  }

  #settle(outcome: Outcome): void {
    this.#settleInvocation?.(outcome);
  }
}

function workerError(error: unknown): FunctionError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { errorType: 'Runtime.OutOfMemory', errorMessage: 'Error: Runtime exited with error: signal: killed' };
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  };
}

function exitError(code: number): FunctionError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage:
      code === 0
        ? 'Error: Runtime exited without providing a reason'
        : `Error: Runtime exited with error: exit status ${code}`,
  };
}
