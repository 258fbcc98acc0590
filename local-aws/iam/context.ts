/** What is known of a request beside action and resource, by condition key; keys know no case. */
export class RequestContext {
  readonly #values = new Map<string, readonly string[]>();

  constructor(...parts: readonly Readonly<Record<string, string | readonly string[] | undefined>>[]) {
    for (const part of parts) {
      for (const [key, value] of Object.entries(part)) {
        if (value !== undefined) this.#values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
      }
    }
  }

  /** Undefined where the request has no such key. */
  values(key: string): readonly string[] | undefined {
    return this.#values.get(key.toLowerCase());
  }
}
