import type { Integration, Method } from '@aws-sdk/client-api-gateway';
import type { ApiAnswer } from './gateway-response.ts';
import { evaluateTemplate } from './mapping-template.ts';
import { mediaKindOf } from './media-type.ts';

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

/**
 * Whether an integration with templates takes a body of this type: where none is for it, `passthroughBehavior` decides.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
export function takesMediaType(integration: Integration, contentType = 'application/json'): boolean {
  const types = Object.keys(integration.requestTemplates ?? {}).map(mediaKindOf);
  if (types.includes(mediaKindOf(contentType))) return true;
  if (integration.passthroughBehavior === 'NEVER') return false;
  return integration.passthroughBehavior !== 'WHEN_NO_TEMPLATES' || types.length === 0;
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
