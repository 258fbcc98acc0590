import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { credentialScope, defaultRegion } from '../aws-request.ts';
import type { ApiSnapshots } from './api-snapshots.ts';
import type { DeployedFunction, DeployedFunctions, FunctionCode } from './deployed-functions.ts';
import { functionReference } from './function-reference.ts';
import { requestBody } from './request-body.ts';

const Code = z.looseObject({
  ZipFile: z.string().optional(),
  S3Bucket: z.string().optional(),
  S3Key: z.string().optional(),
  S3ObjectVersion: z.string().optional(),
});

const FunctionCall = Code.extend({
  FunctionName: z.string().optional(),
  Code: Code.optional(),
  LoggingConfig: z
    .looseObject({ LogGroup: z.string().optional(), LogFormat: z.enum(['Text', 'JSON']).optional() })
    .optional(),
});

/** A direct upload is 50 MB at most, a third more in base64. */
const bodyLimit = 70 * 1024 * 1024;

/**
 * The API calls of other tools (the aws CLI, Terraform) that deploy a function or an API without CloudFormation: they go
 * to moto as they are, and what moto forgets of them is noted for the data plane.
 */
export function createNotes(options: {
  moto: string;
  snapshots: ApiSnapshots;
  functions: DeployedFunctions;
}): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const { snapshots, functions } = options;

  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const note = noteFor(request.method ?? '', path);
    if (!note) return false;
    const region = credentialScope(request)?.region ?? defaultRegion;
    const body = await requestBody(request, bodyLimit);
    if (!body) {
      response.writeHead(413, { 'content-type': 'application/json' }).end('{"message":"The request is too long."}');
      return true;
    }
    const answer = await fetch(`${options.moto.replace(/\/+$/, '')}${request.url}`, {
      method: request.method ?? 'POST',
      headers: forwarded(request),
      body,
    });
    const text = await answer.text();
    if (answer.ok) await note(json(body.toString('utf8')), json(text), region);
    response.writeHead(answer.status, Object.fromEntries(returned(answer.headers))).end(text);
    return true;
  };

  function noteFor(method: string, path: string) {
    const call = `${method} ${path.replace(/\/+$/, '')}`;
    if (call === 'POST /2015-03-31/functions')
      return async (given: unknown, _answer: unknown, region: string) => {
        const made = FunctionCall.safeParse(given);
        if (made.success && made.data.FunctionName)
          functions.note(
            region,
            functionReference(made.data.FunctionName).name,
            noted(made.data.Code, made.data.LoggingConfig),
          );
      };
    const [, edited, part] = /^PUT \/2015-03-31\/functions\/([^/]+)\/(code|configuration)$/.exec(call) ?? [];
    if (edited && part)
      return async (given: unknown, _answer: unknown, region: string) => {
        const change = FunctionCall.safeParse(given);
        if (change.success)
          functions.note(
            region,
            nameIn(edited),
            noted(part === 'code' ? change.data : undefined, change.data.LoggingConfig),
          );
      };
    const published = /^POST \/2015-03-31\/functions\/([^/]+)\/versions$/.exec(call)?.[1];
    if (published)
      return async (_given: unknown, answer: unknown, region: string) => {
        const made = z.looseObject({ Version: z.string() }).safeParse(answer);
        if (made.success) functions.publish(region, nameIn(published), made.data.Version);
      };
    const deployed = /^POST \/restapis\/([a-z0-9]+)\/deployments$/.exec(call)?.[1];
    if (deployed)
      return async (_given: unknown, answer: unknown, region: string) => {
        const made = z.looseObject({ id: z.string() }).safeParse(answer);
        if (made.success) await snapshots.take(deployed, made.data.id, region);
      };
    return undefined;
  }
}

function nameIn(segment: string): string {
  return functionReference(decodeURIComponent(segment)).name;
}

function noted(
  code: z.infer<typeof Code> | undefined,
  logging: { LogGroup?: string | undefined; LogFormat?: 'Text' | 'JSON' | undefined } | undefined,
): Partial<DeployedFunction> {
  const found = code && functionCode(code);
  return {
    ...(found && { code: found }),
    ...(logging?.LogGroup && { logGroup: logging.LogGroup }),
    ...(logging?.LogFormat && { logFormat: logging.LogFormat }),
  };
}

function functionCode(code: z.infer<typeof Code>): FunctionCode | undefined {
  if (code.ZipFile !== undefined) return { from: 'memory', zip: Buffer.from(code.ZipFile, 'base64') };
  if (!code.S3Bucket || !code.S3Key) return undefined;
  const version = code.S3ObjectVersion;
  return { from: 'bucket', bucket: code.S3Bucket, key: code.S3Key, ...(version && { version }) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
]);

function forwarded(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !connectionHeaders.has(name) ? [[name, value] as const] : [],
    ),
  );
}

function returned(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => !connectionHeaders.has(name) && name !== 'content-encoding');
}
