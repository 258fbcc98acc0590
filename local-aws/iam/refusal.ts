import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { queryOf } from '../aws-request.ts';

/** Why a request is not carried out, before it is put into the words of a protocol. */
export interface Refusal {
  /** As most services call it; S3 has codes of its own. */
  readonly code: RefusalCode;
  readonly message: string;
  /** More elements of S3's answer. */
  readonly details?: Readonly<Record<string, string>>;
}

export type RefusalCode =
  | 'AccessDenied'
  | 'InvalidKey'
  | 'InvalidToken'
  | 'SignatureDoesNotMatch'
  | 'TimeTooSkewed'
  | 'MalformedSignature'
  | 'EntityTooLarge'
  | 'EntityTooSmall'
  | 'MalformedForm';

/** By service family: how each calls the refusal, and with which status. */
interface Words {
  json: string;
  query: string;
  s3: string;
  /** JSON protocols answer 400 to nearly everything, the others 403. */
  s3Status: number;
}

const words: Readonly<Record<RefusalCode, Words>> = {
  AccessDenied: { json: 'AccessDeniedException', query: 'AccessDenied', s3: 'AccessDenied', s3Status: 403 },
  InvalidKey: {
    json: 'UnrecognizedClientException',
    query: 'InvalidClientTokenId',
    s3: 'InvalidAccessKeyId',
    s3Status: 403,
  },
  InvalidToken: {
    json: 'UnrecognizedClientException',
    query: 'InvalidClientTokenId',
    s3: 'InvalidToken',
    s3Status: 400,
  },
  SignatureDoesNotMatch: {
    json: 'InvalidSignatureException',
    query: 'SignatureDoesNotMatch',
    s3: 'SignatureDoesNotMatch',
    s3Status: 403,
  },
  TimeTooSkewed: {
    json: 'InvalidSignatureException',
    query: 'SignatureDoesNotMatch',
    s3: 'RequestTimeTooSkewed',
    s3Status: 403,
  },
  MalformedSignature: {
    json: 'IncompleteSignatureException',
    query: 'IncompleteSignature',
    s3: 'AuthorizationQueryParametersError',
    s3Status: 400,
  },
  EntityTooLarge: { json: 'ValidationException', query: 'ValidationError', s3: 'EntityTooLarge', s3Status: 400 },
  EntityTooSmall: { json: 'ValidationException', query: 'ValidationError', s3: 'EntityTooSmall', s3Status: 400 },
  MalformedForm: { json: 'ValidationException', query: 'ValidationError', s3: 'MalformedPOSTRequest', s3Status: 400 },
};

/**
 * Answers in the shape of the protocol that the request speaks: XML as S3 has it, XML of the query protocol, or JSON with
 * the error's type in the body and in a header.
 */
export function refuse(
  request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  response: ServerResponse,
  service: string,
  refusal: Refusal,
  isForm: boolean,
): void {
  const { code, message, details } = refusal;
  const requestId = randomUUID();
  if (service === 's3') {
    const parts = { Code: words[code].s3, Message: message, ...details, RequestId: requestId, HostId: hostId() };
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements(parts)}</Error>`;
    send(request, response, words[code].s3Status, 'application/xml', requestId, body);
    return;
  }
  // A presigned address of these services is asked for like a form.
  if (isForm || (request.headers['x-amz-target'] === undefined && queryOf(request).has('Action'))) {
    const name = service === 'sns' && code === 'AccessDenied' ? 'AuthorizationError' : words[code].query;
    const error = elements({ Type: 'Sender', Code: name, Message: message });
    const body = `<ErrorResponse><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    send(request, response, 403, 'text/xml', requestId, body);
    return;
  }
  const type = words[code].json;
  response.setHeader('x-amzn-errortype', type);
  // Clients of SQS look here for the code that its older protocol had.
  if (service === 'sqs') response.setHeader('x-amzn-query-error', `${words[code].query};Sender`);
  const dynamodb = service === 'dynamodb';
  const body = JSON.stringify({
    __type: dynamodb ? `com.amazon.coral.service#${type}` : type,
    [dynamodb ? 'Message' : 'message']: message,
  });
  const target = request.headers['x-amz-target'] !== undefined;
  const contentType = target ? (request.headers['content-type'] ?? 'application/x-amz-json-1.1') : 'application/json';
  send(request, response, target ? 400 : 403, contentType, requestId, body);
}

function send(
  request: Pick<IncomingMessage, 'method'>,
  response: ServerResponse,
  status: number,
  contentType: string,
  requestId: string,
  body: string,
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
    ...(request.method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function elements(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function hostId(): string {
  return randomBytes(48).toString('base64');
}
