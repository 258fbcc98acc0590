import type { IncomingMessage, ServerResponse } from 'node:http';
import { siteOfHost } from '../amplify/amplify.ts';
import type { Authority } from '../iam/authority.ts';
import { connect } from '../providers/aws.ts';
import type { ApiSnapshots } from './api-snapshots.ts';
import type { DeployedFunctions } from './deployed-functions.ts';
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
  functions: DeployedFunctions;
  /** What the tokens of a user pool are verified with. */
  publicKeys: PublicKeys;
  throttling?: Throttling;
  /** Milliseconds since the epoch; what tokens' times are compared with. */
  now?: () => number;
  /** What functions may do: their credentials, and the platform's own work in their name. */
  authority: Authority;
  /** What could not be served, and why, one line at a time. */
  log: (line: string) => void;
}

export interface DataPlane {
  /**
   * Serves `/_api/…`, Lambda's Invoke, and the calls that deploy functions and APIs past CloudFormation, which it passes on
   * to moto and takes note of. False: none of these, and the request's body is untouched.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Ends the functions, sends their last log lines and removes their temporary files. */
  stop(): Promise<void>;
}

/** The part of the local AWS that does what was deployed: APIs that answer, functions that run. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const aws = connect(options.moto);
  const { selfUrl, functions, authority, log } = options;
  const lambda = new LambdaRuntime({ aws, selfUrl, functions, authority, log });
  const apis = new RestApis({
    aws,
    snapshots: options.snapshots,
    lambda,
    tokens: new TokenVerifier(options.publicKeys, options.now),
    throttling: options.throttling ?? new Throttling(),
    log: options.log,
  });
  const invoke = createInvoke({ lambda, log: options.log });
  const notes = createNotes({ moto: options.moto, snapshots: options.snapshots, functions: options.functions });
  return {
    handle: async (request, response) =>
      siteOfHost(request.headers.host) === undefined &&
      ((await apis.handle(request, response)) || (await invoke(request, response)) || (await notes(request, response))),
    stop: () => lambda.stop(),
  };
}
