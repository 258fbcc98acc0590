// The whole check, from a fresh clone:
//
//   node scripts/test.mjs [suite …]      without a name: all of them; aws stands for every aws/…
//
// Sets up what is missing, builds and packs, then runs every suite, also after one has failed, two side by side. A suite
// that ends without counts is one failure. The last line is the sum: N passed, M failed, K skipped. Exit 1 when anything
// failed, and under CI also when anything was skipped.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureMoto, withoutMoto } from './setup/moto.mjs';
import { Missing, npm, step } from './setup/step.mjs';
import { runSuite, stopSuites } from './suite.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Folders of test/aws that take longest. */
const longest = ['runtime', 'engine', 'privilege', 'strangers', 'clients'];

/**
 * The longest first, so that the two lanes end together.
 * @type {import('./suite.mjs').Suite[]}
 */
const all = [
  ...awsSuites().slice(0, 2),
  mocha('unit', 'test/unit'),
  mocha('e2e', 'test/e2e'),
  ...awsSuites().slice(2),
  host('oldest'),
  host('newest'),
  mocha('package', 'test/package'),
  { name: 'types', command: npm, args: ['run', '--silent', 'types'], counts: 'one' },
  { name: 'lint', command: npm, args: ['run', '--silent', 'lint'], counts: 'one' },
];

process.on('SIGINT', () => {
  stopSuites();
  process.exit(130);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  explain(error);
  console.log(sum({ passed: 0, failed: 1, skipped: 0 }));
  process.exitCode = 1;
}

/**
 * @param {string[]} names
 * @returns {Promise<number>} exit code
 */
async function main(names) {
  const began = performance.now();
  const unknown = names.filter((name) => !all.some((suite) => isMeant(suite.name, name)));
  if (unknown.length > 0) {
    throw new Missing(`There is no suite ${unknown.join(', ')}: ${all.map(({ name }) => name).join(', ')}.`);
  }
  const suites = all.filter(({ name }) => names.length === 0 || names.some((wish) => isMeant(name, wish)));
  rmSync(path.join(root, '.test-results'), { recursive: true, force: true });
  const environment = noRealAccount(process.env);
  const failures = await setUp(
    suites.map(({ name }) => name),
    environment,
  );
  const results = [...failures, ...(await inLanes(suites, environment))];
  return conclude(results, (performance.now() - began) / 1000);
}

/**
 * What the suites need. What cannot be had is a failure of its own; the suites that do not need it still run.
 * @param {string[]} names
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import('./suite.mjs').SuiteResult[]>} what failed
 */
async function setUp(names, environment) {
  await ensureDependencies();
  const { ensureBrowser } = await import('./setup/browser.mjs');
  const { ensureVSCode, newest, oldest } = await import('./setup/vscode.mjs');
  const { packageExtension } = await import('./package.mjs');
  const { build } = await import('./build.mjs');
  const needed = (/** @type {string[]} */ ...by) => by.some((wish) => names.some((name) => isMeant(name, wish)));
  /** @type {import('./suite.mjs').SuiteResult[]} */
  const failures = [];
  const attempt = async (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ work) => {
    const began = performance.now();
    await work().catch((error) => {
      explain(error);
      const seconds = (performance.now() - began) / 1000;
      failures.push({ name, seconds, output: '', passed: 0, failed: 1, skipped: 0, skippedNames: [] });
    });
  };
  if (needed('e2e', 'oldest', 'newest', 'unit')) {
    await attempt('browser', async () => {
      environment.CHROME_PATH = await ensureBrowser();
    });
  }
  if (needed('e2e', 'aws', 'oldest', 'newest')) {
    if (!(await ensureMoto())) console.log(withoutMoto);
    environment.PATH = process.env.PATH;
  }
  if (needed('e2e', 'oldest')) await attempt('oldest VS Code', () => ensureVSCode(oldest));
  if (needed('newest')) await attempt('newest VS Code', () => ensureVSCode(newest));
  if (needed('e2e', 'package')) await attempt('package', () => step('package', packageExtension));
  await attempt('build', () => step('build', () => build({ tests: true })));
  return failures;
}

/** @param {unknown} error */
function explain(error) {
  console.error(error instanceof Missing ? error.message : error);
  if (error instanceof Missing && error.cause instanceof Error) console.error(error.cause.message);
}

/**
 * Whatever a test does wrong, it does not do it to somebody's AWS account.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
function noRealAccount(environment) {
  const kept = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
  return {
    ...kept,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: path.join(root, '.test-results/no-config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(root, '.test-results/no-credentials'),
  };
}

/**
 * @param {import('./suite.mjs').Suite[]} suites
 * @param {NodeJS.ProcessEnv} environment
 */
async function inLanes(suites, environment) {
  const waiting = [...suites];
  /** @type {import('./suite.mjs').SuiteResult[]} */
  const results = [];
  const lane = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) {
      const result = await runSuite(suite, environment);
      results.push(result);
      console.log(`\n━━ ${result.name}: ${sum(result)} (${result.seconds.toFixed(1)} s)\n${result.output.trimEnd()}`);
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

/**
 * @param {import('./suite.mjs').SuiteResult[]} results
 * @param {number} seconds
 */
function conclude(results, seconds) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log(`\n━━ all suites, ${seconds.toFixed(0)} s`);
  for (const result of results) {
    console.log(`${result.name.padEnd(20)} ${result.seconds.toFixed(1).padStart(6)} s  ${sum(result)}`);
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
  }
  for (const { name, skippedNames } of results)
    for (const test of skippedNames) console.log(`skipped: ${name}: ${test}`);
  console.log(sum(total));
  return total.failed > 0 || (process.env.CI && total.skipped > 0) ? 1 : 0;
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
function sum({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Is this suite meant by that name, its own or that of its group?
 * @param {string} suite
 * @param {string} name
 */
function isMeant(suite, name) {
  return suite === name || suite.startsWith(`${name}/`);
}

/** The contract tests spend most of their time waiting for other programs, so every folder of them is a suite of its own. */
function awsSuites() {
  const tests = readdirSync(path.join(root, 'test/aws'), { recursive: true, encoding: 'utf8' });
  const folders = new Set(
    tests.filter((file) => file.endsWith('.test.ts')).map((file) => file.split(path.sep)[0] ?? ''),
  );
  const ordered = [...folders].sort((left, right) => weight(right) - weight(left));
  return ordered.map((folder) => mocha(`aws/${folder}`, `test/aws/${folder}`));
}

/**
 * How early a folder of tests is begun.
 * @param {string} folder
 */
function weight(folder) {
  const place = longest.indexOf(folder);
  return place < 0 ? 0 : longest.length - place;
}

/**
 * @param {string} name
 * @param {string} place a folder of tests, or one of them
 * @returns {import('./suite.mjs').Suite}
 */
function mocha(name, place) {
  const program = path.join(root, 'node_modules/mocha/bin/mocha.js');
  const files = [place.endsWith('.test.ts') ? place : `${place}/**/*.test.ts`];
  const args = [program, '--config', '.mocharc.json', '--exit', ...files];
  return { name, command: process.execPath, args, counts: 'mocha' };
}

/**
 * @param {'oldest' | 'newest'} version
 * @returns {import('./suite.mjs').Suite}
 */
function host(version) {
  const args = [path.join(root, 'scripts/host-tests.mjs'), version];
  return { name: version, command: process.execPath, args, counts: 'mocha' };
}
