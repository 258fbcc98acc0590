import type { IncomingMessage, ServerResponse } from 'node:http';
import { siteOfHost } from '../amplify/amplify.ts';
import type { BucketNotifications } from '../delivery/bucket-notifications.ts';
import { createDelivery } from '../delivery/delivery.ts';
import type { EventSources } from '../delivery/event-sources.ts';
import type { RuleNews } from '../delivery/rule-news.ts';
import { createDurableApi } from '../durable/durable-api.ts';
import { DurableExecutions } from '../durable/executions.ts';
import type { Authority } from '../iam/authority.ts';
import { connect } from '../providers/aws.ts';
import type { ApiSnapshots } from './api-snapshots.ts';
import type { DeployedFunctions } from './deployed-functions.ts';
import type { DeployedSettings } from './deployed-settings.ts';
import { createInvoke } from './invoke-api.ts';
import { LambdaRuntime } from './lambda-runtime.ts';
import { createNotes } from './pass-through-notes.ts';
import { RestApis } from './rest-api.ts';
import { Throttling } from './throttling.ts';
import { type PublicKeys, TokenVerifier } from './token-verifier.ts';

export interface DataPlaneOptions {
  /** moto's endpoint. */
  moto: string;
  /** Where the local AWS answers: functions reach every service there. */
  selfUrl: () => string;
  snapshots: ApiSnapshots;
  settings: DeployedSettings;
  functions: DeployedFunctions;
  /** What the tokens of a user pool are verified with. */
  publicKeys: PublicKeys;
  throttling?: Throttling;
  /** Milliseconds since the epoch; what tokens' times are compared with. */
  now?: () => number;
  /** What functions may do: their credentials, and the platform's own work in their name. */
  authority: Authority;
  /** Which queues feed which functions. */
  sources: EventSources;
  /** Where it is heard that there are other schedules. */
  rules: RuleNews;
  /** Which buckets tell functions and queues. */
  buckets: BucketNotifications;
  /** What could not be served, and why, one line at a time. */
  log: (line: string) => void;
}

export interface DataPlane {
  /**
   * Serves `/_api/…`, Lambda's Invoke, the schedules and clock of `/_local/`, and the calls that deploy functions and APIs
   * or bring messages, which it passes on to moto and takes note of. False: none of these, and the request's body is untouched.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Ends the functions, sends their last log lines and removes their temporary files. */
  stop(): Promise<void>;
}

/** The part of the local AWS that does what was deployed: APIs that answer, functions that run. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const aws = connect(options.moto);
  const { selfUrl, functions, settings, authority, sources, rules, buckets, log } = options;
  const lambda = new LambdaRuntime({ aws, settings, selfUrl, functions, authority, log });
  const apis = new RestApis({
    settings,
    snapshots: options.snapshots,
    lambda,
    tokens: new TokenVerifier(options.publicKeys, options.now),
    throttling: options.throttling ?? new Throttling(),
    log: options.log,
  });
  const delivery = createDelivery({ aws, lambda, sources, rules, buckets, log });
  const executions = new DurableExecutions({ lambda, functions, clock: delivery.clock, log });
  const durable = createDurableApi(executions);
  const invoke = createInvoke({ lambda, invocations: delivery.invocations, executions });
  const notes = createNotes({ moto: options.moto, snapshots: options.snapshots, functions: options.functions });
  return {
    async handle(request, response) {
      if (siteOfHost(request.headers.host) !== undefined) return false;
      settings.watch(request, response);
      return (
        (await apis.handle(request, response)) ||
        (await invoke(request, response)) ||
        (await durable(request, response)) ||
        (await notes(request, response)) ||
        delivery.handle(request, response)
      );
    },
    async stop() {
      delivery.stop();
      await lambda.stop();
    },
  };
}
