/** Where whoever changes rules of EventBridge says so, and whoever fires them hears it. */
export class RuleNews {
  readonly #listeners = new Set<(region: string) => void>();

  /** Rules of a region were made, changed or removed. */
  changed(region: string): void {
    for (const listener of this.#listeners) listener(region);
  }

  onChange(listener: (region: string) => void): void {
    this.#listeners.add(listener);
  }
}
