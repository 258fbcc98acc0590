import { isObject, own, parseJson } from '../json.ts';

/** A whole answer of a Lambda function behind a proxy integration. */
export interface ProxyResponse {
  statusCode: number;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
}

export type Result =
  | { kind: 'response'; response: ProxyResponse }
  /** Nothing that HTTP could carry; `what` names the part, and nothing of its value. */
  | { kind: 'malformed'; what: 'body' | 'headers' | 'size' | 'statusCode' };

/** Bytes that a function may answer with. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostBytes = 6 * 1024 * 1024;

/**
 * What a user's function returned, as an answer: an object with `statusCode` is the answer itself; anything else is
 * the body of a 200, as JSON; nothing is a 204. A body that is no text is sent as JSON.
 */
export function readResult(value: unknown): Result {
  if (value === undefined || value === null) return made(204, {}, {}, '', false);
  if (!isObject(value) || !Object.hasOwn(value, 'statusCode')) {
    const body = jsonText(value);
    return body === undefined ? { kind: 'malformed', what: 'body' } : made(200, {}, {}, body, false);
  }
  const status = Number(value.statusCode);
  if (!/^[2-5]\d\d$/.test(String(value.statusCode))) return { kind: 'malformed', what: 'statusCode' };
  const headers = singleHeaders(own(value, 'headers'));
  const multiValueHeaders = listedHeaders(own(value, 'multiValueHeaders'));
  if (!headers || !multiValueHeaders) return { kind: 'malformed', what: 'headers' };
  const given = own(value, 'body') ?? '';
  const body = typeof given === 'string' ? given : jsonText(given);
  if (body === undefined) return { kind: 'malformed', what: 'body' };
  return made(status, headers, multiValueHeaders, body, own(value, 'isBase64Encoded') === true);
}

/** The JSON value in an answer's body; undefined where there is none. */
export function jsonBody({ body, isBase64Encoded }: ProxyResponse): unknown {
  return parseJson(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
}

function made(
  statusCode: number,
  headers: Record<string, string>,
  multiValueHeaders: Record<string, string[]>,
  body: string,
  isBase64Encoded: boolean,
): Result {
  const bodiless = statusCode === 204 || statusCode === 304;
  const response = { statusCode, headers, multiValueHeaders, body: bodiless ? '' : body, isBase64Encoded };
  // Lambda counts the answer as JSON, in which a sign may take six bytes.
  if (body.length > mostBytes / 6 && Buffer.byteLength(JSON.stringify(response)) > mostBytes)
    return { kind: 'malformed', what: 'size' };
  return { kind: 'response', response };
}

/** Undefined for what has no JSON form: a function, a cycle, a bigint. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function singleHeaders(given: unknown): Record<string, string> | undefined {
  const entries = entriesOf(given);
  const headers = new Map<string, string>();
  for (const [name, value] of entries ?? []) {
    if (value === undefined || value === null) continue;
    const text = headerText(name, value);
    if (text === undefined) return undefined;
    headers.set(name, text);
  }
  return entries && Object.fromEntries(headers);
}

function listedHeaders(given: unknown): Record<string, string[]> | undefined {
  const entries = entriesOf(given);
  const headers = new Map<string, string[]>();
  for (const [name, values] of entries ?? []) {
    const texts = Array.isArray(values) ? values.map((value) => headerText(name, value)) : [undefined];
    if (texts.includes(undefined)) return undefined;
    headers.set(
      name,
      texts.flatMap((text) => (text === undefined ? [] : [text])),
    );
  }
  return entries && Object.fromEntries(headers);
}

/** Undefined for what is no object. */
function entriesOf(given: unknown): [string, unknown][] | undefined {
  if (given === undefined || given === null) return [];
  return isObject(given) ? Object.entries(given) : undefined;
}

/** Undefined for what cannot stand in a header: API Gateway would refuse the whole answer. */
function headerText(name: string, value: unknown): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text) ? text : undefined;
}
