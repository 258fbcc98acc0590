import {
  type Claim,
  type Claiming,
  claimantAttribute,
  claimantKey,
  claimantOf,
  claimItem,
  claimsOf,
} from './claims.ts';
import { expression } from './expression.ts';
import { type Guard, passes } from './guard.ts';
import { own } from './json.ts';
import { revisionAttribute } from './revision.ts';
import type { Row } from './row.ts';
import type { Step } from './transaction.ts';
import type { World } from './world.ts';

/** A claim that a transaction makes or gives up. */
export interface Claimed {
  kind: 'take' | 'release';
  claim: Claim;
}

/** What earlier attempts of one write found in its way, so that the next one goes around it. */
export interface Obstacles {
  /** Claims whose rows do not hold the value any more, by id, with the revision that was looked at. */
  abandoned: Map<string, unknown>;
  /** Claims that belong to other rows: there is nothing to release. */
  foreign: Set<string>;
}

export function noObstacles(): Obstacles {
  return { abandoned: new Map(), foreign: new Set() };
}

/** Takes a claim for a row: where there is none, where it is the row's already, or where its own row has let go of it. */
export function take(
  claiming: Claiming,
  claim: Claim,
  row: Row,
  table: string,
  { abandoned }: Obstacles = noObstacles(),
): Step<Claimed> {
  const names = expression();
  const free = [
    `attribute_not_exists(${names.name(claiming.key.partition)})`,
    `${names.name(claimantAttribute)} = ${names.value(claimantOf(claiming.key, row))}`,
    ...(abandoned.has(claim.id) ? [`${names.name(revisionAttribute)} = ${names.value(abandoned.get(claim.id))}`] : []),
  ];
  return {
    item: {
      Put: {
        TableName: table,
        Item: claimItem(claiming, claim, row),
        ConditionExpression: free.join(' OR '),
        ...names.tables(),
      },
    },
    meaning: { kind: 'take', claim },
  };
}

/** Gives up the claim of a row. One that another row holds is left as it is, and is no reason to refuse the write twice. */
export function release(
  claiming: Claiming,
  claim: Claim,
  row: Row,
  table: string,
  { foreign }: Obstacles = noObstacles(),
): Step<Claimed>[] {
  if (foreign.has(claim.id)) return [];
  const names = expression();
  const nobodys = `attribute_not_exists(${names.name(claiming.key.partition)})`;
  const mine = `${names.name(claimantAttribute)} = ${names.value(claimantOf(claiming.key, row))}`;
  return [
    {
      item: {
        Delete: {
          TableName: table,
          Key: claim.key,
          ConditionExpression: `${nobodys} OR ${mine}`,
          ...names.tables(),
        },
      },
      meaning: { kind: 'release', claim },
    },
  ];
}

/**
 * Looks at the claims that stood in the way of a transaction. A claim whose row is gone, hidden or holds another value
 * by now (a user's function deleted or changed it) is noted, so that the next attempt takes it over: under the condition
 * that it is still the claim that was looked at.
 * @param hiding what must hold for the row of a claim to count
 * @returns the attribute of a value that another row really holds
 */
export async function lookAtClaims(
  claiming: Claiming,
  claims: readonly Claimed[],
  hiding: readonly Guard[],
  table: string,
  obstacles: Obstacles,
  world: World,
): Promise<string | undefined> {
  const read = async (key: Row): Promise<Row | undefined> =>
    (await world.documents.get({ TableName: table, Key: key, ConsistentRead: true })).Item;
  for (const { kind, claim } of claims) {
    if (kind === 'release') {
      obstacles.foreign.add(claim.id);
      continue;
    }
    const found = await read(claim.key);
    if (found === undefined) continue;
    const key = claimantKey(claiming.key, found);
    const holder = key && (await read(key));
    const holds = holder && passes(holder, hiding) && claimsOf(claiming, holder).some(({ id }) => id === claim.id);
    if (holds || own(found, revisionAttribute) === undefined) return claim.attribute;
    obstacles.abandoned.set(claim.id, own(found, revisionAttribute));
  }
  return undefined;
}
