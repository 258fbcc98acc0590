import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A moto server of one suite's own, ended by its process id. */
export interface MotoServer {
  endpoint: string;
  stop(): Promise<void>;
}

/** Ports that the suites look for a free one in. */
const ports = { first: 5140, last: 5159 };

/** Starts `moto_server` on loopback and waits until it answers; undefined where the program is not installed. */
export async function startMoto(): Promise<MotoServer | undefined> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise<'missing' | 'ended'>((resolve) => {
    child.once('error', () => resolve('missing'));
    child.once('exit', () => resolve('ended'));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 150; attempt++) {
    const state = await Promise.race([ended, answers(endpoint)]);
    if (state === 'missing') return undefined;
    if (state === 'ended') throw new Error('moto_server ended before it answered');
    if (state === 'answers') {
      return {
        endpoint,
        async stop() {
          child.kill();
          await ended;
        },
      };
    }
    await wait(100);
  }
  child.kill();
  throw new Error('moto_server did not answer within 15 seconds');
}

async function answers(endpoint: string): Promise<'answers' | 'silent'> {
  try {
    const response = await fetch(`${endpoint}/moto-api/data.json`);
    await response.arrayBuffer();
    return response.ok ? 'answers' : 'silent';
  } catch {
    return 'silent';
  }
}

async function freePort(): Promise<number> {
  for (let port = ports.first; port <= ports.last; port++) if (await isFree(port)) return port;
  throw new Error(`no free port from ${ports.first} to ${ports.last}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
