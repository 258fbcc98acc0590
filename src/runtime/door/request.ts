import { badRequest, bodyTooLarge, invalid, notJson, type Problem } from '../answer.ts';
import { isJson } from '../body.ts';
import type { Call } from '../event.ts';
import { parseJson } from '../json.ts';
import { type Contract, isNestedDeeply } from './contract.ts';

/** Bytes of a body that is held against a contract: checking costs time for every byte. */
const mostBytes = 1024 * 1024;

export type Read = { kind: 'body'; body: unknown } | Problem;

/** A body that keeps the contract, as a value; otherwise what is wrong with it. */
export function readRequest(contract: Contract, call: Pick<Call, 'body' | 'contentType' | 'unreadable'>): Read {
  const { body: text, contentType, unreadable } = call;
  if (unreadable) return badRequest('The body is not UTF-8.');
  // What says nothing is taken for JSON, as API Gateway does.
  if (contentType !== undefined && !isJson(contentType)) return notJson();
  if (text === undefined || text === '') return badRequest('Send JSON in the body.');
  if (Buffer.byteLength(text) > mostBytes) return bodyTooLarge('1 MB');
  if (isNestedDeeply(text)) return badRequest('The body is nested deeper than 64 levels.');
  const body = parseJson(text);
  if (body === undefined) return badRequest('The body is not valid JSON.');
  const verdict = judged(contract, body);
  if (verdict === undefined) return badRequest('The body does not match what this route takes.');
  return verdict.kind === 'kept' ? { kind: 'body', body } : invalid(verdict.errors);
}

/** Undefined: so much is wrong that the library could not gather it. */
function judged(contract: Contract, body: unknown): ReturnType<Contract['check']> | undefined {
  try {
    return contract.check(body);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
