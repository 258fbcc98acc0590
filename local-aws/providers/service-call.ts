import * as z from 'zod';

/**
 * Calls to services for which the product carries no SDK client (SNS, Systems Manager): a few requests in their plain
 * protocols. moto reads region and service from the credential's scope and checks no signature.
 */
function authorization(service: string, region: string): string {
  return `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

/** A service's refusal, with the fields of an SDK exception. */
class ServiceRefusal extends Error {
  readonly $metadata: { httpStatusCode: number };
  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

/** The AWS Query protocol (SNS): parameters as a form, an XML answer. Lists and maps are flattened by the caller. */
export async function queryCall(
  endpoint: string,
  target: { service: string; region: string; version: string },
  action: string,
  parameters: Record<string, string | undefined>,
): Promise<string> {
  const form = new URLSearchParams({ Action: action, Version: target.version });
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: authorization(target.service, target.region) },
    body: form,
  });
  const answer = await response.text();
  if (response.ok) return answer;
  throw new ServiceRefusal(
    element(answer, 'Code') ?? 'UnknownError',
    element(answer, 'Message') ?? `${action} was refused`,
    response.status,
  );
}

/** The text of the first such element. Enough for the flat answers that are read here. */
export function element(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

const Refusal = z.looseObject({
  __type: z.string().default('UnknownError'),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** The AWS JSON 1.1 protocol (Systems Manager). */
export async function jsonCall(
  endpoint: string,
  target: { service: string; region: string; prefix: string },
  action: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: authorization(target.service, target.region),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${target.prefix}.${action}`,
    },
    body: JSON.stringify(input),
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const refusal = Refusal.parse(answer);
  throw new ServiceRefusal(
    refusal.__type.replace(/^.*#/, ''),
    refusal.message ?? refusal.Message ?? `${action} was refused`,
    response.status,
  );
}
