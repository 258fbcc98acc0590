import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAmplify } from './amplify/amplify.ts';
import type { ReadObject } from './cloudformation/template/source.ts';
import { createCognito } from './cognito/cognito.ts';
import type { Mailbox } from './cognito/mailbox.ts';
import { ApiSnapshots } from './data-plane/api-snapshots.ts';
import { createDataPlane } from './data-plane/data-plane.ts';
import { DeployedFunctions } from './data-plane/deployed-functions.ts';
import { DeployedSettings } from './data-plane/deployed-settings.ts';
import { Throttling } from './data-plane/throttling.ts';
import { BucketNotifications } from './delivery/bucket-notifications.ts';
import { EventSources } from './delivery/event-sources.ts';
import { RuleNews } from './delivery/rule-news.ts';
import type { Authority } from './iam/authority.ts';
import type { FrontDoor } from './iam/front-door.ts';
import { createIam } from './iam/local-iam.ts';
import type { Log } from './log.ts';
import { amplifyApp, amplifyBranch } from './providers/amplify.ts';
import { connect } from './providers/aws.ts';
import type { ResourceProvider } from './providers/provider.ts';
import { createProviders } from './providers/registry.ts';
import { BucketCors } from './s3/bucket-cors.ts';
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
   * users of Cognito, the data plane (`/_api/<restApiId>/<stage>/…`, Lambda's Invoke). Query-protocol requests do not come here.
   */
  readonly handlers: readonly RequestHandler[];
  /** Looks at every request to a service before anybody serves it. Undefined without moto, which keeps the roles. */
  readonly frontDoor?: FrontDoor;
  /** Who may do what, and what was refused. */
  readonly authority?: Authority;
  /** What buckets tell browsers. Undefined without moto. */
  readonly cors?: BucketCors;
  /** Templates in a bucket, where there is no moto to ask. */
  readonly readObject?: ReadObject;
  /** Messages that Cognito would have sent. */
  readonly mailbox?: Mailbox;
  /** Of the deployed APIs. */
  readonly throttling?: Throttling;
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
  const buckets = new BucketNotifications();
  const aws = connect(moto);
  const snapshots = new ApiSnapshots(aws);
  const settings = new DeployedSettings(aws);
  const amplify = createAmplify({ selfUrl, moto });
  const cognito = createCognito({ aws, log });
  const throttling = new Throttling();
  const { publicKeys, mailbox } = cognito;
  const iam = createIam(aws, log);
  const { authority, frontDoor } = iam;
  return {
    mailbox,
    throttling,
    providers: settings.watched(
      iam.watched(
        createProviders({
          moto,
          amplify,
          snapshots,
          functions,
          sources,
          rules,
          buckets,
          selfUrl,
          preload: 'us-east-2',
        }),
      ),
    ),
    handlers: [
      amplify,
      cognito,
      createDataPlane({
        moto,
        selfUrl,
        snapshots,
        settings,
        functions,
        publicKeys,
        throttling,
        authority,
        sources,
        rules,
        buckets,
        log,
      }),
    ],
    frontDoor,
    authority,
    cors: new BucketCors(aws),
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
