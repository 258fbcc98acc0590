import type * as vscode from 'vscode';

/**
 * Runs `draw` at most once in `milliseconds`: at once when nothing was drawn lately, else when the time is over, with
 * what is true by then.
 */
export class AtMostEvery implements vscode.Disposable {
  readonly #milliseconds: number;
  readonly #draw: () => void;
  #timer: NodeJS.Timeout | undefined;
  #again = false;

  constructor(milliseconds: number, draw: () => void) {
    this.#milliseconds = milliseconds;
    this.#draw = draw;
  }

  /** Something is different now. */
  request(): void {
    if (this.#timer) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.request();
    }, this.#milliseconds);
    this.#draw();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
