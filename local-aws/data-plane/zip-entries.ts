import { unzipSync } from 'fflate';

/** A zip that is not unpacked: broken, too big, or with names that lead out of the directory. */
export class ZipRefused extends Error {
  override readonly name = 'ZipRefused';
}

/** Lambda's limit for an unpacked deployment package. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const unpackedLimit = 250 * 1024 * 1024;

const entryLimit = 20_000;

/**
 * The files of a zip by their path inside it, with `/` between its parts. Directories are left out. A name that is
 * absolute, has a `..` or `__proto__`, a drive letter, a backslash or a control character refuses the whole zip: nobody
 * writes such a name by accident. The limit holds for what the zip's directory promises and for what comes out of it.
 */
export function zipEntries(zip: Uint8Array, limit = unpackedLimit): Map<string, Uint8Array> {
  let promised = 0;
  let count = 0;
  let unpacked: Record<string, Uint8Array>;
  try {
    unpacked = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        promised += originalSize;
        count += 1;
        if (promised > limit) throw new ZipRefused(`The zip unpacks to more than ${limit} bytes.`);
        if (count > entryLimit) throw new ZipRefused(`The zip holds more than ${entryLimit} files.`);
        if (!safe(name))
          throw new ZipRefused(`The zip holds a file named ${JSON.stringify(name)}, which leads out of it.`);
        return !name.endsWith('/');
      },
    });
  } catch (error) {
    if (error instanceof ZipRefused) throw error;
    throw new ZipRefused(`The zip cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
  const files = new Map(Object.entries(unpacked));
  let size = 0;
  for (const content of files.values()) size += content.length;
  if (size > limit) throw new ZipRefused(`The zip unpacks to more than ${limit} bytes.`);
  return files;
}

function safe(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (name === '' || name.startsWith('/') || /[\\\u0000-\u001f]|^[A-Za-z]:/.test(name)) return false;
  return !name.split('/').some((part) => part === '..' || part === '.' || part === '__proto__');
}
