// The mocha suite of test/host inside a real VS Code.
//
//   node scripts/host-tests.mjs oldest|newest
//
// Results are in .test-results/host-<version>: the listing, the logs of server and workbench, and a picture of a failure.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './build-options.mjs';
import { runInHost } from './extension-host.mjs';
import { newest, oldest } from './setup/vscode.mjs';

const version = process.argv[2] === 'newest' ? newest : oldest;
const results = path.join(root, '.test-results', `host-${version.vscode}`);
const report = path.join(results, 'report.txt');

process.exitCode = await runInHost({
  version,
  module: 'dist/test/host/index.js',
  workspace: path.join(root, 'examples/task-manager'),
  results,
  environment: { TEST_REPORT_FILE: report, EXPECTED_VSCODE_VERSION: version.vscode },
});
console.log(
  existsSync(report) ? readFileSync(report, 'utf8') : `The suite said nothing: see ${path.relative(root, results)}.`,
);
