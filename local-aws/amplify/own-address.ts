import { isLoopbackHost } from '../browser-guard.ts';

/**
 * The address of an object in the local AWS itself, which alone is fetched; undefined for any other. A page or a template
 * must not make this process ask other programs on its behalf, on this machine (another port) or elsewhere.
 */
export function ownAddress(sourceUrl: string, selfUrl: string): URL | undefined {
  if (!URL.canParse(sourceUrl)) return undefined;
  const url = new URL(sourceUrl);
  const own = new URL(selfUrl);
  const same = url.protocol === own.protocol && url.port === own.port && isLoopbackHost(url.host);
  return same && url.username === '' && url.password === '' ? url : undefined;
}
