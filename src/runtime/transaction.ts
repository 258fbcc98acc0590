import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { patiently } from './contention.ts';
import { isObject, own, ownText } from './json.ts';
import type { World } from './world.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One of the writes and checks that happen together, and what it means when its condition does not hold. */
export interface Step<Meaning> {
  item: TransactItem;
  meaning: Meaning;
}

export type Outcome<Meaning> =
  | { kind: 'done' }
  /** Nothing was written. Every step whose condition did not hold. */
  | { kind: 'refused'; meanings: Meaning[] }
  /** Nothing was written: a row would be larger than DynamoDB takes. */
  | { kind: 'too-large' };

/** Not the fault of this request: another transaction holds a row, or the table is busy. */
const passing = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);

/**
 * Does all steps or none, at most a hundred. The SDK sends a token with them, so that a request it has to repeat is not
 * carried out twice. Where others are in the way it is tried again.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 * @throws Contended when others stay in the way
 */
export function transact<Meaning>(world: World, steps: readonly Step<Meaning>[]): Promise<Outcome<Meaning>> {
  return patiently(world, async () => {
    try {
      await world.documents.transactWrite({ TransactItems: steps.map(({ item }) => item) });
      return { kind: 'done' };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === 'TransactionInProgressException') return undefined;
      if (error.name !== 'TransactionCanceledException') throw error;
      const reasons = reasonsOf(error);
      const meanings = steps.flatMap(({ meaning }, position) =>
        ownText(reasons[position], 'Code') === 'ConditionalCheckFailed' ? [meaning] : [],
      );
      if (meanings.length > 0) return { kind: 'refused', meanings };
      if (reasons.some((reason) => /item size/i.test(ownText(reason, 'Message') ?? ''))) return { kind: 'too-large' };
      if (reasons.some((reason) => passing.has(ownText(reason, 'Code') ?? ''))) return undefined;
      throw error;
    }
  });
}

/** In the order of the steps. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html */
function reasonsOf(error: Error): unknown[] {
  const reasons = isObject(error) ? own(error, 'CancellationReasons') : undefined;
  return Array.isArray(reasons) ? reasons : [];
}
