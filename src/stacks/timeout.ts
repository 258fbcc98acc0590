import type { Blueprint } from '../blueprint/blueprint.ts';

/** Seconds that a function behind the API may take: API Gateway gives up after 29. */
export const apiTimeout = 28;
/** Seconds that a function behind a queue may take: Lambda's maximum. */
export const backgroundTimeout = 900;

/** Seconds before the function is stopped. The API waits 29 seconds at most, so a function behind it ends before. */
export function timeoutOf(blueprint: Blueprint, { name, timeout }: Blueprint['functions'][number]): number {
  if (timeout !== undefined) return timeout;
  return blueprint.api?.endpoints.some((endpoint) => endpoint.function === name) ? apiTimeout : backgroundTimeout;
}
