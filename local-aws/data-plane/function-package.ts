import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { providedFile, providedPackages } from './bundled-files.ts';
import { zipEntries } from './zip-entries.ts';

/**
 * Unpacked deployment packages, in a temporary directory that only this user can read:
 *
 *     <root>/node_modules/@aws-sdk/…   the SDK packages that Lambda's runtime provides
 *     <root>/<sha256>/…                one package's files
 *
 * A package's imports look for `node_modules` upwards from where they are, so that its own copy comes first and the
 * provided one next, for `import` and `require` alike and without loader hooks.
 */
export class FunctionPackages {
  #root: Promise<string> | undefined;
  readonly #unpacked = new Map<string, Promise<string>>();

  /** The directory with the zip's files. The same zip is unpacked once. */
  unpack(zip: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(zip).digest('hex');
    const known = this.#unpacked.get(hash);
    if (known) return known;
    const unpacked = this.#write(hash, zip);
    this.#unpacked.set(hash, unpacked);
    unpacked.catch(() => this.#unpacked.delete(hash));
    return unpacked;
  }

  async #write(hash: string, zip: Uint8Array): Promise<string> {
    const files = zipEntries(zip);
    this.#root ??= makeRoot();
    const directory = path.join(await this.#root, hash);
    await mkdir(directory, { recursive: true });
    for (const [name, content] of files) {
      const file = path.join(directory, ...name.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    return directory;
  }

  /** Removes everything that was unpacked. */
  async remove(): Promise<void> {
    const root = this.#root;
    this.#root = undefined;
    this.#unpacked.clear();
    if (root) await rm(await root, { recursive: true, force: true });
  }
}

async function makeRoot(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'backdrift-functions-'));
  for (const name of providedPackages) {
    const directory = path.join(root, 'node_modules', name);
    const file = providedFile(name);
    await mkdir(directory, { recursive: true });
    await writeFile(
      path.join(directory, 'package.json'),
      JSON.stringify({ name, type: 'module', exports: { import: './index.js', require: './index.cjs' } }),
    );
    await writeFile(path.join(directory, 'index.js'), `export * from ${JSON.stringify(pathToFileURL(file).href)};\n`);
    await writeFile(path.join(directory, 'index.cjs'), `module.exports = require(${JSON.stringify(file)});\n`);
  }
  return root;
}
