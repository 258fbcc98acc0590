import { IncomingMessage } from 'node:http';

/** A request whose body was read, as if it had not been: for whoever serves it. */
export function replayed(request: IncomingMessage, body: Buffer): IncomingMessage {
  const again = new IncomingMessage(request.socket);
  again.httpVersion = request.httpVersion;
  again.httpVersionMajor = request.httpVersionMajor;
  again.httpVersionMinor = request.httpVersionMinor;
  again.method = request.method ?? 'GET';
  again.url = request.url ?? '/';
  again.rawHeaders = request.rawHeaders;
  again.headers = request.headers;
  // Ended in good order, not broken off.
  again.complete = true;
  again.push(body);
  again.push(null);
  return again;
}
