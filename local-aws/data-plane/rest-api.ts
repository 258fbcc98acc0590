import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stage } from '@aws-sdk/client-api-gateway';
import type { ApiSnapshot, ApiSnapshots } from './api-snapshots.ts';
import { authorize } from './authorization.ts';
import type { DeployedSettings } from './deployed-settings.ts';
import { functionReference } from './function-reference.ts';
import { type ApiAnswer, type GatewayResponseType, gatewayAnswer } from './gateway-response.ts';
import { type LambdaRuntime, traceId } from './lambda-runtime.ts';
import { mockAnswer, takesMediaType } from './mock-integration.ts';
import { type ApiRequest, proxyEvent } from './proxy-event.ts';
import { proxyAnswer } from './proxy-response.ts';
import { requestBody } from './request-body.ts';
import { bodyLimit, bodyTooLarge, headersFit, headersTooLarge, invocationLimit } from './request-size.ts';
import { validateRequest } from './request-validation.ts';
import { type Route, Router } from './route.ts';
import type { Throttling } from './throttling.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface RestApiOptions {
  settings: DeployedSettings;
  snapshots: ApiSnapshots;
  lambda: LambdaRuntime;
  tokens: TokenVerifier;
  throttling: Throttling;
  log: (line: string) => void;
}

/**
 * The longest that an integration may take unless it says otherwise.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
const integrationMillis = 29_000;

/** Makes an answer of the gateway's own. */
type Refuse = (type: GatewayResponseType, said?: { message?: string; validationError?: string }) => ApiAnswer;

/** Serves the deployed REST APIs at `/_api/<restApiId>/<stage>/<path…>`. */
export class RestApis {
  readonly #options: RestApiOptions;
  readonly #routers = new WeakMap<ApiSnapshot, Router>();

  constructor(options: RestApiOptions) {
    this.#options = options;
  }

