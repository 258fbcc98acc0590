/**
 * Until when messages that were received stay hidden, in the time of delivery. moto hides them by the real time; when
 * the clock is moved ahead, what would have come back is made visible by hand.
 */
export class MessageHolds {
  /** By receipt handle: the time to which a function moved it with ChangeMessageVisibility. */
  readonly #moved = new Map<string, number>();

  /** A function asked for another time, in milliseconds since 1970. */
  move(receiptHandle: string, until: number): void {
    this.#moved.set(receiptHandle, until);
  }

  /** The time at which a message comes back; what was known of it is forgotten. */
  take(receiptHandle: string, otherwise: number): number {
    const moved = this.#moved.get(receiptHandle);
    this.#moved.delete(receiptHandle);
    return moved ?? otherwise;
  }
}
