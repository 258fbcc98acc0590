import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import CountingReporter from '../../scripts/counting-reporter.mjs';

/** Runs the suite inside VS Code: what both @vscode/test-electron and the server's test runner call. Rejects when a test fails. */
export async function run(): Promise<void> {
  listTo(process.env.TEST_REPORT_FILE);
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, forbidOnly: true, color: false, reporter: CountingReporter });
  for (const file of readdirSync(import.meta.dirname).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(path.join(import.meta.dirname, file));
  }
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** The console of an extension host carries VS Code's own voice too, so the listing goes to a file where one is named. */
function listTo(file: string | undefined): void {
  if (!file) return;
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(file, `${format(...values)}\n`);
}
