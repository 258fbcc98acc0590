import type { TemplateValue } from './template.ts';

interface Answer {
  /** Where it is not the type's own. */
  statusCode?: number;
  title: string;
  /** What to do, as a sentence. */
  detail: string;
  headers?: Record<string, string>;
}

const unauthorized: Answer = {
  statusCode: 401,
  title: 'Sign in first',
  detail: 'Send a valid token in the Authorization header.',
  headers: { 'WWW-Authenticate': 'Bearer' },
};
const missing: Answer = {
  statusCode: 404,
  title: 'Not found',
  detail: 'This API has no such path, or not with this method.',
};
const internal: Answer = {
  statusCode: 500,
  title: 'Internal error',
  detail: 'The request could not be completed. Quote the request id when you report it.',
};

/**
 * What API Gateway answers itself, before or instead of a function.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 *
 * - A path or method that does not exist is `MISSING_AUTHENTICATION_TOKEN` (403) to API Gateway, as is an unsigned call
 *   of a method with IAM authorization. Ours have none: who sends no token to a closed route gets `UNAUTHORIZED`. So it
 *   is a 404 here.
 * - What is wrong with a body is not repeated (`$context.error.validationErrorString` quotes it, and cannot be escaped
 *   in a template that is no VTL); the functions say it field by field.
 */
const answers: Record<string, Answer> = {
  ACCESS_DENIED: { statusCode: 403, title: 'Not allowed', detail: 'Your account may not do this.' },
  API_CONFIGURATION_ERROR: internal,
  AUTHORIZER_CONFIGURATION_ERROR: internal,
  AUTHORIZER_FAILURE: internal,
  BAD_REQUEST_BODY: {
    statusCode: 400,
    title: 'The request is not valid',
    detail: 'The body is not what this route takes: send a JSON object with the fields that it describes.',
  },
  BAD_REQUEST_PARAMETERS: {
    statusCode: 400,
    title: 'The request is not valid',
    detail: 'A parameter is missing from the path, the query or the headers.',
  },
  EXPIRED_TOKEN: unauthorized,
  INTEGRATION_FAILURE: { ...internal, statusCode: 502 },
  INTEGRATION_TIMEOUT: {
    statusCode: 504,
    title: 'Timed out',
    detail: 'The answer took too long. Whether the request was carried out is not known.',
  },
  MISSING_AUTHENTICATION_TOKEN: missing,
  QUOTA_EXCEEDED: { statusCode: 429, title: 'Too many requests', detail: 'The quota of this API key is used up.' },
  REQUEST_TOO_LARGE: {
    statusCode: 413,
    title: 'Too large',
    detail: 'A request has at most 6 MB. Upload large content as a file.',
  },
  RESOURCE_NOT_FOUND: missing,
  THROTTLED: {
    statusCode: 429,
    title: 'Too many requests',
    detail: 'Try again in a second, and less often.',
    headers: { 'Retry-After': '1' },
  },
  UNAUTHORIZED: unauthorized,
  UNSUPPORTED_MEDIA_TYPE: {
    statusCode: 415,
    title: 'Not JSON',
    detail: 'Send the body as JSON in UTF-8, with the header content-type: application/json.',
  },
  // For what has no answer of its own: a firewall in front, a type that is new. The status is the type's.
  DEFAULT_4XX: { title: 'Not accepted', detail: 'The request was not accepted.' },
  DEFAULT_5XX: { title: internal.title, detail: internal.detail },
};

/**
 * Problems as the functions send them, with the request id. Pages of other origins may read them: they are the same for
 * everyone and carry no data, so where one origin cannot be named, a star does no harm.
 */
export function gatewayResponses(origin: string | undefined): TemplateValue {
  return Object.fromEntries(Object.entries(answers).map(([type, answer]) => [type, responseOf(answer, origin)]));
}

function responseOf({ statusCode, title, detail, headers = {} }: Answer, origin: string | undefined): TemplateValue {
  const sent: Record<string, string> = {
    'Cache-Control': 'no-store',
    // The template below is kept under the one media type that every client gets.
    'Content-Type': 'application/problem+json',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...(origin === undefined
      ? {}
      : {
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Expose-Headers': 'Retry-After, WWW-Authenticate, X-Amzn-RequestId',
        }),
  };
  const status = statusCode === undefined ? {} : { status: statusCode };
  return {
    ...(statusCode === undefined ? {} : { statusCode: String(statusCode) }),
    responseParameters: Object.fromEntries(
      Object.entries(sent).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
    ),
    responseTemplates: {
      'application/json': JSON.stringify({ ...status, title, detail, request_id: '$context.requestId' }),
    },
  };
}
