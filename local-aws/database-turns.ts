import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests that change nothing, and may be answered side by side. */
const reads = new Set(['BatchGetItem', 'DescribeTable', 'GetItem', 'ListTables', 'Query', 'Scan', 'TransactGetItems']);

export function isForDatabase(request: IncomingMessage): boolean {
  return targetOf(request)[0] === 'DynamoDB_20120810';
}

function targetOf(request: IncomingMessage): string[] {
  return String(request.headers['x-amz-target'] ?? '').split('.');
}

/**
 * Makes DynamoDB's requests atomic in front of moto, which carries out a transaction step by step and takes it back by
 * putting whole tables back as they were: what another request wrote in between is lost, and what was taken back could
 * be read. A request that writes waits until it is alone; reads go side by side, in the order in which they came.
 */
export class DatabaseTurns {
  readonly #waiting: { alone: boolean; begin: () => void }[] = [];
  #atWork = 0;
  #alone = false;

  /**
   * Waits for the request's turn, which ends when its response does. Whoever waits has sent all of the request: a client
   * that stops in the middle of one would hold up all others.
   * @returns false when the client has gone in the meantime
   */
  async wait(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (response.destroyed) return false;
    const operation = targetOf(request)[1] ?? '';
    const alone = !reads.has(operation);
    await new Promise<void>((resolve) => {
      this.#waiting.push({ alone, begin: resolve });
      this.#next();
    });
    const end = (): void => {
      this.#atWork -= 1;
      if (alone) this.#alone = false;
      this.#next();
    };
    if (!response.destroyed) response.once('close', end);
    else end();
    return !response.destroyed;
  }

  #next(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || this.#alone || (first.alone && this.#atWork > 0)) return;
      this.#waiting.shift();
      this.#atWork += 1;
      this.#alone = first.alone;
      first.begin();
    }
  }
}
