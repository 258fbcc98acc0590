import type { IncomingMessage, ServerResponse } from 'node:http';
import { credentialScope, defaultRegion } from '../aws-request.ts';
import type { AsyncInvocations } from '../delivery/async-invocations.ts';
import type { Begun, DurableExecutions } from '../durable/executions.ts';
import { functionReference } from './function-reference.ts';
import type { InvocationResult, LambdaRuntime } from './lambda-runtime.ts';
import { requestBody } from './request-body.ts';

/** Synchronous calls carry 6 MB, asynchronous ones 1 MB; the larger limit serves both here. */
const payloadLimit = 6 * 1024 * 1024;

/** How much of the log comes back with `X-Amz-Log-Type: Tail`. */
const logTailBytes = 4096;

/**
 * Lambda's Invoke operation, in front of moto, which can run functions only with Docker. RequestResponse, Event and DryRun.
 * Asynchronous invocations are somebody else's work, retries and destinations included.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createInvoke(options: {
  lambda: LambdaRuntime;
  invocations: Pick<AsyncInvocations, 'submit'>;
  executions: Pick<DurableExecutions, 'begin'>;
}): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const { lambda, invocations, executions } = options;

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const reference = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(url.pathname)?.[1];
    if (request.method !== 'POST' || !reference) return false;
    const { name, qualifier, region } = functionReference(decode(reference));
    const where = region ?? credentialScope(request)?.region ?? defaultRegion;
    const wanted = url.searchParams.get('Qualifier') ?? qualifier;

    const body = await requestBody(request, payloadLimit);
    if (!body) {
      refuse(
        response,
        413,
        'RequestTooLargeException',
        `Request must be smaller than ${payloadLimit} bytes for the InvokeFunction operation`,
      );
      return true;
    }
    const payload = body.length === 0 ? '{}' : body.toString('utf8');
    if (!isJson(payload)) {
      refuse(response, 400, 'InvalidRequestContentException', 'Could not parse request body into json');
      return true;
    }
    const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
    if (type !== 'DryRun') {
      const begun = await executions.begin(
        where,
        name,
        wanted,
        payload,
        header(request, 'x-amz-durable-execution-name'),
      );
      if (begun) {
        await answerDurable(response, begun, type === 'Event');
        return true;
      }
    }
    if (type === 'DryRun' || type === 'Event') {
      const known =
        type === 'Event'
          ? await invocations.submit(where, name, wanted, payload)
          : await lambda.exists(where, name, wanted);
      if (known) response.writeHead(type === 'Event' ? 202 : 204).end();
      else notFound(response, where, name, wanted);
      return true;
    }
    answer(response, await lambda.invoke(where, name, wanted, payload), {
      tail: header(request, 'x-amz-log-type') === 'Tail',
      notFound: () => notFound(response, where, name, wanted),
    });
    return true;
  };
}

/** A durable function: whoever waits, waits for the end of the execution, with all its waits in it. */
async function answerDurable(response: ServerResponse, begun: Begun, async: boolean): Promise<void> {
  if (begun.kind === 'taken') {
    const message = `An execution of this name is there with another input: ${begun.arn}`;
    return refuse(response, 409, 'DurableExecutionAlreadyStartedException', message);
  }
  const { execution } = begun;
  const headers = { 'x-amz-durable-execution-arn': execution.facts.arn };
  if (async) {
    response.writeHead(202, headers).end();
    return;
  }
  const end = await execution.ended;
  response.writeHead(200, {
    ...headers,
    'content-type': 'application/json',
    'x-amz-executed-version': execution.facts.version,
    ...(end.status !== 'SUCCEEDED' && { 'x-amz-function-error': 'Unhandled' }),
  });
  if (end.status === 'SUCCEEDED') response.end(end.result ?? 'null');
  else {
    const { ErrorType: errorType = end.status, ErrorMessage: errorMessage = end.status, StackTrace: trace } = end.error;
    response.end(JSON.stringify({ errorType, errorMessage, ...(trace && { trace }) }));
  }
}

function answer(
  response: ServerResponse,
  result: InvocationResult,
  options: { tail: boolean; notFound: () => void },
): void {
  if (result.kind === 'no-function') {
    options.notFound();
    return;
  }
  if (result.kind === 'unusable') {
    refuse(response, 502, 'InvalidRuntimeException', result.message);
    return;
  }
  const text = `${result.log.join('\n')}\n`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': result.requestId,
    'x-amz-executed-version': result.version,
    ...(result.kind === 'error' && { 'x-amz-function-error': 'Unhandled' }),
    ...(options.tail && { 'x-amz-log-result': Buffer.from(text).subarray(-logTailBytes).toString('base64') }),
  });
  response.end(result.kind === 'result' ? result.payload : JSON.stringify(result.error));
}

function notFound(response: ServerResponse, region: string, name: string, qualifier: string | undefined): void {
  const arn = `arn:aws:lambda:${region}:123456789012:function:${name}${qualifier ? `:${qualifier}` : ''}`;
  refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ Type: 'User', Message: message, message }));
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
