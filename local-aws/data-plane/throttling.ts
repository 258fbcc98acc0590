import type { Stage } from '@aws-sdk/client-api-gateway';
import type { Route } from './route.ts';

interface Limit {
  /** Requests a second. */
  rate: number;
  /** Requests at once. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds, when `tokens` was right. */
  at: number;
}

/** An account's own limit, where a stage says none. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const account: Limit = { rate: 10_000, burst: 5_000 };

/**
 * Counts requests with a token bucket for each method of a stage: as many at once as its burst, then its rate.
 * A stage's settings for all methods are the same settings for each of them, not one sum for all; settings of a single
 * method take their place. API Gateway calls its limits targets, and may let more through; this one is exact.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export class Throttling {
  /** Off, everything passes: for who hammers a deployed API to measure something else. */
  enabled = true;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now Milliseconds; only differences count. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether one more request may pass now. */
  admits(restApiId: string, stage: Stage, route: Route): boolean {
    if (!this.enabled) return true;
    const method = `${route.resource.path}/${route.method.httpMethod}`;
    const { rate, burst } = limitOf(stage, method);
    const key = `${restApiId}/${stage.stageName}${method}`;
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    const admitted = tokens >= 1;
    this.#buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, at: now });
    return admitted;
  }
}

/** Settings are kept by resource path and method, slashes of the path written as `~1`: `~1v1~1tasks/GET`, or by stars. */
function limitOf(stage: Stage, method: string): Limit {
  const settings = Object.entries(stage.methodSettings ?? {});
  const named = (wanted: string) => settings.find(([key]) => slashed(key) === slashed(wanted))?.[1];
  const setting = named(method) ?? named('*/*');
  return {
    rate: setting?.throttlingRateLimit ?? account.rate,
    burst: setting?.throttlingBurstLimit ?? account.burst,
  };
}

function slashed(key: string): string {
  return key.replaceAll('~1', '/').replace(/^\/+/, '');
}
