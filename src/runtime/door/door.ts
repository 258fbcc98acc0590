import { type Answer, internalError } from '../answer.ts';
import type { Caller } from '../caller.ts';
import { type Call, readCall } from '../event.ts';
import { isObject, own, ownText } from '../json.ts';
import type { LogLine } from '../log/line.ts';
import { traceOf } from '../log/trace.ts';
import { Misconfigured } from '../misconfigured.ts';
import { respond } from '../respond.ts';
import { refusalOf } from '../scope.ts';
import type { Surroundings } from '../serve.ts';
import type { UserHandler } from '../user-handler.ts';
import { complete } from './headers.ts';
import { readRequest } from './request.ts';
import { jsonBody, type ProxyResponse, readResult } from './result.ts';
import type { Route, Routes } from './routes.ts';
import { type Lookup, seeRow } from './row.ts';

/** What the door has found out, for the function behind it: `event.backdrift`. */
export interface Learned {
  /** Who calls, as the verified token says; without `sub` on a public route that is called without a token. */
  caller: Caller;
  /** The row that the path names, as the API shows it; only where the door had to look at it. */
  row?: { [field: string]: unknown };
  /** The body as a value; only where the route has a request contract, which it keeps. */
  body?: unknown;
}

export interface DoorParts {
  /** Throws `Misconfigured` where the function was deployed without what the door needs. */
  routes(): Routes;
  handler: UserHandler;
  /** Made when the first row is looked up. */
  lookup(): Promise<Lookup>;
}

/**
 * The handler around a user's function. A request comes in only for whom the route is open, with a row that the caller
 * may see and a body that keeps the contract; an answer goes out only if it is one. What is no request of the API (a
 * message of a queue, a schedule) goes to the function as it is, and so does what it returns.
 */
export function door(parts: DoorParts, surroundings: Surroundings): UserHandler {
  return (event, context) => {
    if (!isRequest(event)) return parts.handler(event, context);
    return answerRequest(event, context, parts, surroundings);
  };
}

function isRequest(event: unknown): boolean {
  return own(event, 'httpMethod') !== undefined || own(event, 'requestContext') !== undefined;
}

async function answerRequest(
  event: unknown,
  context: unknown,
  parts: DoorParts,
  surroundings: Surroundings,
): Promise<ProxyResponse> {
  const began = surroundings.ticks();
  const call = readCall(event, context);
  const fact: Fact = { request_id: call.requestId };
  let route: Route | undefined;
  let response: ProxyResponse;
  try {
    const routes = parts.routes();
    fact.function = routes.function;
    route = routes.byName.get(`${ownText(event, 'httpMethod')} ${ownText(event, 'resource')}`);
    if (!route) throw new Misconfigured('the API calls this function for a route that door.json does not have');
    fact.route = route.name;
    const entered = await enter(route, event, call, parts);
    response =
      entered.kind === 'problem'
        ? plain(entered, call)
        : (leave(await parts.handler({ ...entered.event, backdrift: entered.learned }, context), route, (line) =>
            surroundings.log({ level: 'error', ...line, ...fact }),
          ) ?? plain(internalError(), call));
  } catch (error) {
    surroundings.log({ level: 'error', event: 'failure', ...fact, ...traceOf(error) });
    response = plain(internalError(), call);
  }
  const { requestId, origin } = call;
  const answer = complete(response, {
    requestId,
    ...(origin === undefined ? {} : { origin }),
    origins: surroundings.origins,
    announced: route?.headers ?? {},
  });
  const duration_ms = Math.round(surroundings.ticks() - began);
  surroundings.log({ level: 'info', event: 'request', ...fact, status: answer.statusCode, duration_ms });
  return answer;
}

type Fact = { request_id: string; function?: string; route?: string };

type Entered =
  | { kind: 'inside'; event: { readonly [key: string]: unknown }; learned: Learned }
  | Extract<Answer, { kind: 'problem' }>;

/** Access first, then the row, then the body: who may not come in learns nothing of what is inside. */
async function enter(route: Route, event: unknown, call: Call, { lookup }: DoorParts): Promise<Entered> {
  const { caller } = call;
  const refusal = refusalOf(route.access, caller);
  if (refusal) return refusal;
  const learned: Learned = { caller };
  if (route.row) {
    const seen = await seeRow(route.row, route, call, lookup);
    if (seen.kind === 'problem') return seen;
    learned.row = seen.row;
  }
  if (route.request) {
    const read = readRequest(route.request, call);
    if (read.kind === 'problem') return read;
    learned.body = read.body;
  }
  return { kind: 'inside', event: isObject(event) ? event : {}, learned };
}

/** The function's answer; undefined, with a line in the log, where it must not be sent. */
function leave(
  returned: unknown,
  route: Route,
  log: (line: Omit<LogLine, 'level'> & { event: string }) => void,
): ProxyResponse | undefined {
  const result = readResult(returned);
  if (result.kind === 'malformed') {
    log({ event: 'malformed-response', what: result.what });
    return undefined;
  }
  const { response } = result;
  if (!route.response || response.statusCode < 200 || response.statusCode > 299) return response;
  const verdict = route.response.check(jsonBody(response) ?? null);
  if (verdict.kind === 'kept') return response;
  log({ event: 'broken-contract', at: verdict.at });
  return undefined;
}

function plain(answer: Answer, call: Call): ProxyResponse {
  return { multiValueHeaders: {}, isBase64Encoded: false, ...respond(answer, call, []) };
}
