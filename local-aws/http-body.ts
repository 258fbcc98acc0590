import type { IncomingMessage } from 'node:http';

/** A request in full; undefined when it is larger than allowed. */
export async function readBody(request: IncomingMessage, maximumBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maximumBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
