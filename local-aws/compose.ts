import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from './log.ts';
import type { ResourceProvider } from './providers/provider.ts';

/** Answers the requests that are its own; false leaves a request to the next. */
export interface RequestHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  stop?(): Promise<void>;
  /** Local AWS forgets everything; so does this. */
  reset?(): Promise<void>;
}

export interface CompositionContext {
  /** Undefined when there is no moto. */
  readonly motoEndpoint: string | undefined;
  /** Where clients reach Local AWS. Known once it listens. */
  readonly selfUrl: () => string;
  readonly log: Log;
}

/** The parts of Local AWS that make resources real and serve what was deployed. */
export interface Composition {
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  /** `/_api/<restApiId>/<stage>/…` */
  readonly dataPlane?: RequestHandler;
  /** `/_amplify/…` and Amplify's own REST API. */
  readonly amplify?: RequestHandler;
}

export type Compose = (context: CompositionContext) => Composition;

/** The parts as they are shipped. Without moto there are none: every resource is a stub. */
export const compose: Compose = () => ({ providers: new Map() });
