import { badRequest, type Problem } from './answer.ts';
import type { Expression } from './expression.ts';
import { own } from './json.ts';

/** The attribute that is new with every write through the API. */
export const revisionAttribute = '_revision';

/** The revision of a row that no operation of the API has written yet: a user's function did. */
const unwritten = '0';

/** What a header such as `If-Match` asks of a row's revision: any, or one of these. */
export type Precondition = { kind: 'any' } | { kind: 'one-of'; revisions: readonly string[] };

export type ReadPrecondition = { kind: 'precondition'; precondition: Precondition | undefined } | Problem;

/** The entity tag of a row, quoted as it stands in a header. https://www.rfc-editor.org/rfc/rfc9110#name-etag */
export function etagOf(row: { readonly [attribute: string]: unknown }): string {
  return `"${revisionOf(row)}"`;
}

function revisionOf(row: { readonly [attribute: string]: unknown }): string {
  const revision = own(row, revisionAttribute);
  return typeof revision === 'string' && revision !== '' ? revision : unwritten;
}

const entityTag = /(W\/)?"([^"]*)"/g;

/** More tags than any client has reason to send; DynamoDB compares with a hundred at most. */
const mostTags = 50;

/**
 * Reads `If-Match` or `If-None-Match`: `*`, or quoted tags separated by commas. Weak tags (`W/"…"`) never match where
 * a write depends on them, and do where only a read does.
 * https://www.rfc-editor.org/rfc/rfc9110#name-preconditions
 */
export function readPrecondition(name: 'If-Match' | 'If-None-Match', header: string | undefined): ReadPrecondition {
  if (header === undefined) return { kind: 'precondition', precondition: undefined };
  if (header.trim() === '*') return { kind: 'precondition', precondition: { kind: 'any' } };
  const tags = [...header.matchAll(entityTag)];
  const separated = header.replaceAll(entityTag, 'tag').split(',');
  const wellFormed = separated.every((part) => ['', 'tag'].includes(part.trim()));
  if (!wellFormed || tags.length === 0 || tags.length > mostTags)
    return badRequest(`${name} must be * or the ETag of an earlier answer in its quotes, such as ${name}: "0".`);
  const revisions = tags.flatMap(([, weak, tag = '']) => (name === 'If-Match' && weak !== undefined ? [] : [tag]));
  return { kind: 'precondition', precondition: { kind: 'one-of', revisions } };
}

/** Whether a row that was read meets it. */
export function meets(row: { readonly [attribute: string]: unknown }, precondition: Precondition): boolean {
  return precondition.kind === 'any' || precondition.revisions.includes(revisionOf(row));
}

/**
 * A precondition as terms of a condition expression; none where any row will do.
 * @param written the revision that this very write gives the row: a repeated request finds it there already
 */
export function preconditionTerms(precondition: Precondition | undefined, in_: Expression, written?: string): string[] {
  if (precondition === undefined || precondition.kind === 'any') return [];
  const revision = in_.name(revisionAttribute);
  const accepted = new Set([...precondition.revisions, ...(written === undefined ? [] : [written])]);
  // No revision is empty: a list of weak tags only must match nothing.
  const values = [...(accepted.size > 0 ? accepted : [''])].map((value) => in_.value(value));
  const matches = `${revision} IN (${values.join(', ')})`;
  return accepted.has(unwritten) ? [`(${matches} OR attribute_not_exists(${revision}))`] : [matches];
}

/** That nothing was written through the API since the row was read, as a term of a condition expression. */
export function unchangedTerm(row: { readonly [attribute: string]: unknown }, in_: Expression): string {
  const revision = own(row, revisionAttribute);
  const name = in_.name(revisionAttribute);
  return revision === undefined ? `attribute_not_exists(${name})` : `${name} = ${in_.value(revision)}`;
}
