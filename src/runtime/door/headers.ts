import { corsHeaders } from '../respond.ts';
import type { ProxyResponse } from './result.ts';

/** What every answer of the door carries where the function has not said otherwise. */
export interface Surrounding {
  requestId: string;
  /** The Origin header of the request. */
  origin?: string;
  /** Web origins that may read the answer. */
  origins: readonly string[];
  /** What the route announces: Deprecation, Sunset. */
  announced: Readonly<Record<string, string>>;
}

/** Adds the headers that are missing. Names that differ in case only are the same header. */
export function complete(response: ProxyResponse, surrounding: Surrounding): ProxyResponse {
  const given = new Set(
    [...Object.keys(response.headers), ...Object.keys(response.multiValueHeaders)].map((name) => name.toLowerCase()),
  );
  const { vary, ...cors } = corsHeaders(surrounding.origin, surrounding.origins);
  const exposed = 'access-control-expose-headers';
  if (cors[exposed] !== undefined) cors[exposed] = [cors[exposed], ...Object.keys(surrounding.announced)].join(', ');
  const answersCors = !given.has('access-control-allow-origin');
  const wanted: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': surrounding.requestId,
    ...surrounding.announced,
    ...(answersCors ? cors : {}),
    ...(response.body === '' ? {} : { 'content-type': 'application/json' }),
  };
  const missing = Object.entries(wanted).filter(([name]) => !given.has(name));
  const headers = { ...response.headers, ...Object.fromEntries(missing) };
  const varied = answersCors && vary !== undefined ? withVary(headers, response.multiValueHeaders, vary) : headers;
  return { ...response, headers: varied };
}

/** `Vary` is a list: ours is added to the function's. */
function withVary(
  headers: Record<string, string>,
  lists: ProxyResponse['multiValueHeaders'],
  ours: string,
): Record<string, string> {
  const name = Object.keys(headers).find((one) => one.toLowerCase() === 'vary');
  const list = Object.entries(lists).find(([one]) => one.toLowerCase() === 'vary');
  // In both forms the list counts, and the function has thought about it.
  if (list !== undefined) {
    list[1].push(ours);
    return headers;
  }
  if (name === undefined) return { ...headers, vary: ours };
  const theirs = headers[name] ?? '';
  const named = theirs.split(',').map((one) => one.trim().toLowerCase());
  return named.includes('*') || named.includes(ours.toLowerCase())
    ? headers
    : { ...headers, [name]: `${theirs}, ${ours}` };
}
