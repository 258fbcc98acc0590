import type { Json } from './json.ts';

/** Where a stack lives: what the pseudo parameters are made of. */
export interface StackPlace {
  readonly name: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly notificationArns: readonly string[];
}

const pseudoParameters = new Map<string, (place: StackPlace) => Json | undefined>([
  ['AWS::AccountId', (place) => place.account],
  ['AWS::NotificationARNs', (place) => [...place.notificationArns]],
  ['AWS::NoValue', () => undefined],
  ['AWS::Partition', (place) => partition(place.region)],
  ['AWS::Region', (place) => place.region],
  ['AWS::StackId', (place) => place.id],
  ['AWS::StackName', (place) => place.name],
  ['AWS::URLSuffix', (place) => (place.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com')],
]);

export function isPseudoParameter(name: string): boolean {
  return pseudoParameters.has(name);
}

/** Undefined for AWS::NoValue, and for a name that is none: ask isPseudoParameter first. */
export function pseudoParameter(name: string, place: StackPlace): Json | undefined {
  return pseudoParameters.get(name)?.(place);
}

/** The partition of a region, the second part of every ARN. */
export function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
