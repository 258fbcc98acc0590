import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { startMoto } from '../../../local-aws/moto.ts';
import { skipFor } from '../support/moto.ts';
import { onPath } from './local-aws.ts';

const program = fileURLToPath(new URL('../../../local-aws/main.ts', import.meta.url));
const health = z.object({
  product: z.literal('backdrift-local-aws'),
  pid: z.number(),
  moto: z.string().nullable(),
  scale: z.number(),
});

interface Started {
  child: ChildProcess;
  output: { text: string; errors: string };
  url: string;
}

async function start(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { text: '', errors: '' };
  child.stderr?.on('data', (chunk) => {
    output.errors += String(chunk);
  });
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output.text += String(chunk);
      const url = /ready at (\S+)/.exec(output.text)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error(output.errors)));
  });
  return { child, output, url: await ready };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('The local-aws program', function () {
  this.timeout(60_000);

  it('prints one ready line, answers about itself, and ends with its standard input', async () => {
    const { child, output, url } = await start('--port', '0', '--scale', '0.5', '--moto', 'none', '--exit-with-parent');
    try {
      assert.match(output.text, /^Local AWS ready at http:\/\/127\.0\.0\.1:\d+ \(moto none, scale 0\.5\)\n$/);
      assert.match(output.errors, /without moto: .* every other resource is a stub/);
      const about = health.parse(await (await fetch(`${url}/_local/health`)).json());
      assert.deepEqual([about.pid, about.moto, about.scale], [child.pid, null, 0.5]);
      assert.equal((await fetch(`${url}/some/object`)).status, 400);
    } finally {
      child.stdin?.end();
    }
    assert.equal(await ended(child), 0);
  });

  it('takes its moto with it when it is asked to end', async function () {
    if (!onPath('moto_server') || !existsSync('/proc/self')) skipFor(this, 'needs moto_server on PATH, and Linux');
    const { child, output } = await start('--port', '0', '--scale', '0');
    const motos = childrenOf(child.pid ?? 0);
    assert.match(output.text, /\(moto 5\.\d+\.\d+, scale 0\)/);
    assert.equal((await motos).length, 2, 'moto, and the watch over it');
    child.kill('SIGTERM');
    assert.equal(await ended(child), 0);
    await allEnd(await motos);
  });

  it('leaves no moto behind when it is killed', async function () {
    if (!onPath('moto_server') || !existsSync('/proc/self')) skipFor(this, 'needs moto_server on PATH, and Linux');
    const { child } = await start('--port', '0', '--scale', '0');
    const started = await childrenOf(child.pid ?? 0);
    assert.equal(started.length, 2, 'moto, and the watch over it');
    child.kill('SIGKILL');
    await ended(child);
    await allEnd(started);
  });

  it('says in one sentence that the port is taken, and leaves with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    try {
      await assert.rejects(start('--port', String(port), '--moto', 'none'), (error: Error) => {
        assert.match(
          error.message,
          new RegExp(
            `^Port ${port} is taken\\. Stop what listens there, or start Local AWS with another --port\\.$`,
            'm',
          ),
        );
        assert.doesNotMatch(error.message, /\n\s+at /);
        return true;
      });
    } finally {
      other.close();
    }
  });

  it('refuses an address at which there is no moto', async () => {
    await assert.rejects(
      start('--port', '0', '--moto', 'http://127.0.0.1:9'),
      /No moto server answers at http:\/\/127\.0\.0\.1:9/,
    );
  });
});

/** Each process ends, or the test fails. One that nobody has asked after yet is still listed for a moment. */
async function allEnd(pids: string[]): Promise<void> {
  const alive = () => pids.filter((pid) => existsSync(`/proc/${pid}`));
  for (let tries = 0; tries < 100 && alive().length > 0; tries++) await pause(50);
  assert.deepEqual(alive(), []);
}

async function childrenOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
}

describe('Getting moto', function () {
  this.timeout(60_000);
  let directory: string;

  before(async function () {
    if (!onPath('moto_server') || !onPath('python3')) skipFor(this, 'needs moto_server and python3 on PATH');
    directory = await mkdtemp(join(tmpdir(), 'moto-ways-'));
  });
  after(async () => {
    if (directory) await rm(directory, { recursive: true });
  });

  /** A PATH with the given programs alone. */
  const environment = async (programs: Record<string, string>): Promise<NodeJS.ProcessEnv> => {
    const bin = await mkdtemp(join(directory, 'bin-'));
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, name), 0o755);
    }
    await symlink('/bin/sh', join(bin, 'sh'));
    return { PATH: bin, HOME: directory, XDG_CACHE_HOME: join(directory, 'cache') };
  };
  const realServer = `PATH='${process.env.PATH}' HOME='${process.env.HOME}' exec moto_server`;

  it('uses uvx where moto_server is too old, and drops the arguments of neither', async () => {
    const env = await environment({
      moto_server: 'exit 1',
      python3: 'echo 5.1.9',
      uvx: `[ "$1 $2 $3" = "--from moto[server]==5.2.1 moto_server" ] || exit 9\nshift 3\n${realServer} "$@"`,
    });
    const log: string[] = [];
    const moto = await startMoto((line) => log.push(line), env);
    try {
      assert.equal(moto?.version, '5.2.1');
      assert.deepEqual(log, ['Getting moto 5.2.1 with uvx (once)…']);
    } finally {
      await moto?.stop();
    }
  });

  it('goes on to the next way when one fails, and says so', async () => {
    const env = await environment({
      uvx: 'echo "no network" >&2; exit 1',
      docker: `for last; do :; done; [ "$last" = "motoserver/moto:5.2.1" ] || exit 9\nport=$(echo "$5" | sed 's/127.0.0.1:\\(.*\\):5000/\\1/')\n${realServer} -H 127.0.0.1 -p "$port"`,
      sed: `exec /bin/sed "$@"`,
    });
    const log: string[] = [];
    const moto = await startMoto((line) => log.push(line), env);
    try {
      assert.ok(moto, log.join('\n'));
      assert.match(
        log.join('\n'),
        /could not be started by uvx: it ended at once: no network\nStarting moto 5\.2\.1 in Docker/,
      );
    } finally {
      await moto?.stop();
    }
  });

  it('finds nothing where there is nothing', async () => {
    assert.equal(await startMoto(() => {}, await environment({})), undefined);
  });

  it('does not replace an address that was asked for', async () => {
    await assert.rejects(
      startMoto(() => {}, { BACKDRIFT_EMULATOR_URL: 'http://127.0.0.1:9' }),
      /No moto server answers/,
    );
  });
});
