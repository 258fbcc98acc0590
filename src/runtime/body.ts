import { badRequest, type Problem, tooLarge } from './answer.ts';
import type { Call } from './event.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';

/** A DynamoDB item holds at most 400 KB. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const itemBytes = 400 * 1024;

export type ReadBody = { kind: 'body'; body: JsonObject } | Problem;

/** The JSON object in a request's body. */
export function readBody(call: Call): ReadBody {
  if (call.body === undefined || call.body === '') return badRequest('Send a JSON object in the body.');
  if (Buffer.byteLength(call.body) > itemBytes) return tooLarge();
  const body = parseJson(call.body);
  if (body === undefined) return badRequest('The body is not valid JSON.');
  if (!isObject(body)) return badRequest('Send a JSON object in the body, such as {"name": "value"}.');
  return { kind: 'body', body };
}
