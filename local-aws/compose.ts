import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAmplify } from './amplify/amplify.ts';
import type { ReadObject } from './cloudformation/template/source.ts';
import { ApiSnapshots } from './data-plane/api-snapshots.ts';
import { createDataPlane } from './data-plane/data-plane.ts';
import { DeployedFunctions } from './data-plane/deployed-functions.ts';
import { EventSources } from './delivery/event-sources.ts';
import { RuleNews } from './delivery/rule-news.ts';
import type { Log } from './log.ts';
import { amplifyApp, amplifyBranch } from './providers/amplify.ts';
import { connect } from './providers/aws.ts';
import type { ResourceProvider } from './providers/provider.ts';
import { createProviders } from './providers/registry.ts';
import { warmUp } from './warm-up.ts';
import { MemoryBuckets } from './without-moto/memory-buckets.ts';

/** Answers the requests that are its own; false leaves a request, its body untouched, to the next. */
export interface RequestHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  stop?(): Promise<void>;
}

export interface CompositionContext {
  /** Undefined when there is no moto. */
  readonly motoEndpoint: string | undefined;
  /** Where clients reach Local AWS. Known once it listens. */
  readonly selfUrl: () => string;
  readonly log: Log;
}

/** The parts of Local AWS that make resources real and serve what was deployed. Made anew after a reset. */
export interface Composition {
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  /**
   * Asked in this order before a request goes on to moto: Amplify (`/_amplify/…`, the hosts of sites, its REST API), the
   * data plane (`/_api/<restApiId>/<stage>/…`, Lambda's Invoke). Query-protocol requests do not come here.
   */
  readonly handlers: readonly RequestHandler[];
  /** Templates in a bucket, where there is no moto to ask. */
  readonly readObject?: ReadObject;
  /** Does in advance what the first deployment would otherwise wait for. */
  warmUp?(): Promise<void>;
}

export type Compose = (context: CompositionContext) => Composition;

/** The parts as they are shipped. */
export const compose: Compose = ({ motoEndpoint: moto, selfUrl, log }) => {
  if (moto === undefined) return withoutMoto(selfUrl);
  const functions = new DeployedFunctions();
  const sources = new EventSources();
  const rules = new RuleNews();
  const aws = connect(moto);
  const snapshots = new ApiSnapshots(aws);
  const amplify = createAmplify({ selfUrl, moto });
  return {
    providers: createProviders({ moto, amplify, snapshots, functions, sources, rules, selfUrl, preload: 'us-east-2' }),
    handlers: [amplify, createDataPlane({ moto, selfUrl, snapshots, functions, sources, rules, log })],
    warmUp: () => warmUp(aws, 'us-east-2'),
  };
};

/** Without moto a deployment still goes through: buckets and sites are real, every other resource is a stub. */
function withoutMoto(selfUrl: () => string): Composition {
  const buckets = new MemoryBuckets();
  const amplify = createAmplify({ selfUrl });
  return {
    providers: new Map([
      ['AWS::Amplify::App', amplifyApp(amplify)],
      ['AWS::Amplify::Branch', amplifyBranch(amplify)],
      ['AWS::S3::Bucket', buckets.provider],
    ]),
    handlers: [amplify, buckets],
    readObject: buckets.readObject,
  };
}
