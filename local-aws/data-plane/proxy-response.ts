import * as z from 'zod';
import type { ApiAnswer } from './gateway-response.ts';
import { isBinary } from './proxy-event.ts';

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const ProxyResponse = z.strictObject({
  statusCode: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .refine((status) => Number.isInteger(status) && status >= 100 && status <= 599)
    .optional(),
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
});

/**
 * A function's result as an answer; undefined where it does not have the form that API Gateway demands, which it calls a
 * malformed proxy response and answers with 502. Every field may be missing, no other may be there.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
export function proxyAnswer(
  payload: string,
  facts: { binaryMediaTypes: readonly string[]; accept: string | undefined },
): ApiAnswer | undefined {
  let given: unknown;
  try {
    given = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const parsed = ProxyResponse.safeParse(given);
  if (!parsed.success) return undefined;
  const { statusCode = 200, body, isBase64Encoded } = parsed.data;
  const headers = responseHeaders(parsed.data);
  if (!headers) return undefined;
  // Bytes come out only where the API has binary media types and the client's first wish is one of them.
  const wanted = facts.accept?.split(',')[0] ?? '*/*';
  const decode = isBase64Encoded === true && isBinary(facts.binaryMediaTypes, wanted);
  return { status: statusCode, headers, body: Buffer.from(body ?? '', decode ? 'base64' : 'utf8') };
}

/** Where a name is in both, the list wins. Undefined: a header that HTTP does not allow. */
function responseHeaders(response: z.infer<typeof ProxyResponse>): [string, string][] | undefined {
  const lists = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of Object.entries(response.headers ?? {}))
    lists.set(name.toLowerCase(), { name, values: [value] });
  for (const [name, values] of Object.entries(response.multiValueHeaders ?? {}))
    lists.set(name.toLowerCase(), { name, values });
  const headers: [string, string][] = [];
  if (!lists.has('content-type')) headers.push(['Content-Type', 'application/json']);
  for (const [key, { name, values }] of lists) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return undefined;
    // The connection is ours to describe.
    if (['content-length', 'transfer-encoding', 'connection'].includes(key)) continue;
    for (const value of values) {
      if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return undefined;
      headers.push([name, value]);
    }
  }
  return headers;
}
