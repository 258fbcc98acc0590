import type { World } from './world.ts';

/** Others kept writing to the same rows for as long as a caller can be made to wait. The answer is 503. */
export class Contended extends Error {
  override readonly name = 'Contended';
}

/** Seven waits of together about two seconds, well inside the 29 that API Gateway gives a call. */
const mostAttempts = 8;
const firstWait = 20;
const longestWait = 600;

/**
 * Tries until it has a result. Undefined means that another call was faster; the next try comes after a wait that
 * grows, and that is never the same for two callers who meet.
 */
export async function patiently<Result>(world: World, attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let attempts = 1; attempts <= mostAttempts; attempts++) {
    const result = await attempt();
    if (result !== undefined) return result;
    const wait = Math.min(longestWait, firstWait * 2 ** attempts);
    if (attempts < mostAttempts) await world.pause(wait * (0.5 + Math.random() / 2));
  }
  throw new Contended();
}

/**
 * One write to one row: done, or refused because its condition does not hold. DynamoDB turns it away while a
 * transaction holds the row; then it is tried again.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function writeOne<Output>(
  world: World,
  write: () => Promise<Output>,
): Promise<{ kind: 'done'; output: Output } | { kind: 'refused' }> {
  return patiently(world, async () => {
    try {
      return { kind: 'done', output: await write() };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === 'ConditionalCheckFailedException') return { kind: 'refused' };
      if (error.name === 'TransactionConflictException') return undefined;
      throw error;
    }
  });
}
