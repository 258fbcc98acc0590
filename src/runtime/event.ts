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
  /** Path parameters, percent-decoded: API Gateway passes them on as they stand in the URL. */
  path: ReadonlyMap<string, string>;
  query: ReadonlyMap<string, string>;
  /** Names of query parameters that were given more than once: `query` holds the last value of each. */
  repeated: readonly string[];
  body?: string;
  caller: Caller;
}

/** Reads an event. Whatever is missing or of another shape counts as absent; it never throws. */
export function readCall(event: unknown, context: unknown): Call {
  const requestContext = own(event, 'requestContext');
  const origin = header(own(event, 'headers'), 'origin');
  const body = readBody(event);
  return {
    requestId: ownText(requestContext, 'requestId') ?? ownText(context, 'awsRequestId') ?? 'unknown',
    ...(origin === undefined ? {} : { origin }),
    path: texts(own(event, 'pathParameters'), percentDecoded),
    query: texts(own(event, 'queryStringParameters'), (text) => text),
    repeated: repeatedNames(own(event, 'multiValueQueryStringParameters')),
    ...(body === undefined ? {} : { body }),
    caller: readCaller(own(own(requestContext, 'authorizer'), 'claims')),
  };
}

function readBody(event: unknown): string | undefined {
  const body = ownText(event, 'body');
  if (body === undefined || own(event, 'isBase64Encoded') !== true) return body;
  return Buffer.from(body, 'base64').toString('utf8');
}

function header(headers: unknown, name: string): string | undefined {
  if (!isObject(headers)) return undefined;
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name && typeof value === 'string') return value;
  }
  return undefined;
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
