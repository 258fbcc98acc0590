import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { credentialScope, defaultRegion } from '../aws-request.ts';
import { readBody } from '../http-body.ts';
import type { EventSources } from './event-sources.ts';

/** The largest sound request holds filter patterns of some kilobytes. */
const bodyLimit = 1_000_000;

const Settings = z.looseObject({
  Enabled: z.boolean().optional(),
  BatchSize: z.number().optional(),
  FunctionName: z.string().optional(),
  FunctionResponseTypes: z.array(z.string()).optional(),
  ScalingConfig: z.looseObject({ MaximumConcurrency: z.number().optional() }).optional(),
});

const Mapping = z.looseObject({
  UUID: z.string(),
  EventSourceArn: z.string().optional(),
  FunctionArn: z.string().optional(),
  BatchSize: z.number().optional(),
  State: z.string().optional(),
});

const List = z.looseObject({ EventSourceMappings: z.array(Mapping) });

/**
 * Lambda's API of event source mappings, in front of moto's: what other tools make and change is disabled in moto and
 * delivered from here, and is shown as it was asked for. False: another request, and its body is untouched.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function createEventSourceApi(moto: string, sources: EventSources) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const [matched, id] = /^\/2015-03-31\/event-source-mappings\/?([^/]*)\/?$/.exec(path) ?? [];
    if (matched === undefined) return false;
    const region = credentialScope(request)?.region ?? defaultRegion;
    const body = await readBody(request, bodyLimit);
    if (body === undefined) {
      response.shouldKeepAlive = false;
      response.writeHead(413, { 'content-type': 'application/json' }).end('{"message":"The request is too long."}');
      return true;
    }
    const writes = request.method === 'POST' || request.method === 'PUT';
    const given = writes ? Settings.safeParse(json(body.toString('utf8'))) : undefined;
    const answer = await fetch(`${moto}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' },
      ...(writes && { body: given?.success ? JSON.stringify({ ...given.data, Enabled: false }) : body }),
    });
    const text = await answer.text();
    const said = json(text);
    if (answer.ok) {
      const made = Mapping.safeParse(said);
      if (given?.success && made.success) note(made.data, given.data, region);
      if (request.method === 'DELETE' && id) sources.forget(id);
    }
    const shown = answer.ok && request.method !== 'DELETE' ? JSON.stringify(asAsked(said)) : text;
    const type = answer.headers.get('x-amzn-errortype');
    response
      .writeHead(answer.status, { 'content-type': 'application/json', ...(type && { 'x-amzn-errortype': type }) })
      .end(shown);
    return true;
  };

  function note(made: z.infer<typeof Mapping>, given: z.infer<typeof Settings>, region: string): void {
    const before = sources.find(made.UUID);
    const maximum = given.ScalingConfig ? given.ScalingConfig.MaximumConcurrency : before?.maximumConcurrency;
    const reports = given.FunctionResponseTypes?.includes('ReportBatchItemFailures');
    sources.note({
      region,
      id: made.UUID,
      queueArn: made.EventSourceArn ?? before?.queueArn ?? '',
      functionName: given.FunctionName ?? made.FunctionArn ?? before?.functionName ?? '',
      batchSize: given.BatchSize ?? before?.batchSize ?? made.BatchSize ?? 10,
      reportsFailures: reports ?? before?.reportsFailures ?? false,
      ...(maximum !== undefined && { maximumConcurrency: maximum }),
      enabled: given.Enabled ?? before?.enabled ?? true,
    });
  }

  function asAsked(answer: unknown): unknown {
    const list = List.safeParse(answer);
    if (list.success) return { ...list.data, EventSourceMappings: list.data.EventSourceMappings.map(stated) };
    const one = Mapping.safeParse(answer);
    return one.success ? stated(one.data) : answer;
  }

  function stated(mapping: z.infer<typeof Mapping>): z.infer<typeof Mapping> {
    const known = sources.find(mapping.UUID);
    return known ? { ...mapping, State: known.enabled ? 'Enabled' : 'Disabled' } : mapping;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // moto says what is wrong with it.
    return undefined;
  }
}
