/**
 * Answers of moto, read once and kept until something changes that they may depend on. Whoever is about to change it
 * says so; until the change is over nothing is kept, so that nobody is served what was before.
 */
export class UntilChanged<Value> {
  readonly #known = new Map<string, Promise<Value>>();
  #changes = 0;

  find(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key);
    if (known) return known;
    const found = read();
    // What is read while something changes may be either state.
    if (this.#changes > 0) return found;
    this.#known.set(key, found);
    found.catch(() => {
      if (this.#known.get(key) === found) this.#known.delete(key);
    });
    return found;
  }

  /** @returns To be called once, when the change is over. */
  changing(): () => void {
    this.#changes += 1;
    this.#known.clear();
    return () => {
      this.#changes -= 1;
      this.#known.clear();
    };
  }
}
