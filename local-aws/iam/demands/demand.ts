import { localAccount } from '../../providers/aws.ts';
import type { AwsCall } from '../aws-call.ts';

/** One thing that a request needs leave for. */
export interface Demand {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of this action beside those that every request has. */
  readonly context?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What a request needs leave for: all of the demands, or nothing. */
export type Demands =
  | { kind: 'demands'; demands: readonly Demand[] }
  /** Anybody may. */
  | { kind: 'free' }
  /** What is not known cannot be judged, and is refused; the sentence says what it is. */
  | { kind: 'unknown'; sentence: string };

/** Reads the calls of one service. */
export type ReadDemands = (call: AwsCall) => Demands | Promise<Demands>;

export function demand(action: string, resource: string, context?: Demand['context']): Demands {
  return { kind: 'demands', demands: [{ action, resource, ...(context === undefined ? {} : { context }) }] };
}

export function unknownAction(call: AwsCall): Demands {
  return { kind: 'unknown', sentence: `Local AWS does not know the action ${call.service}:${call.operation}.` };
}

/** The ARN of something in the call's region; a whole ARN stays as it is. */
export function arnOf(call: Pick<AwsCall, 'region'>, service: string, resource: string): string {
  return resource.startsWith('arn:') ? resource : `arn:aws:${service}:${call.region}:${localAccount}:${resource}`;
}
