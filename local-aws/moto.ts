import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from './log.ts';
import { freePort, startProcess } from './moto-process.ts';

const run = promisify(execFile);

/** The version that Local AWS is tested with, and that it gets where it may choose. */
const version = '5.2.1';
const oldest = [5, 2] as const;

/** A moto server that answers. */
export interface Moto {
  readonly endpoint: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** A way to a moto server: the command, without host and port. */
interface Candidate {
  readonly name: string;
  /** What has to be done first, told before it is done, because it takes a while. */
  readonly prepare?: { readonly announcement: string; run(): Promise<void> };
  readonly version: string;
  command(port: number): { file: string; arguments: readonly string[] };
  /** How long it may take until it answers. Downloads count. */
  readonly patienceSeconds: number;
}

/**
 * Gets a moto server on a free loopback port, the first of these that works: an address in BACKDRIFT_EMULATOR_URL,
 * `moto_server` on PATH (5.2 or newer), uvx, a Python environment of our own, Docker.
 * @returns undefined when there is no way to one on this machine.
 * @throws Error when BACKDRIFT_EMULATOR_URL is set and does not answer: what was asked for is not replaced by something else.
 */
export async function startMoto(log: Log, environment: NodeJS.ProcessEnv = process.env): Promise<Moto | undefined> {
  const given = environment.BACKDRIFT_EMULATOR_URL;
  if (given) return useMoto(given);
  for (const candidate of await candidates(environment)) {
    try {
      if (candidate.prepare) {
        log(candidate.prepare.announcement);
        await candidate.prepare.run();
      }
      const port = await freePort();
      const { file, arguments: args } = candidate.command(port);
      const started = await startProcess(file, args, port, candidate.patienceSeconds, environment);
      return { endpoint: started.endpoint, version: candidate.version, stop: started.stop };
    } catch (error) {
      log(`moto could not be started by ${candidate.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return undefined;
}

/** @throws Error when nothing that is moto answers there. */
export async function useMoto(address: string): Promise<Moto> {
  if (!URL.canParse(address))
    throw new Error(`${address} is not the address of a moto server. Use http://127.0.0.1:5000.`);
  const { origin } = new URL(address);
  const response = await fetch(`${origin}/moto-api/data.json`, { signal: AbortSignal.timeout(10_000) }).catch(
    (error: unknown) => {
      throw new Error(`No moto server answers at ${origin}. Start one, or leave the address out.`, { cause: error });
    },
  );
  await response.body?.cancel();
  if (!response.ok) throw new Error(`What answers at ${origin} is not a moto server (${response.status}).`);
  return { endpoint: origin, version: 'at the given address', stop: async () => {} };
}

async function candidates(environment: NodeJS.ProcessEnv): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const server = onPath('moto_server', environment);
  const installed = server && (await installedVersion(server, environment));
  if (server && installed && isRecent(installed)) found.push(serverCommand('moto_server on PATH', server, installed));
  const uvx = onPath('uvx', environment);
  if (uvx) {
    found.push({
      name: 'uvx',
      version,
      prepare: { announcement: `Getting moto ${version} with uvx (once)…`, run: async () => {} },
      command: (port) => ({
        file: uvx,
        arguments: ['--from', `moto[server]==${version}`, 'moto_server', '-H', '127.0.0.1', '-p', String(port)],
      }),
      patienceSeconds: 300,
    });
  }
  const python = onPath('python3', environment) ?? onPath('python', environment);
  if (python) found.push(ownEnvironment(python, environment));
  const docker = onPath('docker', environment);
  if (docker) found.push(dockerCommand(docker));
  return found;
}

function serverCommand(name: string, file: string, installed: string): Candidate {
  return {
    name,
    version: installed,
    command: (port) => ({ file, arguments: ['-H', '127.0.0.1', '-p', String(port)] }),
    patienceSeconds: 30,
  };
}

/** A virtual environment in the user's cache directory: 280 MB, made once. */
function ownEnvironment(python: string, environment: NodeJS.ProcessEnv): Candidate {
  const cache = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache');
  const directory = join(cache, 'backdrift', `moto-${version}`);
  const bin = join(directory, process.platform === 'win32' ? 'Scripts' : 'bin');
  const server = join(bin, process.platform === 'win32' ? 'moto_server.exe' : 'moto_server');
  const candidate = serverCommand('a Python environment of its own', server, version);
  if (existsSync(server)) return candidate;
  return {
    ...candidate,
    prepare: {
      announcement: `Installing moto ${version} into ${directory} with pip (once, 280 MB)…`,
      async run() {
        await run(python, ['-m', 'venv', directory], { env: environment, timeout: 120_000 });
        const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server]==${version}`];
        await run(join(bin, process.platform === 'win32' ? 'python.exe' : 'python'), pip, {
          env: environment,
          timeout: 900_000,
        });
      },
    },
  };
}

function dockerCommand(docker: string): Candidate {
  return {
    name: 'Docker',
    version,
    prepare: { announcement: `Starting moto ${version} in Docker…`, run: async () => {} },
    command: (port) => ({
      file: docker,
      // `--init` and no `-d`: the container ends with this process.
      arguments: ['run', '--rm', '--init', '-p', `127.0.0.1:${port}:5000`, `motoserver/moto:${version}`],
    }),
    patienceSeconds: 300,
  };
}

/** Relative entries of PATH are left out: what they mean depends on the folder that the process happens to run in. */
function onPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .flatMap((directory) => names.map((file) => join(directory, file)))
    .find((file) => existsSync(file));
}

/** Asked of the Python that the script itself names; of python3 where the script is a shim. */
async function installedVersion(server: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const python = shebangPython(server) ?? onPath('python3', environment) ?? onPath('python', environment);
  if (!python) return undefined;
  try {
    const { stdout } = await run(python, ['-c', 'from importlib.metadata import version; print(version("moto"))'], {
      env: environment,
      timeout: 20_000,
    });
    return stdout.trim();
  } catch {
    // This Python has no moto: the next way is tried.
    return undefined;
  }
}

function shebangPython(server: string): string | undefined {
  const first = readFileSync(realpathSync(server), 'latin1').slice(0, 500).split('\n')[0] ?? '';
  const named = /^#!\s*(\S*python[\d.]*)\s*$/.exec(first)?.[1];
  return named !== undefined && existsSync(named) ? named : undefined;
}

function isRecent(installed: string): boolean {
  const [major = 0, minor = 0] = installed.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}
