import { validationError } from '../service-error.ts';

export const pageSize = 100;

/** A part of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** @throws ServiceError ValidationError on a token that this service has not given. */
export function page<T>(items: readonly T[], token: string | undefined, size = pageSize): Page<T> {
  const start = token === undefined ? 0 : position(token);
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length && { nextToken: `page-${end}` }) };
}

/**
 * Newest first, over a list that grows at its end. The token counts from the oldest, so that what is added between two
 * requests shifts nothing.
 */
export function newestFirst<T>(items: readonly T[], token: string | undefined, size = pageSize): Page<T> {
  const end = token === undefined ? items.length : Math.min(position(token), items.length);
  const start = Math.max(0, end - size);
  return { items: items.slice(start, end).reverse(), ...(start > 0 && { nextToken: `page-${start}` }) };
}

function position(token: string): number {
  const match = /^page-(\d{1,9})$/.exec(token);
  if (!match) throw validationError('NextToken is invalid.');
  return Number(match[1]);
}
