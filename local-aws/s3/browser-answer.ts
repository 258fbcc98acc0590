import type { IncomingMessage } from 'node:http';
import { queryOf } from '../aws-request.ts';

/**
 * Headers that the address of an object may ask for, and that moto does not know: `response-content-disposition` and its
 * like. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const overrides = /^response-(cache-control|content-(?:disposition|encoding|language|type)|expires)$/;

/** What moto's answer to a request for an object becomes: the headers that its address asks for. Pairs, as they came. */
export function withOverrides(request: IncomingMessage, status: number, raw: string[]): string[] {
  if (request.method !== 'GET' && request.method !== 'HEAD') return raw;
  if (status !== 200 && status !== 206) return raw;
  const asked = [...queryOf(request)].flatMap(([name, value]) => {
    const header = overrides.exec(name)?.[1];
    // What cannot stand in a header is not asked for by anybody who is in earnest.
    return header === undefined || !/^[\t -~]*$/.test(value) ? [] : [[header, value] as const];
  });
  if (asked.length === 0) return raw;
  const replaced = new Set<string>(asked.map(([header]) => header));
  return [...without(raw, (name) => replaced.has(name)), ...asked.flat()];
}

/** moto allows every page everything; where the bucket's own rules were asked, that is left out. */
export function withoutCors(raw: string[]): string[] {
  return without(raw, (name) => name.startsWith('access-control-') || name === 'vary');
}

function without(raw: readonly string[], left: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (!left((raw[i] ?? '').toLowerCase())) kept.push(raw[i] ?? '', raw[i + 1] ?? '');
  }
  return kept;
}
