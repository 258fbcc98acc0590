import type { Operation } from '../blueprint/schema.ts';
import type { MemberVerb } from '../stacks/members/operations.ts';
import type { ServedDocument } from '../stacks/model.ts';
import { type Answer, internalError, overloaded, tooLarge } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import { type Call, readCall } from './event.ts';
import type { LogLine } from './log/line.ts';
import { traceOf } from './log/trace.ts';
import { memberRuns } from './members/operations.ts';
import type { Team } from './members/team.ts';
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

/** The same for a function that manages members. */
export type TeamBackend = () => Promise<{ team: Team; world: World }>;

/** The handler of one operation: access first, then the work; whatever goes wrong ends in a calm answer. */
export function serve(operation: Operation, backend: Backend, surroundings: Surroundings): Handler {
  return answering(operation, surroundings, async (call, fact) => {
    const { entity, world } = await backend();
    fact.entity = entity.name;
    const scope = scopeOf(entity, operation, call.caller, world.now());
    if (scope.kind === 'problem') return scope;
    return runs[operation](entity, { call, guards: scope.guards, owned: scope.owned }, world);
  });
}

/** The handler of one operation on the members of a tenant. */
export function serveMembers(verb: MemberVerb, backend: TeamBackend, surroundings: Surroundings): Handler {
  return answering(`members-${verb}`, surroundings, async (call, fact) => {
    const { team, world } = await backend();
    fact.entity = team.entity.name;
    return memberRuns[verb](team, call, world);
  });
}

/** What the lines of the log say of a call. */
interface Fact {
  operation: string;
  request_id: string;
  entity?: string;
}

function answering(
  operation: string,
  surroundings: Surroundings,
  work: (call: Call, fact: Fact) => Promise<Answer>,
): Handler {
  return async (event, context) => {
    const began = surroundings.ticks();
    const call = readCall(event, context);
    const fact: Fact = { operation, request_id: call.requestId };
    let answer: Answer;
    try {
      answer = await work(call, fact);
    } catch (error) {
      answer = answerTo(error);
      // What the caller alone can mend is no failure of the backend.
      if (answer.kind === 'problem' && answer.status >= 500)
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
  return answering('openapi', surroundings, async ({ caller }) => {
    const { access, openapi } = read();
    return refusalOf(access, caller) ?? { kind: 'row', status: 200, body: openapi };
  });
}

const throttles = new Set([
  'Contended',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  // Of the user pool: a quota of its own for each kind of call, and one for emails a day.
  'LimitExceededException',
  'TooManyRequestsException',
]);

function answerTo(error: unknown): Answer {
  if (!(error instanceof Error)) return internalError();
  if (throttles.has(error.name)) return overloaded();
  if (error.name === 'ValidationException' && /item size/i.test(error.message)) return tooLarge();
  return internalError();
}
