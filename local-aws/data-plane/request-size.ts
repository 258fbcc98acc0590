import type { IncomingMessage } from 'node:http';
import type { ApiAnswer } from './gateway-response.ts';

/**
 * The most that a REST API takes, in bytes. None of it can be raised.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export const bodyLimit = 10 * 1024 * 1024;
const headerLimit = 10_240;

/** What a function takes and gives in a synchronous call. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const invocationLimit = 6 * 1024 * 1024;

/** Whether request line and header values together are within the limit. */
export function headersFit(request: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders'>): boolean {
  const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
  const values = request.rawHeaders.filter((_, at) => at % 2 === 1);
  return [line, ...values].reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= headerLimit;
}

/**
 * What is too large for the door is refused there, in plain text: no gateway response shapes it, and no page of another
 * origin may read it. The texts are the service's; that headers get a 431 is not documented.
 */
export const bodyTooLarge = refused(413, `HTTP content length exceeded ${bodyLimit} bytes.`);
export const headersTooLarge = refused(431, `HTTP header is larger than ${headerLimit} bytes.`);

function refused(status: number, message: string): ApiAnswer {
  return { status, headers: [['Content-Type', 'text; charset=utf-8']], body: Buffer.from(message) };
}
