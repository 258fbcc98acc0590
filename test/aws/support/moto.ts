import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Moto {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  stop(): Promise<void>;
}

/** A moto_server of one's own on a free port, with a state of its own. It must be on PATH. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  // A test that fails before it stops its moto must neither hang the run nor leave moto behind.
  process.once('exit', () => child.kill());
  child.unref();
  let said = '';
  let failure: Error | undefined;
  if ('unref' in child.stderr && typeof child.stderr.unref === 'function') child.stderr.unref();
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  child.on('error', (error) => {
    failure = error;
  });
  for (let attempt = 0; attempt < 300; attempt++) {
    if (failure)
      throw new Error(`moto_server cannot be started: ${failure.message}. Install it: pip install 'moto[server]'`);
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}: ${said}`);
    if (await answers(endpoint)) return { endpoint, stop: () => end(child) };
    await sleep(100);
  }
  await end(child);
  throw new Error(`moto_server did not answer: ${said}`);
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(`${endpoint}/moto-api/data.json`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
