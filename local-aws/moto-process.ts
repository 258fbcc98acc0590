import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { withoutRealAccount } from './no-real-account.ts';

/** A process of ours that serves moto. */
export interface MotoProcess {
  readonly endpoint: string;
  /** Ends it, and what it started. Resolves once it has ended. */
  stop(): Promise<void>;
}

/** A loopback port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system gave no free port.'));
      });
    });
  });
}

/**
 * Starts a moto server and waits until it answers.
 * @throws Error with the end of what it printed, when it ends or says nothing in time. It is not left running.
 */
export async function startProcess(
  file: string,
  args: readonly string[],
  port: number,
  patienceSeconds: number,
  environment: NodeJS.ProcessEnv,
): Promise<MotoProcess> {
  const grouped = process.platform !== 'win32';
  const child = spawn(file, args, {
    // A group of its own: it is ended with what it started (uvx starts Python), and Ctrl-C in a terminal reaches us alone.
    detached: grouped,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: file.endsWith('.cmd'),
    env: {
      ...withoutRealAccount(environment),
      // Roles attach AWS's managed policies; moto has none of them otherwise.
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    },
  });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-2000);
  });
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const dismiss = grouped && child.pid !== undefined ? keepWatch(child.pid) : () => {};
  const stop = () => end(child, grouped);
  const onExit = () => kill(child, grouped, 'SIGKILL');
  // When this process ends without having stopped moto. The watch is for when it cannot even do that.
  process.once('exit', onExit);
  child.once('exit', () => {
    process.removeListener('exit', onExit);
    dismiss();
  });

  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + patienceSeconds * 1000;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 250)) {
    if (failure) throw failure;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended at once: ${printed.trim().split('\n').at(-1) ?? ''}`);
    }
    if (await answers(endpoint)) return { endpoint, stop };
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`it did not answer within ${patienceSeconds} s.`);
    }
    await delay(pause);
  }
}

/**
 * A shell that ends the group when this process is gone, killed without a chance to clean up: then the pipe between them
 * closes. Costs one small process.
 * @returns Ends the watch, which must not outlive the group: its number may be given to another.
 */
function keepWatch(group: number): () => void {
  const watch = spawn('sh', ['-c', 'read -r _; kill -TERM "-$1"', 'sh', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no watch; moto is still ended in every other case.
  watch.once('error', () => {});
  watch.stdin.on('error', () => {});
  watch.unref();
  if ('unref' in watch.stdin && typeof watch.stdin.unref === 'function') watch.stdin.unref();
  return () => {
    watch.kill('SIGKILL');
  };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/moto-api/data.json`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function end(child: ChildProcess, grouped: boolean): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  kill(child, grouped, 'SIGTERM');
  const timer = setTimeout(() => kill(child, grouped, 'SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
}

function kill(child: ChildProcess, grouped: boolean, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (grouped) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    // It ended in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
