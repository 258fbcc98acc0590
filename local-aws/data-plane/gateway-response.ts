import type { GatewayResponse } from '@aws-sdk/client-api-gateway';
import type { ApiSnapshot } from './api-snapshots.ts';

/** What a REST API answers a client with. */
export interface ApiAnswer {
  status: number;
  /** In the order and case in which they are sent; a name may come more than once. */
  headers: [string, string][];
  body: Buffer;
}

/** The reasons for which API Gateway answers itself, as far as they occur here. */
const kinds = {
  ACCESS_DENIED: { status: 403, error: 'AccessDeniedException', message: 'Forbidden' },
  BAD_REQUEST_BODY: { status: 400, error: 'BadRequestException', message: 'Invalid request body' },
  BAD_REQUEST_PARAMETERS: { status: 400, error: 'BadRequestException', message: 'Missing required request parameters' },
  API_CONFIGURATION_ERROR: { status: 500, error: 'InternalServerErrorException', message: 'Internal server error' },
  INTEGRATION_FAILURE: { status: 502, error: 'InternalServerErrorException', message: 'Internal server error' },
  INTEGRATION_TIMEOUT: { status: 504, error: 'InternalServerErrorException', message: 'Endpoint request timed out' },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    error: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  REQUEST_TOO_LARGE: { status: 413, error: 'BadRequestException', message: 'Request Too Long' },
  THROTTLED: { status: 429, error: 'TooManyRequestsException', message: 'Too Many Requests' },
  UNAUTHORIZED: { status: 401, error: 'UnauthorizedException', message: 'Unauthorized' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, error: 'UnsupportedMediaTypeException', message: 'Unsupported Media Type' },
} as const;
export type GatewayResponseType = keyof typeof kinds;

/**
 * An answer of API Gateway's own, as the API's gateway responses shape it: the one of its type, else the DEFAULT_4XX or
 * DEFAULT_5XX, else API Gateway's.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function gatewayAnswer(
  type: GatewayResponseType,
  facts: {
    requestId: string;
    path: string;
    stage: string;
    snapshot?: ApiSnapshot | undefined;
    /** Where the service says more than the type's own message. */
    message?: string | undefined;
    /** What is wrong with a body. */
    validationError?: string | undefined;
  },
): ApiAnswer {
  const { status, error } = kinds[type];
  const message = facts.message ?? kinds[type].message;
  const shaped =
    facts.snapshot?.gatewayResponses.get(type) ??
    facts.snapshot?.gatewayResponses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const variables: Record<string, string> = {
    'context.error.message': message,
    'context.error.messageString': JSON.stringify(message),
    'context.error.responseType': type,
    'context.error.validationErrorString': facts.validationError ?? '',
    'context.requestId': facts.requestId,
    'context.extendedRequestId': facts.requestId,
    'context.stage': facts.stage,
    'context.path': facts.path,
  };
  const template = shaped?.responseTemplates?.['application/json'] ?? '{"message":$context.error.messageString}';
  const body = template.replace(
    /\$(?:\{(context(?:\.[A-Za-z]+)+)\}|(context(?:\.[A-Za-z]+)+))/g,
    (whole, braced, plain) => {
      const value = variables[String(braced ?? plain)];
      return value ?? whole;
    },
  );
  return {
    status: shapedStatus(shaped) ?? status,
    headers: withoutRepeats([
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', error],
      ...shapedHeaders(shaped, variables),
    ]),
    body: Buffer.from(body),
  };
}

/** A header of the gateway response stands in the place of API Gateway's own. */
function withoutRepeats(headers: [string, string][]): [string, string][] {
  return [...new Map(headers.map((header) => [header[0].toLowerCase(), header])).values()];
}

function shapedStatus(shaped: GatewayResponse | undefined): number | undefined {
  const status = Number(shaped?.statusCode);
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

/** `gatewayresponse.header.Name`: a constant in quotes, or a context variable. Request parameters are not mapped. */
function shapedHeaders(shaped: GatewayResponse | undefined, variables: Record<string, string>): [string, string][] {
  return Object.entries(shaped?.responseParameters ?? {}).flatMap(([target, source]): [string, string][] => {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    const value = /^'(.*)'$/s.exec(source)?.[1] ?? variables[source];
    return name && value !== undefined ? [[name, value]] : [];
  });
}
