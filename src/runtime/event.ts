import { type Caller, readCaller } from './caller.ts';
import { isObject, own, ownText } from './json.ts';

/**
 * A request as API Gateway hands it over (Lambda proxy event of a REST API, payload version 1.0), reduced to what the
 * handlers use. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export interface Call {
  requestId: string;
  /** The Origin header: which website asks. */
  origin?: string;
  /** What the caller knows of the row's revision already. */
  ifMatch?: string;
  ifNoneMatch?: string;
  contentType?: string;
  /** Path parameters, percent-decoded: API Gateway passes them on as they stand in the URL. */
  path: ReadonlyMap<string, string>;
  query: ReadonlyMap<string, string>;
  /** Names of query parameters that were given more than once: `query` holds the last value of each. */
  repeated: readonly string[];
  body?: string;
  /** The body is there, and is not UTF-8. */
  unreadable?: true;
  caller: Caller;
  /** Milliseconds until Lambda stops the function. */
  remaining(): number;
}

/** Reads an event. Whatever is missing or of another shape counts as absent; it never throws. */
export function readCall(event: unknown, context: unknown): Call {
  const requestContext = own(event, 'requestContext');
  const origin = header(event, 'origin');
  const ifMatch = header(event, 'if-match');
  const ifNoneMatch = header(event, 'if-none-match');
  const contentType = header(event, 'content-type');
  return {
    requestId: ownText(requestContext, 'requestId') ?? ownText(context, 'awsRequestId') ?? 'unknown',
    ...(origin === undefined ? {} : { origin }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(contentType === undefined ? {} : { contentType }),
    path: texts(own(event, 'pathParameters'), percentDecoded),
    query: texts(own(event, 'queryStringParameters'), (text) => text),
    repeated: repeatedNames(own(event, 'multiValueQueryStringParameters')),
    ...readBody(event),
    caller: readCaller(own(own(requestContext, 'authorizer'), 'claims')),
    remaining: () => remainingOf(context),
  };
}

function readBody(event: unknown): Pick<Call, 'body' | 'unreadable'> {
  const body = ownText(event, 'body');
  if (body === undefined) return {};
  if (own(event, 'isBase64Encoded') !== true) return { body };
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(body, 'base64')) };
  } catch {
    return { unreadable: true };
  }
}

/** A header that was sent several times counts as one, its values joined by commas; `name` is in lower case. */
export function header(event: unknown, name: string): string | undefined {
  const all = headerNamed(own(event, 'multiValueHeaders'), name);
  const texts = Array.isArray(all) ? all.filter((value) => typeof value === 'string') : [];
  if (texts.length > 0) return texts.join(', ');
  const one = headerNamed(own(event, 'headers'), name);
  return typeof one === 'string' ? one : undefined;
}

function headerNamed(headers: unknown, name: string): unknown {
  if (!isObject(headers)) return undefined;
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

function remainingOf(context: unknown): number {
  const ask = own(context, 'getRemainingTimeInMillis');
  const milliseconds: unknown = typeof ask === 'function' ? ask() : undefined;
  return typeof milliseconds === 'number' ? milliseconds : Number.POSITIVE_INFINITY;
}

function texts(object: unknown, read: (text: string) => string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  if (!isObject(object)) return map;
  for (const [key, value] of Object.entries(object)) if (typeof value === 'string') map.set(key, read(value));
  return map;
}

function repeatedNames(lists: unknown): string[] {
  if (!isObject(lists)) return [];
  return Object.entries(lists).flatMap(([name, values]) => (Array.isArray(values) && values.length > 1 ? [name] : []));
}

/** A text that is not percent-encoded properly stands for itself: no row has such a key, so the answer is 404. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
