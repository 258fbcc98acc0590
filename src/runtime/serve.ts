import type { Operation } from '../blueprint/schema.ts';
import { type Answer, internalError, overloaded, tooLarge } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import { readCall } from './event.ts';
import { Misconfigured } from './misconfigured.ts';
import { runs } from './operations.ts';
import { type HttpResponse, respond } from './respond.ts';
import { scopeOf } from './scope.ts';
import type { World } from './world.ts';

/** A handler as Lambda calls it. */
export type Handler = (event: unknown, context: unknown) => Promise<HttpResponse>;

/** One line of the log. Never a body, a name, an address or a key: nothing that tells of a person. */
export type LogLine = { level: 'info' | 'error'; event: string; [key: string]: string | number | string[] | undefined };

export interface Surroundings {
  /** Web origins that may call the API from a browser. */
  origins: readonly string[];
  log(line: LogLine): void;
  /** Milliseconds, to measure by. */
  ticks(): number;
}

/** The entity and its world, or why this function has none. Asked on every call, made once. */
export type Backend = () => Promise<{ entity: RuntimeEntity; world: World }>;

/** The handler of one operation: access first, then the work; whatever goes wrong ends in a calm answer. */
export function serve(operation: Operation, backend: Backend, surroundings: Surroundings): Handler {
  return async (event, context) => {
    const began = surroundings.ticks();
    const call = readCall(event, context);
    const fact = { operation, request_id: call.requestId };
    let answer: Answer;
    try {
      const { entity, world } = await backend();
      const scope = scopeOf(entity, operation, call.caller, world.now());
      answer =
        scope.kind === 'problem'
          ? scope
          : await runs[operation](entity, { call, guards: scope.guards, owned: scope.owned }, world);
    } catch (error) {
      answer = answerTo(error);
      surroundings.log({ level: 'error', event: 'failure', ...fact, ...traceOf(error) });
    }
    const response = respond(answer, call, surroundings.origins);
    const duration_ms = Math.round(surroundings.ticks() - began);
    surroundings.log({ level: 'info', event: 'request', ...fact, status: response.statusCode, duration_ms });
    return response;
  };
}

/** GET /health: the function runs. Looks at nothing else, so that a probe is cheap and tells nobody anything. */
export function serveHealth(surroundings: Surroundings): Handler {
  return async (event, context) =>
    respond({ kind: 'row', status: 200, body: { status: 'ok' } }, readCall(event, context), surroundings.origins);
}

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
]);

function answerTo(error: unknown): Answer {
  if (!(error instanceof Error)) return internalError();
  if (throttles.has(error.name)) return overloaded();
  if (error.name === 'ValidationException' && /item size/i.test(error.message)) return tooLarge();
  return internalError();
}

/** Name and place of an error without its message: messages of the database quote what callers sent. */
function traceOf(error: unknown): { error: string; at?: string[] } {
  if (!(error instanceof Error)) return { error: typeof error };
  if (error instanceof Misconfigured) return { error: error.name, at: [error.message] };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, 8).map((line) => line.trim()) };
}
