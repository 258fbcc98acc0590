import { badRequest, notJson, type Problem, tooLarge } from './answer.ts';
import type { Call } from './event.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';

/**
 * Far more than the 400 KB of a DynamoDB item, of which escapes (`\u00fc`) make up to three times as many bytes.
 * Whether what they stand for fits is DynamoDB's to say.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const mostBytes = 1_300_000;

export type ReadBody = { kind: 'body'; body: JsonObject } | Problem;

/**
 * The JSON object in a request's body. Of a key that stands there twice, the last one counts, as in every browser; a
 * byte order mark in front is passed over. https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function readBody(call: Call): ReadBody {
  if (call.unreadable) return badRequest('The body is not UTF-8.');
  if (call.body === undefined || call.body === '') return badRequest('Send a JSON object in the body.');
  if (call.contentType !== undefined && !isJson(call.contentType)) return notJson();
  if (Buffer.byteLength(call.body) > mostBytes) return tooLarge();
  const body = parseJson(call.body.replace(/^\uFEFF/, ''));
  if (body === undefined) return badRequest('The body is not valid JSON.');
  if (!isObject(body)) return badRequest('Send a JSON object in the body, such as {"name": "value"}.');
  return { kind: 'body', body };
}

/** `application/json` or a format made of JSON, in UTF-8. */
export function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return /^application\/(?:[a-z0-9.-]+\+)?json$/.test(type) && /^(?:charset="?utf-?8"?)?$/.test(charset ?? '');
}
