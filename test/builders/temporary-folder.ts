import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one test, with the given files in it. */
export function temporaryFolder(files: Record<string, string | Uint8Array> = {}): { path: string; remove(): void } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'backdrift-test-')));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
