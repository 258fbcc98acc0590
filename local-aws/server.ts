import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { siteOfHost } from './amplify/amplify.ts';
import { credentialScope, defaultRegion, pathOf, queryOf } from './aws-request.ts';
import { refusal } from './browser-guard.ts';
import { apiVersion, type CloudFormation } from './cloudformation/service.ts';
import type { RequestHandler } from './compose.ts';
import { answerJson, type Control, handleControl } from './control.ts';
import { type DatabaseTurns, isForDatabase } from './database-turns.ts';
import { readBody } from './http-body.ts';
import type { FrontDoor } from './iam/front-door.ts';
import type { Log } from './log.ts';
import { passThrough } from './proxy.ts';
import { withOverrides, withoutCors } from './s3/browser-answer.ts';
import type { BucketCors } from './s3/bucket-cors.ts';

export interface ServerParts {
  readonly control: Control;
  readonly cloudFormation: CloudFormation;
  /** Asked before a request goes on to moto. A function, because a reset makes them anew. */
  handlers(): readonly RequestHandler[];
  /** Asked before them, of every request to a service. */
  frontDoor(): FrontDoor | undefined;
  /** Asked of requests that pages make. */
  cors(): BucketCors | undefined;
  /** Undefined when there is no moto. */
  readonly motoEndpoint: string | undefined;
  readonly databaseTurns: DatabaseTurns;
  readonly log: Log;
}

/** A form is read whole to find its Action. The largest sound one holds a template of 51,200 bytes, escaped. */
const maximumForm = 2_000_000;

/** DynamoDB's own limit is 16 MB, of values that take more room as JSON. */
const maximumDatabaseRequest = 32_000_000;

/** The one server: decides who answers a request. */
export function createLocalServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    route(parts, request, response).catch((error: unknown) => {
      if (response.destroyed || request.destroyed) return;
      parts.log(`Server: ${request.method} ${pathOf(request)} ended in a bug: ${String(error)}`);
      if (!response.headersSent)
        answerJson(response, 500, { message: 'Local AWS failed at this request. See its log.' });
      else response.destroy();
    });
  });
  // Longer than clients keep their connections: who closes first is then always the client.
  server.keepAliveTimeout = 65_000;
  // An upload may take as long as it takes.
  server.requestTimeout = 0;
  return server;
}

async function route(parts: ServerParts, asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const refused = refusal(asked);
  if (refused !== undefined) return answerJson(response, 403, { message: refused });
  const path = pathOf(asked);
  // A site's own host has nothing but the site on it.
  if (siteOfHost(asked.headers.host)) return serveDeployed(parts, asked, response);
  if (path.startsWith('/_local/')) {
    for (const handler of parts.handlers()) if (await handler.handle(asked, response)) return;
    return handleControl(parts.control, asked, response);
  }
  // What was deployed is called by its users, not by clients of AWS: it is not counted.
  if (path.startsWith('/_api/') || path.startsWith('/_amplify/')) return serveDeployed(parts, asked, response);
  const cors = await parts.cors()?.handle(asked, response);
  if (cors === 'answered') return;
  const frontDoor = parts.frontDoor();
  const request = frontDoor === undefined ? asked : await frontDoor.admit(asked, response);
  if (request === undefined) return;
  const { calls } = parts.control;
  if (isForm(request)) {
    const body = await readBody(request, maximumForm);
    if (body === undefined) {
      response.shouldKeepAlive = false;
      return answerJson(response, 413, { message: `A form may have at most ${maximumForm} bytes.` });
    }
    const form = body.toString('utf8');
    calls.count(request, form);
    if (isCloudFormation(request, new URLSearchParams(form))) return answer(parts, form, request, response);
    return toMoto(parts, request, response, body);
  }
  calls.count(request);
  const query = queryOf(request);
  if (path === '/' && query.has('Action') && isCloudFormation(request, query)) {
    return answer(parts, query.toString(), request, response);
  }
  for (const handler of parts.handlers()) if (await handler.handle(request, response)) return;
  return toMoto(parts, request, response, undefined, (status, headers) =>
    withOverrides(asked, status, cors === 'settled' ? withoutCors(headers) : headers),
  );
}

async function serveDeployed(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const handler of parts.handlers()) if (await handler.handle(request, response)) return;
  answerJson(response, 404, { message: `Nothing is deployed at ${pathOf(request)}.` });
}

/** A form sent to the root is a query-protocol request; anywhere else it may be an S3 object of that type. */
function isForm(request: IncomingMessage): boolean {
  const type = request.headers['content-type'] ?? '';
  return request.method === 'POST' && pathOf(request) === '/' && type.startsWith('application/x-www-form-urlencoded');
}

function isCloudFormation(request: IncomingMessage, form: URLSearchParams): boolean {
  const service = credentialScope(request)?.service;
  return service === undefined ? form.get('Version') === apiVersion : service === 'cloudformation';
}

async function answer(
  parts: ServerParts,
  form: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const region = credentialScope(request)?.region ?? defaultRegion;
  const { status, body, requestId } = await parts.cloudFormation.answer(form, region);
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}

async function toMoto(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  body?: Buffer,
  change?: (status: number, headers: string[]) => string[],
): Promise<void> {
  if (parts.motoEndpoint === undefined) {
    request.resume();
    // Not a 5xx: nothing gets better by asking again.
    response.setHeader('x-amzn-errortype', 'NotWithoutMoto');
    answerJson(response, 400, {
      __type: 'NotWithoutMoto',
      message:
        'Local AWS runs without moto, so this service is not there. Install moto (pip install "moto[server]==5.2.1") and start it again.',
    });
    return;
  }
  const moto = new URL(parts.motoEndpoint);
  if (!isForDatabase(request)) return passThrough(moto, request, response, parts.log, body, change);
  const whole = body ?? (await readBody(request, maximumDatabaseRequest));
  if (whole === undefined) {
    response.shouldKeepAlive = false;
    return answerJson(response, 413, { message: `A request may have at most ${maximumDatabaseRequest} bytes.` });
  }
  if (await parts.databaseTurns.wait(request, response)) {
    passThrough(moto, request, response, parts.log, whole, change);
  }
}
