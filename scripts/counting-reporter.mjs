// A mocha reporter: the usual listing, and the counts as JSON for the one closing line of `npm test`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Mocha from 'mocha';

export default class CountingReporter extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.TEST_COUNTS_FILE;
    if (!file) return;
    /** @type {string[]} */
    const skippedNames = [];
    runner.on('pending', (test) => skippedNames.push(test.fullTitle()));
    runner.once('end', () => {
      mkdirSync(dirname(file), { recursive: true });
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, skippedNames }));
    });
  }
}
