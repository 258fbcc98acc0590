/** What a handler answers; `respond.ts` makes HTTP of it. */
export type Answer =
  | {
      kind: 'row';
      status: 200 | 201;
      body: { [key: string]: unknown } /** Quoted, as the header has it. */;
      etag?: string;
      /** What the caller's tokens say is out of date: tenant or role have changed. */
      refreshTokens?: true;
    }
  /** The caller has this row already. */
  | { kind: 'not-modified'; etag: string }
  | { kind: 'page'; items: { [key: string]: unknown }[]; nextCursor: string | null }
  | { kind: 'done'; refreshTokens?: true }
  | Problem;

/** Why a request was not carried out, in the words of RFC 9457. Says nothing of tables, code or other people's rows. */
export interface Problem {
  kind: 'problem';
  status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 500 | 503;
  title: string;
  /** What to do, as a sentence. */
  detail: string;
  /** Field by field, for a 400. */
  errors?: FieldError[];
}

export interface FieldError {
  field: string;
  message: string;
}

export function invalid(errors: FieldError[]): Problem {
  return problem(400, 'The request is not valid', 'Correct the fields that are listed in errors.', errors);
}

export function badRequest(detail: string): Problem {
  return problem(400, 'The request is not valid', detail);
}

/** For a row that does not exist and for one that the caller may not see: the two cannot be told apart. */
export function notFound(entity: string): Problem {
  return problem(404, 'Not found', `There is no ${entity} with this id.`);
}

export function unauthenticated(): Problem {
  return problem(401, 'Sign in first', 'Send a valid token in the Authorization header.');
}

export function forbidden(detail: string): Problem {
  return problem(403, 'Not allowed', detail);
}

export function conflict(detail: string): Problem {
  return problem(409, 'Conflict', detail);
}

export function preconditionFailed(entity: string): Problem {
  const detail = `The ${entity} was changed since you read it. Read it again and decide whether your change still fits.`;
  return problem(412, 'Changed in the meantime', detail);
}

export function notJson(): Problem {
  return problem(415, 'Not JSON', 'Send the body as JSON in UTF-8, with the header content-type: application/json.');
}

export function tooLarge(): Problem {
  return problem(413, 'Too large', 'A row holds at most 400 KB. Store large content as a file and keep its key here.');
}

export function bodyTooLarge(most: string): Problem {
  return problem(413, 'Too large', `A body has at most ${most} here.`);
}

export function overloaded(): Problem {
  return problem(503, 'Busy', 'Too many requests at the moment. Try again in a second.');
}

/** A delete with more dependent rows than one call has time for; what is done stays done. */
export function unfinished(): Problem {
  const detail = 'Many rows depend on this one, and not all of them are dealt with yet. Make the same call again.';
  return problem(503, 'Not finished', detail);
}

export function internalError(): Problem {
  return problem(500, 'Internal error', 'The request could not be completed. Quote the request id when you report it.');
}

function problem(status: Problem['status'], title: string, detail: string, errors?: FieldError[]): Problem {
  return { kind: 'problem', status, title, detail, ...(errors === undefined ? {} : { errors }) };
}
