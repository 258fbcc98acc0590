import { createHash } from 'node:crypto';
import type { QueryMap } from './query-protocol.ts';
import { ServiceError } from './service-error.ts';
import type { XmlMap } from './xml.ts';

/** What was asked under a token, and what was answered. */
export type TokenBook = Map<string, { readonly request: string; readonly answer: Promise<XmlMap | undefined> }>;

/** Where a stack's tokens are kept. They are forgotten with the stack, so that its name can be used anew. */
export function tokenBookKey(region: string, stackName: string): string {
  return `${region}/${stackName}`;
}

/**
 * Runs a request once per client request token: sent again, it gets the first answer again, also while that is still
 * being worked out. A refused request may be repeated under its token.
 * @throws ServiceError TokenAlreadyExistsException when the token came with another request before.
 */
export function oncePerToken(
  book: TokenBook,
  token: string | undefined,
  action: string,
  query: QueryMap,
  run: () => Promise<XmlMap | undefined>,
): Promise<XmlMap | undefined> {
  if (token === undefined) return run();
  const request = createHash('sha256')
    .update(`${action}\n${JSON.stringify(query)}`)
    .digest('base64');
  const known = book.get(token);
  if (known) {
    if (known.request === request) return known.answer;
    throw new ServiceError(
      'TokenAlreadyExistsException',
      `The client request token ${token} was already used for another request.`,
    );
  }
  const answer = run();
  book.set(token, { request, answer });
  answer.catch(() => book.delete(token));
  return answer;
}
