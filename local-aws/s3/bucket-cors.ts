import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from '../aws-request.ts';
import type { Aws } from '../providers/aws.ts';
import { unlessMissing } from '../providers/failure.ts';
import { allowed, type CorsRule, matchingRule } from './cors-rules.ts';

/**
 * What S3 tells browsers: the answer to a preflight, and the headers without which a page may not read an answer, as the
 * bucket's CORS configuration says. moto allows every page everything, so that a configuration which is missing would be
 * found on AWS only. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export class BucketCors {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /**
   * `answered`: it was a preflight. `settled`: the response has the headers that the bucket's rules give it, and what moto
   * would add must be left out. `not-ours`: no page asks, or not for a bucket.
   */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<'answered' | 'settled' | 'not-ours'> {
    const { origin } = request.headers;
    // A target or a header that is signed is how SDKs ask the other services; pages ask S3 with addresses and forms.
    if (origin === undefined || request.headers['x-amz-target'] !== undefined) return 'not-ours';
    const bucket = bucketOf(request);
    const rules = bucket === undefined ? undefined : await this.#rules(bucket);
    if (rules === undefined) return 'not-ours';
    const asked = request.headers['access-control-request-method'];
    if (request.method === 'OPTIONS' && asked !== undefined) {
      const headers = list(request.headers['access-control-request-headers']);
      const rule = matchingRule(rules, { origin, method: asked, headers });
      if (rule === undefined) refuse(response, rules.length > 0);
      else response.writeHead(200, { ...allowed(rule, { origin, headers }), 'content-length': 0 }).end();
      return 'answered';
    }
    const rule = matchingRule(rules, { origin, method: request.method ?? 'GET', headers: [] });
    if (rule !== undefined)
      for (const [name, value] of Object.entries(allowed(rule, { origin, headers: [] })))
        response.setHeader(name, value);
    return 'settled';
  }

  /** Undefined where there is no such bucket. */
  async #rules(bucket: string): Promise<CorsRule[] | undefined> {
    const s3 = await this.#aws.s3('us-east-1');
    if (!(await unlessMissing(s3.headBucket({ Bucket: bucket })))) return undefined;
    const found = await unlessMissing(s3.getBucketCors({ Bucket: bucket }));
    return (found?.CORSRules ?? []).map(
      ({ AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, MaxAgeSeconds }) => ({
        origins: AllowedOrigins ?? [],
        methods: AllowedMethods ?? [],
        headers: AllowedHeaders ?? [],
        exposed: ExposeHeaders ?? [],
        ...(MaxAgeSeconds === undefined ? {} : { maxAge: MaxAgeSeconds }),
      }),
    );
  }
}

/** In the host (`bucket.localhost`) or in the path. A name of a bucket has three characters or more. */
function bucketOf(request: IncomingMessage): string | undefined {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const virtual = /^([a-z0-9][a-z0-9.-]+)\.localhost$/.exec(host)?.[1]?.replace(/\.s3(?:[.-][a-z0-9-]+)?$/, '');
  const name = virtual ?? pathOf(request).split('/')[1] ?? '';
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) ? name : undefined;
}

function list(header: string | undefined): string[] {
  return (header ?? '').split(',').flatMap((name) => name.trim() || []);
}

function refuse(response: ServerResponse, configured: boolean): void {
  const reason = configured
    ? 'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource&apos;s CORS spec.'
    : 'CORSResponse: CORS is not enabled for this bucket.';
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessForbidden</Code><Message>${reason}</Message></Error>`;
  response.writeHead(403, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) }).end(body);
}
