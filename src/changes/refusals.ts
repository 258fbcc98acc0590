import type { PropertyDifference, ResourceDifference } from './template-diff.ts';

/** A change that CloudFormation or the service would turn away, known before anything is deployed. */
export interface Refusal {
  code: 'several-index-changes' | 'index-key-changed' | 'fixed-property' | 'same-name' | 'other-type';
  logicalId: string;
  /** Names of indexes or properties that it is about. */
  names: string[];
}

/** What of a resource's change would be refused, and fail its stack in the middle of a deployment. */
export function refusalsOf(difference: ResourceDifference): Refusal[] {
  const { logicalId, refused } = difference;
  if (refused !== undefined) {
    const names = refusedNames(difference);
    // Of an index there is more to say than that it is fixed.
    if (names.join() !== 'GlobalSecondaryIndexes') return [{ code: refused, logicalId, names }];
  }
  // A table that is replaced is made with all its indexes at once.
  if (difference.type !== 'AWS::DynamoDB::Table' || difference.action !== 'update') return [];
  return indexRefusals(difference);
}

function refusedNames({ properties, refused }: ResourceDifference): string[] {
  const wanted = refused === 'fixed-property' ? 'refused' : 'replace';
  return [...new Set(properties.filter(({ impact }) => impact === wanted).map(({ path }) => path[0] ?? ''))];
}

/**
 * A table takes one index more or less in one update, and the key of an index is for ever.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
function indexRefusals({ logicalId, properties }: ResourceDifference): Refusal[] {
  const changed = properties.filter(({ path }) => path[0] === 'GlobalSecondaryIndexes');
  const names = changed.flatMap(comingAndGoing);
  const rekeyed = [
    ...new Set(changed.flatMap(({ path: [, member, ...below] }) => (member && below.length > 0 ? [bare(member)] : []))),
  ];
  const refusals: Refusal[] = [];
  if (rekeyed.length > 0) refusals.push({ code: 'index-key-changed', logicalId, names: rekeyed });
  if (names.length > 1) refusals.push({ code: 'several-index-changes', logicalId, names });
  return refusals;
}

/** Names of indexes that are there on one side only. */
function comingAndGoing({ path: [, member, ...below], before, after }: PropertyDifference): string[] {
  if (member !== undefined) return below.length === 0 && !(before && after) ? [bare(member)] : [];
  const [left, right] = [indexNames(before), indexNames(after)];
  return [...left.filter((name) => !right.includes(name)), ...right.filter((name) => !left.includes(name))];
}

function indexNames(list: PropertyDifference['before']): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((index) =>
    typeof index === 'object' && index !== null && !Array.isArray(index) && typeof index.IndexName === 'string'
      ? [index.IndexName]
      : [],
  );
}

function bare(member: string): string {
  return member.slice(1, -1);
}
