import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { pathOf, queryOf } from '../aws-request.ts';
import { readBody } from '../http-body.ts';
import type { DurableExecution } from './execution.ts';
import type { DurableExecutions } from './executions.ts';
import { DurableError, OperationUpdate, onWire } from './operation.ts';

/** A checkpoint holds 750 KB of payloads; an answer to a callback 1 MB. */
const bodyLimit = 8 * 1024 * 1024;

const Checkpoint = z.looseObject({ CheckpointToken: z.string(), Updates: z.array(OperationUpdate).nullish() });

/**
 * The part of Lambda's API that durable functions, and those who answer their callbacks, use. moto knows nothing of it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html
 */
export function createDurableApi(executions: DurableExecutions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = pathOf(request);
    if (!path.startsWith('/2025-12-01/')) return false;
    const [, kind, id = '', action = ''] =
      /^\/2025-12-01\/(durable-executions|durable-execution-callbacks|functions)\/([^/]+)(?:\/([a-z-]+))?\/?$/.exec(
        path,
      ) ?? [];
    const body = (await readBody(request, bodyLimit)) ?? Buffer.alloc(0);
    const call = `${request.method} ${kind} ${action}`;
    const named = decoded(id);
    if (call === 'GET functions durable-executions') {
      const all = executions
        .all()
        .filter(({ facts }) => facts.functionArn.endsWith(`:function:${named.split(':')[0]}`));
      return answer(response, 200, { DurableExecutions: all.map(summary) });
    }
    if (kind === 'durable-execution-callbacks') return callback(response, call, named, body);
    const execution = kind === 'durable-executions' ? executions.find(named) : undefined;
    if (!execution)
      return refuse(response, 404, 'ResourceNotFoundException', `There is no durable execution ${named}.`);
    switch (call) {
      case 'GET durable-executions ':
        return answer(response, 200, { ...summary(execution), ...details(execution) });
      case 'POST durable-executions stop': {
        const error = DurableError.safeParse(json(body));
        execution.stop('STOPPED', error.success ? error.data : {});
        return answer(response, 200, { StopTimestamp: seconds(Date.now()) });
      }
      case 'GET durable-executions state':
        if (!execution.holds(queryOf(request).get('CheckpointToken') ?? '')) return wrongToken(response);
        return answer(response, 200, { Operations: execution.operations().map((one) => onWire(one, seconds)) });
      case 'POST durable-executions checkpoint': {
        const given = Checkpoint.safeParse(json(body));
        if (!given.success)
          return refuse(
            response,
            400,
            'InvalidParameterValueException',
            `The checkpoint is malformed: ${given.error.message}`,
          );
        const taken = execution.checkpoint(given.data.CheckpointToken, given.data.Updates ?? []);
        if (!taken) return wrongToken(response);
        return answer(response, 200, {
          CheckpointToken: taken.token,
          NewExecutionState: { Operations: taken.changed.map((one) => onWire(one, seconds)) },
        });
      }
      default:
        return refuse(
          response,
          404,
          'UnknownOperationException',
          `The local AWS does not know ${request.method} ${path}.`,
        );
    }
  };

  function callback(response: ServerResponse, call: string, id: string, body: Buffer): true {
    const execution = executions.byCallback(id);
    const done =
      call === 'POST durable-execution-callbacks succeed'
        ? execution?.answer(id, { result: body.toString('utf8') })
        : call === 'POST durable-execution-callbacks fail'
          ? execution?.answer(id, { error: DurableError.safeParse(json(body)).data ?? {} })
          : call === 'POST durable-execution-callbacks heartbeat'
            ? execution?.heartbeat(id)
            : undefined;
    if (done) return answer(response, 200, {});
    const message = execution ? `The callback ${id} is over.` : `There is no callback ${id}.`;
    return refuse(
      response,
      execution ? 400 : 404,
      execution ? 'CallbackTimeoutException' : 'ResourceNotFoundException',
      message,
    );
  }
}

function summary(execution: DurableExecution): object {
  const { facts, started, endedAt, status } = execution;
  return {
    DurableExecutionArn: facts.arn,
    DurableExecutionName: facts.name,
    FunctionArn: `${facts.functionArn}:${facts.version}`,
    Status: status,
    StartTimestamp: seconds(started),
    ...(endedAt !== undefined && { EndTimestamp: seconds(endedAt) }),
  };
}

function details({ facts, end }: DurableExecution): object {
  return {
    InputPayload: facts.input,
    Version: facts.version,
    ...(end?.status === 'SUCCEEDED' && end.result !== undefined && { Result: end.result }),
    ...(end !== undefined && end.status !== 'SUCCEEDED' && { Error: end.error }),
  };
}

/** Times of this API are seconds since 1970. */
function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

function wrongToken(response: ServerResponse): true {
  return refuse(response, 400, 'InvalidParameterValueException', 'Invalid checkpoint token');
}

function answer(response: ServerResponse, status: number, value: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  return true;
}

function refuse(response: ServerResponse, status: number, type: string, message: string): true {
  response.setHeader('x-amzn-errortype', type);
  return answer(response, status, { Type: 'User', Message: message, message });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // Said to be malformed with the same words as JSON of the wrong shape.
    return undefined;
  }
}
