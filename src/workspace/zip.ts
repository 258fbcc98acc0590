import { type Zippable, zipSync } from 'fflate';

/**
 * A zip whose bytes follow from names and contents alone: in the order of names, every file readable and of the same
 * date (the earliest that the format knows, in the machine's own time zone, as it is written).
 */
export function deterministicZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const names = [...files.keys()].sort();
  const options = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16, level: 9 } as const;
  const contents: Zippable = Object.fromEntries(
    names.map((name) => [name, [files.get(name) ?? new Uint8Array(), options]]),
  );
  return zipSync(contents);
}
