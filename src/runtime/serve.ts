import type { Operation } from '../blueprint/schema.ts';
import type { ServedDocument } from '../stacks/model.ts';
import { type Answer, internalError, overloaded, tooLarge } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import { readCall } from './event.ts';
import type { LogLine } from './log/line.ts';
import { traceOf } from './log/trace.ts';
import { runs } from './operations.ts';
import { type HttpResponse, respond } from './respond.ts';
import { refusalOf, scopeOf } from './scope.ts';
import type { World } from './world.ts';

/** A handler as Lambda calls it. */
export type Handler = (event: unknown, context: unknown) => Promise<HttpResponse>;

export type { LogLine } from './log/line.ts';

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
    const fact: { operation: Operation; request_id: string; entity?: string } = {
      operation,
      request_id: call.requestId,
    };
    let answer: Answer;
    try {
      const { entity, world } = await backend();
      fact.entity = entity.name;
      const scope = scopeOf(entity, operation, call.caller);
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

/** GET /openapi.json: the document in the zip, for those who may read it. */
export function serveOpenapi(read: () => ServedDocument, surroundings: Surroundings): Handler {
  return async (event, context) => {
    const call = readCall(event, context);
    const { access, openapi } = read();
    const refusal = refusalOf(access, call.caller);
    return respond(refusal ?? { kind: 'row', status: 200, body: openapi }, call, surroundings.origins);
  };
}

const throttles = new Set([
  'Contended',
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
