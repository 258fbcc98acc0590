// The project's npm packages. Runs before there are any, so Node's own modules only.
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Missing, npm, run, step } from './step.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** The oldest Node that the project is developed with, as in package.json. */
const oldestNode = [20, 19];

/**
 * Installs what the lock file says, unless exactly that is there already.
 * @returns {Promise<void>}
 */
export async function ensureDependencies() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Missing(`Node ${process.versions.node} is too old: install Node ${oldestNode.join('.')} or newer.`);
  }
  if (installed()) return;
  const modules = path.join(root, 'node_modules');
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
    console.log('node_modules is a link to packages that differ from package-lock.json: run npm ci where it leads.');
    return;
  }
  await step('npm packages', () =>
    run(npm, ['ci', '--no-audit', '--no-fund'], { cwd: root }).catch((cause) => {
      throw new Missing(
        'The npm packages could not be installed: check that the npm registry can be reached, then run npm ci.',
        { cause },
      );
    }),
  );
}

/** Does node_modules hold what the lock file asks for? npm leaves a lock file of its own in there; times say nothing after a checkout. */
function installed() {
  const [wanted, present] = [packages('package-lock.json'), packages('node_modules/.package-lock.json')];
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([place, { version, optional, link }]) => {
    if (place === '' || link) return true;
    const found = present[place];
    return found ? found.version === version : optional === true;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function packages(file) {
  const absolute = path.join(root, file);
  if (!existsSync(absolute)) return undefined;
  return JSON.parse(readFileSync(absolute, 'utf8')).packages;
}
