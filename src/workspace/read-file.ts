import { constants, type FileHandle, lstat, open, realpath } from 'node:fs/promises';

export type ReadFile =
  | { kind: 'read'; bytes: Uint8Array }
  /** More than the limit; nothing was read. */
  | { kind: 'too-large'; size: number }
  /** A folder, a pipe, a device: reading might never end. */
  | { kind: 'no-file' }
  /** It is not what it was when it was looked at: gone, or a link now, it or a folder on the way. */
  | { kind: 'changed' };

/**
 * Reads a file that was found to lie where it may. Between that look and this one somebody may have put a link in its
 * place, so what was opened is compared with what lies there: only the very file at the very path is read.
 * @param file absolute, with symbolic links followed
 * @param limit bytes
 */
export async function readRealFile(file: string, limit: number): Promise<ReadFile> {
  let opened: FileHandle;
  try {
    // Not waiting: a pipe that nobody writes to would hold the open itself.
    opened = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // ELOOP (EMLINK on some systems): the last part is a link. ENXIO: a socket.
    if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'changed' };
    if (code === 'ENXIO') return { kind: 'no-file' };
    throw error;
  }
  try {
    const held = await opened.stat({ bigint: true });
    if (!held.isFile()) return { kind: 'no-file' };
    if (!(await isStillAt(file, held))) return { kind: 'changed' };
    if (held.size > BigInt(limit)) return { kind: 'too-large', size: Number(held.size) };
    const bytes = await readUpTo(opened, limit);
    return bytes === undefined ? { kind: 'too-large', size: limit + 1 } : { kind: 'read', bytes };
  } finally {
    await opened.close();
  }
}

async function isStillAt(file: string, held: { dev: bigint; ino: bigint }): Promise<boolean> {
  try {
    const [real, there] = await Promise.all([realpath(file), lstat(file, { bigint: true })]);
    return real === file && there.dev === held.dev && there.ino === held.ino;
  } catch {
    // Gone in between.
    return false;
  }
}

/** A file may grow while it is read, and a few systems say 0 of files that never end. */
async function readUpTo(opened: FileHandle, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of opened.createReadStream({ autoClose: false, start: 0, end: limit })) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    chunks.push(bytes);
  }
  return size > limit ? undefined : Buffer.concat(chunks, size);
}
