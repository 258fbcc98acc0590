/** What must hold for a row before this caller may see or touch it. */
export type Guard =
  /** `seen`: who does not pass may see the row all the same, so the answer says that it is there. */
  | { attribute: string; equals: string; seen?: true }
  /** The row has no such attribute, or null in it. */
  | { attribute: string; absent: true }
  /** The attribute is no number, or a greater one. */
  | { attribute: string; after: number }
  /** The attribute is no text that begins so. */
  | { attribute: string; without: string };

/** Whether a row that was read passes. The same as an expression: `guardTerms`. */
export function passes(row: { readonly [attribute: string]: unknown }, guards: readonly Guard[]): boolean {
  return guards.every((guard) => {
    const value = Object.hasOwn(row, guard.attribute) ? row[guard.attribute] : undefined;
    if ('equals' in guard) return value === guard.equals;
    if ('absent' in guard) return value === undefined || value === null;
    if ('after' in guard) return !(typeof value === 'number' || typeof value === 'bigint') || value > guard.after;
    return typeof value !== 'string' || !value.startsWith(guard.without);
  });
}
