import type { FileOperation } from '../../blueprint/storage.ts';
import type { FileModel } from '../../stacks/file-model.ts';
import { internalError, overloaded } from '../answer.ts';
import { readCall } from '../event.ts';
import { traceOf } from '../log/trace.ts';
import { type HttpResponse, respond } from '../respond.ts';
import type { Handler, Surroundings } from '../serve.ts';
import { fileScopeOf } from './access.ts';
import { type FileAnswer, fileRuns } from './operations.ts';
import type { FileWorld } from './world.ts';

/** The storage and its world, or why this function has none. Asked on every call, made once. */
export type FileBackend = () => Promise<{ model: FileModel; world: FileWorld }>;

/** The handler of one operation on files: access first, then the work; whatever goes wrong ends in a calm answer. */
export function serveFiles(operation: FileOperation, backend: FileBackend, surroundings: Surroundings): Handler {
  return async (event, context) => {
    const began = surroundings.ticks();
    const call = readCall(event, context);
    const fact: { operation: string; request_id: string; storage?: string } = {
      operation: `file-${operation}`,
      request_id: call.requestId,
    };
    let answer: FileAnswer;
    try {
      const { model, world } = await backend();
      fact.storage = model.storage;
      const scope = fileScopeOf(model, operation, call.caller);
      answer = scope.kind === 'problem' ? scope : await fileRuns[operation]({ model, call, scope }, world);
    } catch (error) {
      answer = error instanceof Error && throttles.has(error.name) ? overloaded() : internalError();
      surroundings.log({ level: 'error', event: 'failure', ...fact, ...traceOf(error) });
    }
    const response = responseTo(answer, call, surroundings.origins);
    const duration_ms = Math.round(surroundings.ticks() - began);
    surroundings.log({ level: 'info', event: 'request', ...fact, status: response.statusCode, duration_ms });
    return response;
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const throttles = new Set(['SlowDown', 'ServiceUnavailable', 'RequestLimitExceeded', 'ThrottlingException']);

function responseTo(
  answer: FileAnswer,
  call: { requestId: string; origin?: string },
  origins: readonly string[],
): HttpResponse {
  if (answer.kind !== 'redirect') return respond(answer, call, origins);
  const { headers } = respond({ kind: 'done' }, call, origins);
  return { statusCode: 302, headers: { ...headers, location: answer.location }, body: '' };
}
