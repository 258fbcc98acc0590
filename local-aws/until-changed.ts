/**
 * Answers of moto, read once and kept until something changes that they may depend on. Whoever is about to change it
 * says so; until the change is over nothing is kept, so that nobody is served what was before.
 */
export class UntilChanged<Value> {
  readonly #known = new Map<string, Promise<Value>>();
  /** What is being changed, by key; undefined: any. */
  readonly #changes = new Set<{ key: string | undefined }>();

  find(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key);
    if (known) return known;
    const found = read();
    // What is read while something changes may be either state.
    if ([...this.#changes].some((change) => change.key === undefined || change.key === key)) return found;
    this.#known.set(key, found);
    found.catch(() => {
      if (this.#known.get(key) === found) this.#known.delete(key);
    });
    return found;
  }

  /**
   * @param key of the one answer that is about to change; without it any may
   * @returns To be called once, when the change is over.
   */
  changing(key?: string): () => void {
    const change = { key };
    this.#changes.add(change);
    this.#forget(key);
    return () => {
      this.#changes.delete(change);
      this.#forget(key);
    };
  }

  #forget(key: string | undefined): void {
    if (key === undefined) this.#known.clear();
    else this.#known.delete(key);
  }
}
