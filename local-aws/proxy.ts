import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';
import type { Log } from './log.ts';

/** Headers that belong to one connection, not to the request. Bodies are framed anew on each side. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Passes a request on as it came, method, address, headers and bytes, and the answer back likewise. `Host` stays the
 * client's: moto reads S3's virtual-host style from it, and builds its addresses (queue URLs) with it.
 * @param body What was already read of the request, in full. Without it the request streams through.
 * @param change What becomes of the answer's headers: names and values in turn.
 */
export function passThrough(
  target: URL,
  incoming: IncomingMessage,
  response: ServerResponse,
  log: Log,
  body?: Buffer,
  change: (status: number, headers: string[]) => string[] = (_, headers) => headers,
): void {
  const headers = endToEnd(incoming.rawHeaders);
  const chunked = incoming.headers['transfer-encoding'] !== undefined;
  if (chunked && body === undefined) headers.push('Transfer-Encoding', 'chunked');
  if (chunked && body !== undefined) headers.push('Content-Length', String(body.length));
  const outgoing: ClientRequest = httpRequest({
    host: target.hostname,
    port: target.port,
    method: incoming.method,
    path: incoming.url,
    headers,
    setHost: false,
    // moto closes every connection after its answer, so there is nothing to keep alive.
    agent: false,
  });
  outgoing.on('response', (answer) => {
    answers.set(response, answer.headers);
    response.sendDate = false;
    const status = answer.statusCode ?? 502;
    response.writeHead(status, answer.statusMessage, change(status, endToEnd(answer.rawHeaders)));
    pipeline(answer, response, (error) => {
      // The client went away, or moto broke off: both sides are closed by now, and the client sees a short answer.
      if (error) log(`Proxy: ${incoming.method} ${incoming.url?.slice(0, 200)} was cut short: ${error.message}`);
    });
  });
  outgoing.on('error', (error) => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(503, { 'content-type': 'text/plain' });
    response.end(`Local AWS cannot reach moto at ${target.origin}: ${error.message}. Start Local AWS again.\n`);
  });
  response.on('close', () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  if (body !== undefined) outgoing.end(body);
  else incoming.pipe(outgoing);
}

/** The headers of moto's answer, which a response keeps to itself once they are written. */
const answers = new WeakMap<ServerResponse, IncomingHttpHeaders>();

/** A header of the answer that was passed back, in lower case; for those who look on. */
export function answeredHeader(response: ServerResponse, name: string): string | undefined {
  const value = answers.get(response)?.[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Name, value, name, value, as they came, without what belongs to the connection alone. */
function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    // Node has already answered `Expect: 100-continue`.
    if (hopByHop.has(name.toLowerCase()) || name.toLowerCase() === 'expect') continue;
    kept.push(name, raw[i + 1] ?? '');
  }
  return kept;
}