  /** False: not an address of an API. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const [, restApiId, stageName, path, query] =
      /^\/_api\/([A-Za-z0-9]+)\/([A-Za-z0-9_-]+)(\/[^?]*)?(?:\?(.*))?$/s.exec(request.url ?? '') ?? [];
    if (!restApiId || !stageName) return false;
    const requestId = randomUUID();
    const body = await requestBody(request, bodyLimit);
    if (!headersFit(request) || !body) {
      send(response, body ? headersTooLarge : bodyTooLarge, requestId);
      return true;
    }
    const region = await this.#options.snapshots.region(restApiId);
    const stage = region === undefined ? undefined : await this.#options.settings.stage(region, restApiId, stageName);
    let answer: ApiAnswer;
    if (region === undefined || !stage?.deploymentId) answer = forbidden();
    else {
      const snapshot = await this.#options.snapshots.find(restApiId, stage.deploymentId, region);
      answer = await this.#answer(snapshot, stage, apiRequest(request, path ?? '/', query ?? '', body), requestId);
    }
    send(response, answer, requestId);
    return true;
  }

  async #answer(snapshot: ApiSnapshot, stage: Stage, request: ApiRequest, requestId: string): Promise<ApiAnswer> {
    const stageName = stage.stageName ?? '';
    const refuse: Refuse = (type, said) =>
      gatewayAnswer(type, { requestId, path: `/${stageName}${request.path}`, stage: stageName, snapshot, ...said });
    const route = this.#router(snapshot).find(request.method, request.path);
    if (!route) return refuse('MISSING_AUTHENTICATION_TOKEN');
    if (!this.#options.throttling.admits(snapshot.restApiId, stage, route)) return refuse('THROTTLED');
    const authorization = await authorize(route, snapshot, lowerCaseHeaders(request), this.#options.tokens);
    if (authorization.kind === 'unauthorized')
      return refuse('UNAUTHORIZED', authorization.message === undefined ? {} : { message: authorization.message });
    if (authorization.kind === 'missing-token') return refuse('MISSING_AUTHENTICATION_TOKEN');
    if (authorization.kind === 'unsupported') {
      this.#options.log(authorization.message);
      return refuse('API_CONFIGURATION_ERROR');
    }
    const verdict = validateRequest(route, snapshot, request);
    if (verdict.kind === 'parameters')
      return refuse('BAD_REQUEST_PARAMETERS', {
        message: `Missing required request parameters: [${verdict.missing.join(', ')}]`,
      });
    if (verdict.kind === 'body')
      return refuse('BAD_REQUEST_BODY', { validationError: `[${verdict.problems.join(', ')}]` });
    if (verdict.kind === 'unchecked') this.#options.log(`${request.method} ${route.resource.path}: ${verdict.message}`);
    const integration = route.method.methodIntegration;
    if (integration?.type === 'MOCK' && !takesMediaType(integration, lowerCaseHeaders(request).get('content-type')))
      return refuse('UNSUPPORTED_MEDIA_TYPE');
    if (integration?.type === 'MOCK')
      return mockAnswer(route.method, pairs(request.rawHeaders)) ?? refuse('API_CONFIGURATION_ERROR');
    if (integration?.type !== 'AWS_PROXY') {
      this.#options.log(
        `${request.method} ${route.resource.path} has an integration of type ${integration?.type ?? 'none'}; ` +
          'the local AWS serves AWS_PROXY to Lambda functions, and MOCK.',
      );
      return refuse('API_CONFIGURATION_ERROR');
    }
    const event = proxyEvent({
      request,
      route,
      snapshot,
      stage: { name: stageName, variables: stage.variables },
      requestId,
      traceId: traceId(),
      time: new Date(),
      authorizer: authorization.authorizer,
    });
    return this.#invoke(route, stage, snapshot, request, JSON.stringify(event), refuse);
  }

  async #invoke(
    route: Route,
    stage: Stage,
    snapshot: ApiSnapshot,
    request: ApiRequest,
    payload: string,
    refuse: Refuse,
  ): Promise<ApiAnswer> {
    const where = `${request.method} ${route.resource.path}`;
    const integration = route.method.methodIntegration;
    const uri = withStageVariables(integration?.uri ?? '', stage.variables ?? {});
    const arn = /:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
    if (!arn) {
      this.#options.log(`${where} is integrated with ${uri}, which names no Lambda function.`);
      return refuse('API_CONFIGURATION_ERROR');
    }
    // The call of the function, not that of the client, is too large then.
    if (Buffer.byteLength(payload) > invocationLimit) return refuse('REQUEST_TOO_LARGE');
    const { name, qualifier, region = snapshot.region } = functionReference(arn);
    const limit = timeLimit(integration?.timeoutInMillis ?? integrationMillis);
    const result = await Promise.race([
      this.#options.lambda.invoke(region, name, qualifier, payload),
      limit.reached.then(() => 'too-late' as const),
    ]);
    limit.clear();
    // The function runs on, and is billed, as on AWS.
    if (result === 'too-late') return refuse('INTEGRATION_TIMEOUT');
    if (result.kind === 'no-function') {
      this.#options.log(`${where}: there is no function ${name} in ${region}.`);
      return refuse('API_CONFIGURATION_ERROR');
    }
    if (result.kind === 'unusable') {
      this.#options.log(`${where}: ${result.message}`);
      return refuse('API_CONFIGURATION_ERROR');
    }
    if (result.kind === 'error') {
      this.#options.log(`${where}: ${name} failed: ${result.error.errorMessage}`);
      return refuse('INTEGRATION_FAILURE');
    }
    if (Buffer.byteLength(result.payload) > invocationLimit) {
      this.#options.log(`${where}: ${name} gave more than ${invocationLimit} bytes, which Lambda does not pass on.`);
      return refuse('INTEGRATION_FAILURE');
    }
    const accept = lowerCaseHeaders(request).get('accept');
    const answer = proxyAnswer(result.payload, { binaryMediaTypes: snapshot.binaryMediaTypes, accept });
    if (answer) return answer;
    this.#options.log(`${where}: ${name} gave a malformed proxy response: ${result.payload.slice(0, 300)}`);
    return refuse('INTEGRATION_FAILURE');
  }

  #router(snapshot: ApiSnapshot): Router {
    const known = this.#routers.get(snapshot);
    if (known) return known;
    const router = new Router(snapshot.resources);
    this.#routers.set(snapshot, router);
    return router;
  }
}

/** An API or stage that does not exist: said without saying which. */
function forbidden(): ApiAnswer {
  return {
    status: 403,
    headers: [
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', 'ForbiddenException'],
    ],
    body: Buffer.from('{"message":"Forbidden"}'),
  };
}

function apiRequest(request: IncomingMessage, path: string, query: string, body: Buffer): ApiRequest {
  const host = request.headers.host ?? '';
  return {
    method: request.method ?? 'GET',
    path,
    query,
    rawHeaders: request.rawHeaders,
    body,
    sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    protocol: `HTTP/${request.httpVersion}`,
    host,
    port: String(request.socket.localPort ?? 80),
  };
}

function lowerCaseHeaders(request: ApiRequest): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2)
    headers.set((request.rawHeaders[at] ?? '').toLowerCase(), request.rawHeaders[at + 1] ?? '');
  return headers;
}

function withStageVariables(uri: string, variables: Record<string, string>): string {
  return uri.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole,
  );
}

function timeLimit(millis: number): { reached: Promise<void>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  return { reached, clear: () => clearTimeout(timer) };
}

function send(response: ServerResponse, answer: ApiAnswer, requestId: string): void {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('x-amz-apigw-id', requestId.replaceAll('-', '').slice(0, 15));
  const bodiless = answer.status === 204 || answer.status === 304 || answer.status < 200;
  if (!bodiless) response.setHeader('Content-Length', answer.body.length);
  response.end(bodiless ? undefined : answer.body);
}

/** Names and values in turn, as pairs. */
function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : []));
}
