import { isUtf8 } from 'node:buffer';
import { localAccount } from '../providers/aws.ts';
import type { ApiSnapshot } from './api-snapshots.ts';
import type { Route } from './route.ts';

/** A request to the API as it came in. */
export interface ApiRequest {
  method: string;
  /** Percent-encoded, after the stage, beginning with `/`. */
  path: string;
  /** Without the question mark. */
  query: string;
  /** Name and value in turn, as Node.js gives them: names in the case in which they were sent, repeated ones repeated. */
  rawHeaders: readonly string[];
  body: Buffer;
  sourceIp: string;
  protocol: string;
  host: string;
  port: string;
}

export interface EventFacts {
  request: ApiRequest;
  route: Route;
  snapshot: ApiSnapshot;
  stage: { name: string; variables?: Record<string, string> | undefined };
  requestId: string;
  traceId: string;
  time: Date;
  /** From the authorizer. */
  authorizer?: Record<string, unknown> | undefined;
}

/**
 * The event that a Lambda proxy integration of a REST API gets (payload format 1.0).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(facts: EventFacts): Record<string, unknown> {
  const { request, route, snapshot, stage, requestId, time } = facts;
  const headers = headerLists(request, facts.traceId);
  const query = queryLists(request.query);
  const last = lastOf(headers);
  const { body, isBase64Encoded } = eventBody(request, snapshot, last);
  return {
    resource: route.resource.path,
    path: request.path,
    httpMethod: request.method,
    headers: last,
    multiValueHeaders: headers,
    queryStringParameters: nullIfEmpty(lastOf(query)),
    multiValueQueryStringParameters: nullIfEmpty(query),
    pathParameters: nullIfEmpty(route.pathParameters),
    stageVariables: nullIfEmpty(stage.variables ?? {}),
    requestContext: {
      resourceId: route.resource.id,
      ...(facts.authorizer && { authorizer: facts.authorizer }),
      resourcePath: route.resource.path,
      operationName: route.method.operationName,
      httpMethod: request.method,
      extendedRequestId: requestId.replaceAll('-', '').slice(0, 15),
      requestTime: requestTime(time),
      path: `/${stage.name}${request.path}`,
      accountId: localAccount,
      protocol: request.protocol,
      stage: stage.name,
      domainPrefix: snapshot.restApiId,
      requestTimeEpoch: time.getTime(),
      requestId,
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: request.sourceIp,
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: lookUp(last, 'user-agent') ?? null,
        user: null,
      },
      domainName: `${snapshot.restApiId}.execute-api.${snapshot.region}.amazonaws.com`,
      deploymentId: snapshot.deploymentId,
      apiId: snapshot.restApiId,
    },
    body,
    isBase64Encoded,
  };
}

/** Headers that concern the connection only; a REST API passes the others on. */
const dropped = new Set(['connection', 'content-length', 'expect', 'keep-alive', 'te', 'transfer-encoding', 'upgrade']);

function headerLists(request: ApiRequest, traceId: string): Record<string, string[]> {
  const lists = new Map<string, string[]>();
  const spelling = new Map<string, string>();
  const add = (name: string, value: string) => {
    const known = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), known);
    lists.set(known, [...(lists.get(known) ?? []), value]);
  };
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? '';
    if (!dropped.has(name.toLowerCase())) add(name, request.rawHeaders[at + 1] ?? '');
  }
  if (!spelling.has('x-amzn-trace-id')) add('X-Amzn-Trace-Id', traceId);
  if (!spelling.has('x-forwarded-for')) add('X-Forwarded-For', request.sourceIp);
  if (!spelling.has('x-forwarded-port')) add('X-Forwarded-Port', request.port);
  if (!spelling.has('x-forwarded-proto')) add('X-Forwarded-Proto', 'http');
  return Object.fromEntries(lists);
}

/** Decoded, unlike the path. A name without `=` has an empty value. */
function queryLists(query: string): Record<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) lists.set(name, [...(lists.get(name) ?? []), value]);
  return Object.fromEntries(lists);
}

/** Of several values API Gateway gives the last one where there is room for one. */
function lastOf(lists: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? '']));
}

function nullIfEmpty<Value>(values: Record<string, Value>): Record<string, Value> | null {
  return Object.keys(values).length === 0 ? null : values;
}

export function lookUp(headers: Record<string, string>, name: string): string | undefined {
  return Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1];
}

/** Base64 where the API says that the media type is binary, and where the bytes are no text at all. */
function eventBody(request: ApiRequest, snapshot: ApiSnapshot, headers: Record<string, string>) {
  if (request.body.length === 0) return { body: null, isBase64Encoded: false };
  const type = lookUp(headers, 'content-type') ?? 'application/json';
  if (isBinary(snapshot.binaryMediaTypes, type) || !isUtf8(request.body))
    return { body: request.body.toString('base64'), isBase64Encoded: true };
  return { body: request.body.toString('utf8'), isBase64Encoded: false };
}

/** Whether a media type (its parameters left aside) is one of the API's binary ones; `*` stands for a whole half. */
export function isBinary(binaryMediaTypes: readonly string[], mediaType: string): boolean {
  const [type, subtype] = mediaKind(mediaType);
  return binaryMediaTypes.some((binary) => {
    const [wantedType, wantedSubtype] = mediaKind(binary);
    return (wantedType === '*' || wantedType === type) && (wantedSubtype === '*' || wantedSubtype === subtype);
  });
}

function mediaKind(mediaType: string): [string, string] {
  const [type = '', subtype = ''] = (mediaType.split(';')[0] ?? '').trim().toLowerCase().split('/');
  return [type, subtype];
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `09/Apr/2026:12:34:56 +0000`, the Common Log Format. */
function requestTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
