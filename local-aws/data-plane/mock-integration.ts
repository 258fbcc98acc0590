import type { Method } from '@aws-sdk/client-api-gateway';
import type { ApiAnswer } from './gateway-response.ts';
import { evaluateTemplate } from './mapping-template.ts';

/**
 * A MOCK integration: API Gateway answers by itself, with the status that the request template names. A response template
 * may override headers and status; one that says more than is understood here is taken as it is. Undefined: the method is
 * not set up so that it could answer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function mockAnswer(
  method: Method,
  requestHeaders: readonly (readonly [string, string])[],
): ApiAnswer | undefined {
  const integration = method.methodIntegration;
  const status = requestedStatus(integration?.requestTemplates?.['application/json']);
  const responses = Object.values(integration?.integrationResponses ?? {});
  const chosen =
    responses.find((response) => response.selectionPattern && matches(response.selectionPattern, status)) ??
    responses.find((response) => !response.selectionPattern);
  if (!chosen?.statusCode) return undefined;
  const template = chosen.responseTemplates?.['application/json'] ?? '';
  const evaluated = evaluateTemplate(template, requestHeaders) ?? { text: template, headers: [] };
  const mapped = Object.entries(chosen.responseParameters ?? {}).flatMap(([target, source]): [string, string][] => {
    const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
    const value = /^'(.*)'$/s.exec(source)?.[1];
    return name && value !== undefined ? [[name, value]] : [];
  });
  const overridden = new Set(evaluated.headers.map(([name]) => name.toLowerCase()));
  const headers = [...mapped.filter(([name]) => !overridden.has(name.toLowerCase())), ...evaluated.headers];
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status: evaluated.status ?? Number(chosen.statusCode),
    headers: typed ? headers : [['Content-Type', 'application/json'], ...headers],
    body: Buffer.from(evaluated.text),
  };
}

/** Templates say `{"statusCode": 200}`, some in JavaScript's laxer notation. */
function requestedStatus(template: string | undefined): string {
  return /["']?statusCode["']?\s*:\s*["']?(\d{3})/.exec(template ?? '')?.[1] ?? '200';
}

function matches(pattern: string, status: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(status);
  } catch {
    return false;
  }
}
