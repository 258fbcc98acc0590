/**
 * One line of the log. Never a body, a path, a query, a header, an address or a key: nothing that tells of a person.
 * `request` lines become metrics (`metrics.ts`), so they carry `status` and `duration_ms`.
 */
export type LogLine = {
  level: 'info' | 'error';
  event: string;
  [key: string]: string | number | boolean | readonly string[] | undefined;
};
