import type { IncomingMessage } from 'node:http';
import { pathOf } from './aws-request.ts';

/**
 * Keeps web pages out. Local AWS listens on loopback and checks no signature, so any page that the user has open could
 * otherwise talk to it through the browser. Three things stand against that:
 *
 * - A page of `evil.example` can make its own name lead to 127.0.0.1 (DNS rebinding) and is then same-origin with us.
 *   Its requests still carry `Host: evil.example`: only hosts of this machine are answered.
 * - A form or a simple fetch may be sent across sites without being asked for leave, only its answer is kept from the
 *   page. Browsers put `Origin` on every such POST and `Sec-Fetch-Site: cross-site` on every such request: both are
 *   refused. Pages that are themselves served from this machine, on any port, are the user's own and are let through:
 *   their origin or, where a browser sends none (a picture, a link), their address in `Referer`. No page can write either.
 * - The deployed APIs and frontends (`/_api/`, `/_amplify/`) are there for browsers: whom they admit is for their own
 *   CORS rules and authorizers to say. Only the host is checked.
 *
 * SDKs, the aws CLI and Terraform send none of these headers.
 */
export function refusal(request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>): string | undefined {
  const { host, origin } = request.headers;
  if (host !== undefined && !isLoopbackHost(host)) {
    return `Local AWS answers to localhost only, not to the host ${JSON.stringify(host)}.`;
  }
  const path = pathOf(request);
  if (path.startsWith('/_api/') || path.startsWith('/_amplify/')) return undefined;
  if (origin !== undefined) {
    if (isLoopbackOrigin(origin)) return undefined;
    return `Local AWS does not answer pages of another site (${JSON.stringify(origin)}).`;
  }
  // A site of Amplify's is on a host of its own, so that a file on 127.0.0.1 is cross-site for it.
  const { referer } = request.headers;
  if (referer !== undefined && isLoopbackOrigin(referer) && isRead(request)) return undefined;
  if (request.headers['sec-fetch-site'] === 'cross-site')
    return 'Local AWS does not answer requests from another site.';
  return undefined;
}

/** `localhost`, anything under it (S3's virtual-host style: `bucket.localhost`), 127.0.0.0/8 and ::1, with any port. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return /^(?:[a-z0-9._-]+\.)?localhost\.?$/.test(name) || /^127(?:\.\d{1,3}){3}$/.test(name) || name === '[::1]';
}

function isRead({ method }: Pick<IncomingMessage, 'method'>): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && isLoopbackHost(host);
}
