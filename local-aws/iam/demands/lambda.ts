import { functionReference } from '../../data-plane/function-reference.ts';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demands, demand } from './demand.ts';

const answers: Record<string, string> = { succeed: 'Success', fail: 'Failure', heartbeat: 'Heartbeat' };

/**
 * Invoke, and what a durable function asks about its own execution. The resource of an execution is the version (or
 * alias) that it runs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-security.html
 */
export function lambdaDemands(call: AwsCall): Demands {
  const { method, path, query } = call;
  const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(path)?.[1];
  if (method === 'POST' && invoked !== undefined) {
    const { name, qualifier, region } = functionReference(decoded(invoked));
    const wanted = query.get('Qualifier') ?? qualifier;
    const resource = `function:${name}${wanted === undefined ? '' : `:${wanted}`}`;
    return demand('lambda:InvokeFunction', arnOf({ region: region ?? call.region }, 'lambda', resource));
  }
  const [, execution, part] = /^\/2025-12-01\/durable-executions\/([^/]+)\/(checkpoint|state)$/.exec(path) ?? [];
  if (execution !== undefined) {
    const [version = ''] = decoded(execution).split('/');
    const action = part === 'checkpoint' ? 'CheckpointDurableExecution' : 'GetDurableExecutionState';
    return demand(`lambda:${action}`, version);
  }
  const [, callback, end = ''] =
    /^\/2025-12-01\/durable-execution-callbacks\/([^/]+)\/(succeed|fail|heartbeat)$/.exec(path) ?? [];
  if (callback !== undefined) {
    // The id of a callback says which execution it is of.
    const [execution = ''] = Buffer.from(decoded(callback), 'base64').toString('utf8').split(' ');
    return demand(`lambda:SendDurableExecutionCallback${answers[end] ?? ''}`, execution);
  }
  return { kind: 'unknown', sentence: `Local AWS does not know what ${method} ${path} needs of Lambda's actions.` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded: what looks like an escape is part of the name.
    return text;
  }
}
