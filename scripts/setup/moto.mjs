// moto answers for the single AWS services behind the local AWS, which starts it by itself where it finds it: a running
// one (BACKDRIFT_EMULATOR_URL), moto_server on PATH, uvx, Docker. Where there is none, pip puts it into a folder of ours
// and that folder on PATH. Without any the local AWS works with stubs.
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onPath, run, step } from './step.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** The version that the local AWS was measured with. */
const wanted = '5.2.1';
const oldest = [5, 2];
const home = path.join(root, '.local/moto');
const programs = path.join(home, process.platform === 'win32' ? 'Scripts' : 'bin');

/** What to do where moto cannot be had. */
export const withoutMoto =
  'moto cannot be had here, so the local AWS answers with stubs: install uv, or Python 3.10 or newer, or Docker.';

/**
 * Sees to it that the local AWS will find moto. May add a folder to this process's PATH.
 * @returns {Promise<boolean>} false where moto cannot be had
 */
export async function ensureMoto() {
  if (process.env.BACKDRIFT_EMULATOR_URL) return true;
  if (onPath('moto_server') && (await isNewEnough())) return true;
  if (onPath('uvx')) return true;
  if (await virtualEnvironment()) {
    process.env.PATH = `${programs}${path.delimiter}${process.env.PATH ?? ''}`;
    return true;
  }
  return onPath('docker') !== undefined;
}

async function isNewEnough() {
  const python = onPath('python3', 'python');
  if (!python) return false;
  const version = await run(python, ['-c', 'import moto; print(moto.__version__)']).catch(() => '');
  const [major = 0, minor = 0] = version.trim().split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Installs moto with pip (about 280 MB), the first time. */
async function virtualEnvironment() {
  const complete = path.join(home, 'complete');
  if (existsSync(complete)) return true;
  const python = onPath('python3', 'python');
  if (!python) return false;
  return step('moto, with pip', async () => {
    try {
      await run(python, ['-c', 'import sys; assert sys.version_info >= (3, 10)']);
      await run(python, ['-m', 'venv', '--clear', home]);
      const pip = path.join(programs, process.platform === 'win32' ? 'pip.exe' : 'pip');
      await run(pip, ['install', '--quiet', '--disable-pip-version-check', `moto[server]==${wanted}`]);
      await writeFile(complete, '');
      return true;
    } catch (cause) {
      await rm(home, { recursive: true, force: true });
      console.log(`  not with pip: ${cause instanceof Error ? cause.message.trim().split('\n').at(-1) : cause}`);
      return false;
    }
  });
}
