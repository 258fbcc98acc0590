import type { Lambda } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type Answered, proxyEvent, readResponse } from '../runtime/bench.ts';
import type { ProjectFunction } from './project.ts';
import type { Stage } from './scenario.ts';

const Response = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
});

/** Calls a deployed function through Lambda's Invoke, with the events that it would get. */
export function callsOf(lambda: Lambda, { name: FunctionName }: ProjectFunction): Pick<Stage, 'ask' | 'invoke'> {
  const invoke: Stage['invoke'] = async (event) => {
    const answer = await lambda.invoke({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) });
    const payload: unknown = JSON.parse(answer.Payload?.transformToString() ?? 'null');
    return { payload, failed: answer.FunctionError !== undefined };
  };
  return {
    invoke,
    async ask({ route, ...asked }): Promise<Answered> {
      const event = z.record(z.string(), z.unknown()).parse(proxyEvent(asked));
      const named = route === undefined ? {} : { httpMethod: route.method, resource: route.path, path: route.path };
      const { payload, failed } = await invoke({ ...event, ...named });
      if (failed) throw new Error(`${FunctionName} failed: ${JSON.stringify(payload)}`);
      const { statusCode, headers, body } = Response.parse(payload);
      const lowerCase = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
      return readResponse({ statusCode, headers: lowerCase, body });
    },
  };
}
